import { describe, expect } from "vitest";
import { testOfTextCode, testOfUndefined } from "../capabilities.ts";
import { locateFunction } from "../../src/dynamo/source/locate-function.ts";

/** Each text returns a function `f` whose variable `x` is asked for. */
function isConstant(text: string): boolean {
  const f: unknown = new Function(text)();
  const source = typeof f === "function" ? locateFunction(f) : null;
  if (source === null || source.kind === "unavailable") throw new Error(text);
  const binding = source.binding("x");
  if (binding.unavailable !== null) throw new Error(binding.unavailable);
  if (typeof f === "function") expect(Object.is(binding.read(), f())).toBe(true);
  return binding.constant;
}

describe("never reassigned", () => {
  testOfTextCode.each([
    "const x = 1; return () => x",
    "let x = 1; return () => x",
    "var x = 1; return () => x",
    "function x() {} return () => x",
    "class x {} return () => x",
    "let x = {}; x.y = 1; x.z++; return () => x",
    "let { a: x = 1 } = {}; return () => x",
    "let [, ...x] = [1, 2]; return () => x",
    "let x = 1; { let x = 2; x = 3; } return () => x",
    "let x = 1; (function (x) { x = 2; })(); return () => x",
    "let x = 1; (() => { var x; x = 3; })(); return () => x",
    "let f; for (const x of [1, 2]) f = () => x; return f",
    "let f; for (let x = 0; x < 3; x++) f ??= () => x; return f",
    "let x = 1; const o = { x: 2 }; o.x = 3; x: for (;;) break x; return () => x",
    "'use strict'; { function x() {} return () => x }",
    "return (function x() { return x })",
    "const C = class x { static m() { return x } }; return C.m",
    "let x = 1; return () => ({ x: 3, x() {} }, x)",
  ])("%s", (text) => {
    expect(isConstant(text)).toBe(true);
  });
});

describe("never assigned at all", () => {
  testOfUndefined.each(["const x = undefined; return () => x", "let x; return () => x"])(
    "%s",
    (text) => {
      expect(isConstant(text)).toBe(true);
    },
  );
});

describe("reassigned somewhere, or possibly", () => {
  testOfTextCode.each([
    "let x = 1; x = 2; return () => x",
    "let x = 1; x += 2; return () => x",
    "let x = 1; x ??= 2; return () => x",
    "let x = 1; x++; return () => x",
    "let x = 1; [x] = [2]; return () => x",
    "let x = 1; ({ a: x } = { a: 2 }); return () => x",
    "let x = 1; ({ x } = { x: 2 }); return () => x",
    "let x = 1; ({ ...x } = { x: 2 }); return () => x",
    "let x = 1; ({ a: [x = 5] } = { a: [] }); return () => x",
    "let x = 1; for (x of [2]) ; return () => x",
    "let x = 1; for (x in { a: 1 }) ; return () => x",
    "let x = 1; (x) = 2; return () => x",
    "let x = 1; const change = () => { x = 2 }; return () => x",
    "let x = 1; class C { static { x = 2 } } return () => x",
    "let x = 1; class C { field = x = 2 } return () => x",
    "let x = 1; return () => (x = x)",
    "var x = 1; var x = 2; return () => x",
    "for (var x = 0; x < 2; x++) ; return () => x",
    "for (var x of [1, 2]) ; return () => x",
    "while (true) { var x = Math.random(); if (x >= 0) break; } return () => x",
    "function x() {} x = 1; return () => x",
    "function x() {} function x() {} return () => x",
    "function x() {} var x = 1; return () => x",
    "class x {} x = 1; return () => x",
    "let x = 1; eval('x = 2'); return () => x",
    "let x = 1; (() => { eval('x = 2') })(); return () => x",
    "let x = 1; with ({}) { x = 2 } return () => x",
    "return ((x) => { x = 2; return () => x })(1)",
    "return (function (x) { arguments[0] = 2; return () => x })(1)",
    "return (function (x) { (() => { arguments[0] = 2 })(); return () => x })(1)",
    "try { throw 1 } catch (x) { x = 2; return () => x }",
    "try { throw 1 } catch (x) { var x = 2; return () => x }",
    "{ function x() {} } return () => x",
    "const f = []; for (let x = 0; x < 2; f.push(() => x), x++) ; return f[0]",
    "let f; for (let x = 0; x < 3; x++) { f ??= () => x; x++; } return f",
  ])("%s", (text) => {
    expect(isConstant(text)).toBe(false);
  });
});
