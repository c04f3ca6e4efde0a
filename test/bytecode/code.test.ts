/** What `Code` says about a function beside its instructions. */

import { expect, test } from "vitest";
import { lowerFunction } from "../../src/dynamo/bytecode/lower/lower-function.ts";

test("free variables are captures of the outside, in order of first use", () => {
  const code = lowerFunction("function f(a){ x=y+a; return ()=>z+x }");
  expect(code.captures).toEqual([
    { name: "x", from: { kind: "outer" }, assigned: true },
    { name: "y", from: { kind: "outer" }, assigned: false },
    { name: "z", from: { kind: "outer" }, assigned: false },
  ]);
});

test("a child captures cells of its parent and captures of its parent", () => {
  const code = lowerFunction("function f(a){ let b=1; return ()=>{ b=a+g; return ()=>b+g } }");
  const child = code.children[0];
  expect(child?.captures).toEqual([
    { name: "b", from: { kind: "local", slot: 1 }, assigned: true },
    { name: "a", from: { kind: "local", slot: 0 }, assigned: false },
    { name: "g", from: { kind: "capture", index: 0 }, assigned: false },
  ]);
  expect(child?.code?.children[0]?.captures).toEqual([
    { name: "b", from: { kind: "capture", index: 0 }, assigned: false },
    { name: "g", from: { kind: "capture", index: 2 }, assigned: false },
  ]);
});

test("only captured variables live in cells", () => {
  const code = lowerFunction("function(a,b){ const c=1; return ()=>a+c }");
  expect(code.locals.filter((local) => local.isUserVariable)).toEqual([
    { name: "a", isCell: true, isUserVariable: true },
    { name: "b", isCell: false, isUserVariable: true },
    { name: "c", isCell: true, isUserVariable: true },
  ]);
});

test("sibling scopes share the slot of a name, nested scopes do not", () => {
  const code = lowerFunction(
    "function(){ for(let i=0;i<1;i++); for(let i=0;i<1;i++){ let i=2; } }",
  );
  expect(code.locals.map((local) => local.name)).toEqual(["i", "i"]);
});

test("the spans of nested code point into the text of the outermost function", () => {
  const code = lowerFunction("m(x){ return y=>x.f(y) }");
  const inner = code.children[0]?.code;
  const call =
    inner?.instructions.findIndex((instruction) => instruction.op === "callMethod") ?? -1;
  const { start, end } = inner?.spans[call] ?? { start: 0, end: 0 };
  expect([
    inner?.text.slice(start, end),
    code.text.slice(code.span.start, code.span.end),
    code.kind,
    code.name,
  ]).toEqual(["x.f(y)", "(x){ return y=>x.f(y) }", "method", "m"]);
});

test("length counts parameters before the first default, parameterCount all but the rest", () => {
  const code = lowerFunction("(a,b=1,c,...d)=>a");
  expect([code.length, code.parameterCount]).toEqual([1, 3]);
});

test("the frame facts that are used are known, through arrow functions", () => {
  const code = lowerFunction("function(){ return ()=>[this,new.target,arguments] }");
  expect([code.usesThis, code.usesNewTarget, code.usesArguments]).toEqual([true, true, true]);
  const none = lowerFunction(
    "function(){ return function(){ return [this,new.target,arguments] } }",
  );
  expect([none.usesThis, none.usesNewTarget, none.usesArguments]).toEqual([false, false, false]);
});

test("a function's own name is itself, or a variable around it where the caller says so", () => {
  const text = "function f(){ return f }";
  expect(lowerFunction(text).captures).toEqual([]);
  expect(
    lowerFunction(text, { ownName: "capture" }).captures.map((capture) => capture.name),
  ).toEqual(["f"]);
});

test("dead locals are not live: only what is read again", () => {
  const code = lowerFunction("function(a,b){ const c=a+1; mark(); return c*b }");
  const call = code.instructions.findIndex((instruction) => instruction.op === "call");
  expect(code.liveLocalsAt(call).map((slot) => code.locals[slot]?.name)).toEqual(["b", "c"]);
});

test("a local that only a handler reads is live inside the try", () => {
  const code = lowerFunction(
    "function(){ let a=1,b=2; try { mark() } catch { return a } return 0 }",
  );
  const call = code.instructions.findIndex((instruction) => instruction.op === "call");
  expect(code.liveLocalsAt(call).map((slot) => code.locals[slot]?.name)).toEqual(["a"]);
});

test("a base class lowers to its constructor, with the fields that `new` defines first", () => {
  const text = "class A { x=1; ['y']; static s=2; constructor(a){ this.a=a+outer } m(){} }";
  const code = lowerFunction(text);
  expect([code.kind, code.name, code.captures.map((capture) => capture.name)]).toEqual([
    "classConstructor",
    "A",
    ["outer"],
  ]);
  const fields = code.classBody?.fields.map(({ name, initializerSpan }) => [
    name,
    initializerSpan && text.slice(initializerSpan.start, initializerSpan.end),
  ]);
  expect(fields).toEqual([
    ["x", "1"],
    [null, null],
  ]);
});
