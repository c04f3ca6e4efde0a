/** Functions that begin with every kind of statement: none may run a step of itself while it is being entered. */
import { deepStrictEqual as same } from "node:assert";
import { bindingOf } from "./check.ts";

const beginnings = [
  "touch();",
  "trap.x;",
  "trap.x.y;",
  "trap[touch()];",
  "trap.x = 1;",
  "trap.x += 1;",
  "trap.x++;",
  "delete trap.x;",
  "'x' in trap;",
  "+valuable;",
  "`${valuable}`;",
  "valuable + 1;",
  "({ [valuable]: 1 });",
  "({ ...trap });",
  "[...iterable];",
  "const { x } = trap;",
  "const [x] = iterable;",
  "let x = trap.x;",
  "var x = trap.x;",
  "let y; y = trap.x;",
  "for (const x of iterable) break;",
  "for (const x in trap) break;",
  "for (let i = trap.x; ; ) break;",
  "for (; trap.x; ) break;",
  "while (trap.x) break;",
  "do { trap.x; } while (false);",
  "if (trap.x) ;",
  "switch (trap.x) {}",
  "switch (0) { case trap.x: }",
  "throw trap.x;",
  "try { trap.x; } catch {}",
  "try { } finally { trap.x; }",
  "{ trap.x; }",
  "{ let x = trap.x; }",
  "label: trap.x;",
  "label: for (;;) { trap.x; break; }",
  "class X { static x = touch(); }",
  "class X { static { touch(); } }",
  "class X { [touch()] = 1; }",
  "class X extends trap.x {}",
  "const X = class extends trap.x {};",
  "let y; { class X extends trap.x {} }",
  "try { ; class X { [trap.x]() {} } } catch {}",
  "label: { class X extends trap.x {} }",
  "(class { static x = touch(); });",
  "function inner() { touch(); } inner();",
  "new trap.x();",
  "new (class { constructor() { touch(); } })();",
  "tag`x`;",
  "trap?.x;",
  "touch?.();",
  "trap.x ?? 1;",
  "trap.x && 1;",
  "trap.x ? 1 : 2;",
  "counter = trap.x;",
  "counter += touch();",
  "counter++, touch();",
  "void trap.x;",
  "typeof trap.x;",
  "trap instanceof Checked;",
  "return trap.x;",
  "return () => touch();",
  ";;; trap.x;",
  "debugger; trap.x;",
  "import('data:text/javascript,');",
  "new.target; trap.x;",
  "arguments[0]; trap.x;",
  "this.x; trap.x;",
  "/a/.test(valuable);",
  "({ get x() { return touch(); } }).x;",
];

const make = new Function(`
  "use strict";
  let counter = 1, effects = 0;
  const touch = () => ++effects;
  const tag = touch;
  const trap = new Proxy({}, { get: touch, set: touch, has: touch, deleteProperty: touch, ownKeys() { touch(); return []; } });
  const valuable = { valueOf: touch, toString() { touch(); return ""; } };
  const iterable = { *[Symbol.iterator]() { yield touch(); } };
  class Checked { static [Symbol.hasInstance]() { touch(); return true; } }
  return { effects: () => effects, set: (v) => { counter = v }, functions: [
    ${beginnings.map((statement) => `function () { ${statement} return counter; }`).join(",\n")},
    ${beginnings
      .filter((statement) => !/new\.target|this\.x/.test(statement))
      .map((statement) => `async function* () { ${statement} yield counter; }`)
      .join(",\n")},
    () => trap.x + counter,
    () => [...iterable, counter],
    async () => [trap.x, counter],
    async () => { await trap.x; return counter },
    function* () { yield* iterable; yield counter },
    function* () { yield trap.x; yield counter },
    ({ get x() { trap.x; return counter }, m() { trap.x; return counter } }).m,
    class { constructor() { trap.x; this.c = counter } },
    class extends Checked { constructor() { trap.x; super(); this.c = counter } },
    function (a = trap.x, { b = trap.x, ...c } = trap, [d = trap.x, ...e] = iterable, ...[f = trap.x]) { trap.x; return counter },
    (a = trap.x, b = () => counter) => { trap.x; return counter },
    function (a, b = () => a) { var a = trap.x; return counter },
    ({ __proto__: a = trap.x }) => { trap.x; return counter },
    ({ "x y": a = trap.x, 1: b = trap.x }) => { trap.x; return counter },
    ({ [touch()]: a }) => { trap.x; return counter },
  ] };
`);

interface Made {
  readonly effects: () => number;
  readonly set: (value: number) => void;
  readonly functions: readonly Function[];
}

const ran: string[] = [];
const refused: string[] = [];
for (const index of (make() as Made).functions.keys()) {
  // Every function in an activation of its own, so that each is really entered.
  const { effects, set, functions } = make() as Made;
  const fn = functions[index] ?? make;
  const binding = bindingOf(fn, "counter");
  if (effects() > 0) ran.push(String(fn));
  if (binding.write === null) refused.push(String(fn));
  set(7);
  same(binding.read(), 7);
  binding.write?.(8);
  set(9);
  same(binding.read(), 9);
}
same(ran, []);
same(
  refused.filter((text) => !/[{;] class X/.test(text)),
  ["({ [touch()]: a }) => { trap.x; return counter }"],
);
console.log("all as expected");
