import { expect, test } from "vitest";
import { expressionSpanAt } from "../../src/dynamo/source/expression-span.ts";

function underlined(line: string, at: string): string {
  const { start, end } = expressionSpanAt(line, line.indexOf(at) + 1);
  return line.slice(start - 1, end - 1);
}

test("a call is underlined up to its closing bracket", () => {
  expect(underlined("    console.log(fn(torch.ones(3, 3)));", "fn(")).toBe("fn(torch.ones(3, 3))");
});

test("a method call is underlined from the beginning of its object", () => {
  expect(underlined("  if (y.gt(0).item()) {", "item")).toBe("y.gt(0).item()");
  expect(underlined("return this.layers[0]?.forward(x) + 1;", "forward")).toBe(
    "this.layers[0]?.forward(x)",
  );
});

test("brackets inside strings do not count", () => {
  expect(underlined("log(fn(')', `(${x}`), y)", "fn(")).toBe("fn(')', `(${x}`)");
});

test("type arguments belong to the call", () => {
  expect(underlined("const y = compiled<number>(x) * 2;", "compiled")).toBe("compiled<number>(x)");
});

test("new and await belong to the expression", () => {
  expect(underlined("const m = new Model(3);", "new")).toBe("new Model(3)");
});

test("an expression that goes on in the next line ends with its line", () => {
  expect(underlined("  step(a, // first", "step")).toBe("step(a, // first");
  expect(underlined("  step(a,   ", "step")).toBe("step(a,");
});

test("a position in an operator underlines the rest of the expression", () => {
  expect(underlined("f(a + b, c)", "+")).toBe("+ b");
});

test("columns beyond the line stay inside it", () => {
  expect(expressionSpanAt("x", 40)).toEqual({ start: 2, end: 3 });
});
