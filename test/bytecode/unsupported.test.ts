/** What the bytecode does not model is refused by name, with its place, and only for the function it concerns. */

import { expect, test } from "vitest";
import {
  type LowerOptions,
  lowerFunction,
} from "../../src/dynamo/bytecode/lower/lower-function.ts";
import { UnsupportedSyntax } from "../../src/dynamo/bytecode/unsupported-syntax.ts";

/** "construct @ text of the place" of the refusal, or "supported". */
function refusal(text: string, options?: LowerOptions): string {
  try {
    lowerFunction(text, options);
    return "supported";
  } catch (error) {
    if (!(error instanceof UnsupportedSyntax)) throw error;
    return `${error.construct} @ ${text.slice(error.start, error.end)}`;
  }
}

test.each([
  ["function* g(){ yield 1 }", "supported"],
  ["async()=>1", "supported"],
  ["async function* f(){}", "supported"],
  ["async m(){}", "supported"],
  ["*m(){}", "supported"],
  ["()=>eval('x')", "direct eval @ eval('x')"],
  ["()=>()=>eval('x')", "direct eval @ eval('x')"],
  ["()=>import('x')", "supported"],
  ["()=>import.meta.url", "`import.meta` @ import.meta"],
  ["m(){ return super.m() }", "supported"],
  ["m(){ super.m = 1 }", "`super` @ super"],
  ["m(){ return ()=>super.m() }", "`super` @ super"],
  ["()=>super.m()", "`super` @ super"],
  ["()=>({m(){ return super.m() }})", "`super` @ super"],
  ["m(){ return this.#p }", "supported"],
  ["m(o){ return #p in o }", "supported"],
  ["#m(){ return 1 }", "supported"],
  ["()=>{ using x=f() }", "`using` declaration @ using x=f()"],
  ["class A { constructor(){ this.x=1 } }", "supported"],
  ["class A {}", "supported"],
  ["class A extends B {}", "supported"],
  ["class A extends B { a=[]; constructor(x){ x(); super(...x); this.x=x } }", "supported"],
  ["class A extends B { a=x }", "field of a derived class @ class A extends B { a=x }"],
  ["class A extends B { constructor(){ this.x=1; super() } }", "`this` before `super(…)` @ this"],
  ["class A extends B { constructor(){ return; super() } }", "return before `super(…)` @ return;"],
  [
    "class A extends B { constructor(){ super(); return {} } }",
    "derived constructor with a result @ return {}",
  ],
  [
    "class A extends B { constructor(){ super(); (()=>this)() } }",
    "function in a derived constructor that uses `this` @ ()=>this",
  ],
  [
    "class A extends B { constructor(x){ if(x) super() } }",
    "constructor whose `super(…)` is not one of its statements @ (x){ if(x) super() }",
  ],
  ["function log() { [native code] }", "native function @ function log() { [native code] }"],
  ["this is no function", "source text that does not parse as a function @ this is no function"],
])("%s", (text, expected) => {
  expect(refusal(text)).toBe(expected);
});

test.each([
  ["function(o){ with(o) return x }", "`with` statement @ with(o) return x"],
  ["function(){ return arguments }", "sloppy `arguments` @ function(){ return arguments }"],
  [
    "function(){ { function f(){} } }",
    "function declaration in a block of sloppy code @ function f(){}",
  ],
  ["function(){ function* yield(){} }", "a function called yield @ function* yield(){}"],
  ["function(f){ return f.caller }", "`caller` of a function @ f.caller"],
  ["function(){ x=1; return delete x }", "`delete` of a variable @ delete x"],
  ["function(){ return this }", "supported"],
])("sloppy %s", (text, expected) => {
  expect(refusal(text, { isStrict: false })).toBe(expected);
});

test("a nested generator or async function has bytecode of its own, a class is opaque", () => {
  const code = lowerFunction(
    "()=>{ let x=1; function* g(){ x } async function a(){} class C { m(){ x=2 } } return [g,a,C] }",
  );
  expect(
    code.children.map((child) => [
      child.kind,
      child.name,
      child.code?.suspends,
      child.unsupported?.construct,
    ]),
  ).toEqual([
    ["generator", "g", "generator", undefined],
    ["async", "a", "async", undefined],
    ["class", "C", undefined, "class"],
  ]);
  expect(code.children.map((child) => child.captures)).toEqual([
    [{ name: "x", from: { kind: "local", slot: 0 }, assigned: false }],
    [],
    [{ name: "x", from: { kind: "local", slot: 0 }, assigned: true }],
  ]);
});
