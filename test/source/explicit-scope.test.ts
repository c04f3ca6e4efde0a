import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { testOfCompiledText } from "../capabilities.ts";

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

testOfCompiledText("a scope given to compile imports as the function does", async () => {
  const graphs = new torch._dynamo.testing.CompileCounter();
  // Node refuses: with a code of its own where the script, and not whatever generated code, was given an importer.
  const make = runInThisContext(
    "(compile, backend) => compile(async (x) => { const code = (error) => error.code; const y = x.add(1); const nested = () => import('b').catch(code); return [await import('a').catch(code), await nested(), y.mul(2)] }, { backend, scope: (s) => eval(s) })",
    { importModuleDynamically: () => import("node:path") as never },
  ) as (...given: readonly unknown[]) => (x: torch.Tensor) => Promise<readonly unknown[]>; // the text above
  const [direct, nested] = await make(torch.compile, graphs)(torch.ones(1));
  const refusal = "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG";
  expect([direct, nested, graphs.frame_count]).toEqual([refusal, refusal, 2]);
});

testOfCompiledText("a getter of a global variable runs once where a scope was given", () => {
  const calls = { count: 0 };
  const make = new Function(
    "compile",
    "calls",
    "return compile(() => { Object.defineProperty(globalThis, 'counted', { configurable: true, get() { return ++calls.count } }); return typeof counted }, { backend: 'eager', scope: (s) => eval(s) })",
  ) as (...given: readonly unknown[]) => () => string; // the text above
  try {
    expect(make(torch.compile, calls)()).toBe("number");
    expect(calls.count).toBe(1);
  } finally {
    Reflect.deleteProperty(globalThis, "counted");
  }
});
