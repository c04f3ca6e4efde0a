import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

test("a scope given to compile reaches outer variables, also to write them", () => {
  // Made from text: no transform saw it.
  const make = new Function(
    "compile",
    "let calls = 0; const fn = (x) => { calls++; return x.add(calls) }; return [compile(fn, { fullgraph: true, scope: (s) => eval(s) }), () => calls]",
  );
  const [compiled, calls] = make(torch.compile) as [
    (x: torch.Tensor) => torch.Tensor,
    () => number,
  ]; // the text above
  expect([compiled(torch.zeros(1)).item(), compiled(torch.zeros(1)).item(), calls()]).toEqual([
    1, 2, 2,
  ]);
});

test("a scope that is no function is refused", () => {
  const options = { scope: "eval" } as unknown as torch.CompileOptions;
  expect(() => torch.compile((x: torch.Tensor) => x, options)).toThrow(
    "torch.compile: the option 'scope' must be a function such as (s) => eval(s), but got string eval",
  );
});
