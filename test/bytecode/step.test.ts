/** One instruction at a time: the frame after each is the frame before the next. */

import { expect, test } from "vitest";
import { emitInstruction } from "../../src/dynamo/bytecode/codegen/emit-instruction.ts";
import { Naming } from "../../src/dynamo/bytecode/codegen/naming.ts";
import { type FrameState, runFrom } from "../../src/dynamo/bytecode/codegen/run.ts";
import { compileStep } from "../../src/dynamo/bytecode/codegen/step.ts";
import { globalBinding } from "../../src/dynamo/bytecode/global-binding.ts";
import { lowerFunction } from "../../src/dynamo/bytecode/lower/lower-function.ts";
import type { Code } from "../../src/dynamo/bytecode/code.ts";

function frameOf(code: Code, args: readonly unknown[]): FrameState {
  const captures = code.captures.map(({ name }) => globalBinding(name));
  return {
    pc: 0,
    this: undefined,
    args,
    newTarget: undefined,
    self: undefined,
    captures,
    locals: [],
    stack: [],
  };
}

/** Steps from the start to the end of the frame; the ops on the way and the result. */
function stepThrough(
  code: Code,
  args: readonly unknown[],
): { readonly ops: readonly string[]; readonly value: unknown } {
  const ops: string[] = [];
  for (let frame = frameOf(code, args); ;) {
    ops.push(code.instructions[frame.pc]?.op ?? "?");
    const result = compileStep(code, frame.pc)(frame);
    if (result.kind === "returned") return { ops, value: result.value };
    frame = result.frame;
  }
}

test("a frame can be run instruction by instruction", () => {
  const { ops, value } = stepThrough(lowerFunction("(a)=>a>2?a*2:0"), [3]);
  expect(value).toBe(6);
  expect(ops).toEqual([
    "loadParameter",
    "storeLocal",
    "loadLocal",
    "pushConstant",
    "binary",
    "jumpIfFalse",
    "loadLocal",
    "pushConstant",
    "binary",
    "jump",
    "return",
  ]);
});

test("an exception arrives at its handler with the error on the stack", () => {
  const code = lowerFunction("()=>{ try { null.x } catch(e) { return e.message } }");
  const pc = code.instructions.findIndex((instruction) => instruction.op === "getProperty");
  const result = compileStep(code, pc)({ ...frameOf(code, []), pc, stack: [null] });
  if (result.kind !== "next") throw new Error("the frame ended");
  expect(result.frame.pc).toBe(code.regions[0]?.handler);
  expect(runFrom(code, result.frame)).toBe("Cannot read properties of null (reading 'x')");
});

test("an exception that no handler takes is thrown", () => {
  const code = lowerFunction("(x)=>x.y");
  const pc = code.instructions.findIndex((instruction) => instruction.op === "getProperty");
  expect(() => compileStep(code, pc)({ ...frameOf(code, []), pc, stack: [undefined] })).toThrow(
    TypeError,
  );
});

test("runFrom goes on in the middle of an expression", () => {
  const code = lowerFunction("(a,b)=>a+b*2");
  const pc = code.instructions.findIndex((instruction) => instruction.op === "binary");
  expect(runFrom(code, { ...frameOf(code, [1, 2]), pc, locals: [1, 2], stack: [100, 5, 2] })).toBe(
    110,
  );
});

test.each([
  [
    "(x,y)=>x.f(y)",
    "callMethod",
    ["m", "r", "y"],
    { statements: [], results: ['$r.callMethod(m,r,"x.f",[y])'], condition: null },
  ],
  [
    "(f)=>f(1)",
    "call",
    ["g", "1"],
    {
      statements: [],
      results: ['(typeof g==="function"?g:$r.throwNotCallable("f"))(1)'],
      condition: null,
    },
  ],
  ["(o)=>o.p", "getProperty", ["v"], { statements: [], results: ["v.p"], condition: null }],
  ["(x)=>x?1:2", "jumpIfFalse", ["v"], { statements: [], results: [], condition: "!v" }],
  [
    "(x,y)=>x??y",
    "jumpIfNotNullishOrPop",
    ["v"],
    { statements: [], results: ["v"], condition: "v!==null&&v!==void 0" },
  ],
  [
    "(o,v)=>{ o.p=v }",
    "setProperty",
    ["a", "b"],
    { statements: [], results: ["(a.p=b)"], condition: null },
  ],
])("%s: the text of %s alone", (text, op, operands, expected) => {
  const code = lowerFunction(text);
  const pc = code.instructions.findIndex((instruction) => instruction.op === op);
  expect(emitInstruction(code, pc, operands, new Naming(code, new Set()))).toEqual(expected);
});
