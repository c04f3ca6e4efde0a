/** Direct eval in compiled functions: its text sees, writes and shadows what it would in the original. */
import { beforeEach, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { testOfEval } from "../capabilities.ts";
import { type DifferentialResult, runDifferential } from "../differential.ts";

beforeEach(() => () => torch._dynamo.config.reset());

/** A function with nothing but globals around it, plain and compiled. */
function run(body: string, ...args: readonly unknown[]): DifferentialResult {
  const make = (): (() => unknown) => new Function("p", body) as () => unknown; // takes what it is given
  const configure = (): void => {
    torch._dynamo.config.debug_force_residual_code = true;
  };
  return runDifferential(() => ({ fn: make(), calls: [args], self: { k: 100 } }), { configure });
}

const strict = (body: string): string => `"use strict"; ${body}`;

testOfEval.each([
  ["reads and writes variables", 'let a = 1; return [eval("a += p; a * 2"), a]', [5]],
  [
    "keeps its own declarations",
    'return [eval("var x = 1; let y = 2; x + y"), typeof x, typeof y]',
    [],
  ],
  [
    "sees constants and dead zones",
    `const errors = []; const c = 1;
     for (const text of ["c = 2", "later", "missing", "missing = 1"]) try { eval(text) } catch (error) { errors.push(error.name + error.message) }
     let later; return errors`,
    [],
  ],
  [
    "has this, new.target and arguments",
    'return eval("[this.k, new.target, arguments.length]")',
    [1, 2],
  ],
  ["is that of an arrow function", 'return [1, 2].map((v) => eval("v + p + this.k"))', [5]],
  [
    "in an inner function sees both functions",
    'function inner(q) { return eval("p = p + q; [p, this, arguments[0]]") } return [inner(2), p]',
    [5],
  ],
  [
    "in the text of another sees that text",
    "return eval(\"let p = 1; eval('p') + eval('this.k')\") + p",
    [5],
  ],
  [
    "names what it calls in errors",
    'let m; try { eval("p()") } catch (error) { m = error.message } return m',
    [5],
  ],
  ["passes no receiver", 'const f = function () { return this }; return eval("f()")', []],
  [
    "gives functions it assigns their names",
    'let f; eval("f = function () {}"); return f.name',
    [],
  ],
  [
    "in a default sees parameters only",
    'const f = (a, b = eval("a + 1")) => { let a2 = 2; return [b, a2] }; return f(p)',
    [5],
  ],
  [
    "in class members has private names and super",
    `class A { m() { return p } }
     class B extends A { #x = 2; y = eval("this.#x"); static s = eval("p + 1"); m(s) { return eval(s) } }
     const b = new B(); return [b.m("super.m() + this.#x"), b.y, B.s, b.m("p = 8"), p]`,
    [5],
  ],
  [
    "in a loop has each turn's variable",
    'const out = []; for (let i = 0; i < 3; i++) out.push(eval("() => i")); return out.map((f) => f())',
    [],
  ],
  [
    "throws SyntaxError before anything runs",
    'let a = 1; try { eval("a = 2; )") } catch (error) { return [error.name, a] }',
    [],
  ],
  [
    "in a generator sees what was sent",
    'function* g() { const sent = yield 1; yield eval("sent + p") } const it = g(); it.next(); return it.next(2).value',
    [5],
  ],
  [
    "makes closures that write variables later",
    'let s = 1; let o; eval("o = { get v() { return s }, set v(x) { s = x + p } }"); o.v = 2; return [o.v, s]',
    [5],
  ],
  ["gives back what is no text", "return [eval(5), eval(), eval([1])[0]]", []],
])("eval %s", (_, body, args) => {
  const { outcomes, breaks } = run(strict(body), ...args);
  expect(outcomes[0]?.kind).toBe("value");
  expect(breaks.filter(({ skipsFrame }) => skipsFrame)).toEqual([]);
});

testOfEval.each([
  ["gives the value of its last statement", 'return eval("do { 4; break } while (false)")', []],
  ["writes variables of the function", 'var k = 1; eval("k = p"); return k', [5]],
  [
    "declares what nobody else sees",
    'return eval("var hidden = p; function twice() { return hidden * 2 } twice()")',
    [5],
  ],
  [
    "declares in an inner function",
    'function f() { eval("var declared = p"); return 7 } return f()',
    [5],
  ],
  [
    "replaces a variable of an inner function",
    'function f() { var v = 1; eval("var v = p"); return v } return f()',
    [5],
  ],
])("sloppy eval %s", (_, body, args) => {
  const { breaks } = run(body, ...args);
  expect(breaks.filter(({ skipsFrame }) => skipsFrame)).toEqual([]);
});

testOfEval.each([
  ["declares a variable that others see", 'eval("var late = p"); return late', [5]],
  [
    "has a text known at run time only",
    'const s = "var late = p"; eval(s); return typeof late',
    [5],
  ],
  [
    "shadows an outer variable of an inner function",
    'var v = 1; function f() { eval("var v = p"); return v } return [f(), v]',
    [5],
  ],
  ["is inside with", 'with ({ p: 3 }) { return eval("p") }', [5]],
])("a function whose sloppy eval %s runs natively", (_, body, args) => {
  const { breaks } = run(body, ...args);
  expect(breaks).toMatchObject([{ skipsFrame: true, reason: { key: "evalOrWith" } }]);
});

testOfEval.each([
  ["a literal text", "eval('super.k')"],
  ["any text", "eval('sup' + 'er.k')"],
])("a function with a method that may say super in %s runs natively", (_, call) => {
  const body = strict(
    `const o = { __proto__: { k: 7 }, m() { return ${call} } }; return o.m() + p`,
  );
  expect(run(body, 5).breaks).toMatchObject([{ skipsFrame: true }]);
});

test("a method of an object literal has its super in a direct eval", () => {
  const make = (): { m: (text: string) => unknown } =>
    new Function(
      "return { __proto__: { k: 7 }, m(text) { 'use strict'; return eval(text) } }",
    )() as { m: (text: string) => unknown }; // the text above
  const { results } = runDifferential(() => {
    const self = make();
    return { fn: self.m, self, calls: [["super.k"]] };
  });
  expect(results).toEqual([7]);
});

test("a function in a function runs natively when it has a direct eval", () => {
  const make = new Function("two", "return (x) => x.mul(eval('two'))") as (
    two: number,
  ) => () => unknown; // the text
  const { breaks } = runDifferential(() => ({ fn: make(2), calls: [[torch.ones(2)]] }));
  expect(breaks).toMatchObject([{ skipsFrame: true, reason: { key: "evalOrWith" } }]);
});

testOfEval("the graph goes on behind a direct eval", () => {
  const body = strict('let y = p.add(1); eval("y = y.mul(2)"); return y.sub(1)');
  expect(run(body, torch.ones(2))).toMatchObject({
    frames: 2,
    ops: 2,
    breaks: [{ skipsFrame: false }],
  });
});
