import { Expressions } from "./expressions.ts";
import { Random } from "./random.ts";
import { type Place, Statements } from "./statements.ts";
import { block, stmt, type Tree } from "./tree.ts";

/** A random program and how to compile it. */
export interface RandomProgram {
  /** The body of a function of `torch` and `sink` that returns a Program (see test/differential.ts). */
  readonly tree: Tree;
  readonly dynamic: boolean | null;
  readonly captureScalars: boolean;
  /** The graph is broken at every so many instructions; 0: only where the program itself breaks it. */
  readonly breakEvery: number;
  readonly backend: "eager" | "inductor";
  /** How the front end gets at outer variables: T is quick, P asks the inspector. */
  readonly tier: "T" | "P";
}

/**
 * A program: variables of fixed names around a function and inside it (so that dropping a statement seldom leaves a
 * name unbound), helper functions, a class, and several calls of the function with changes of outer state in between.
 */
export function generateProgram(seed: number): RandomProgram {
  const random = new Random(seed);
  const expressions = new Expressions(random);
  const statements = new Statements(expressions);
  const top: Place = {
    hasThis: true,
    isLeaf: false,
    loopVariables: [],
    functions: 0,
    depth: random.pick([1, 2, 3, 3]),
    labels: [],
    inLoop: false,
    mayReturn: true,
  };
  const functions = random.below(3);
  const body = block([
    ...locals,
    ...Array.from({ length: functions }, (_, index) => statements.localFunction(top, index)),
    ...(statements.block({ ...top, functions }, 1 + random.below(random.pick([3, 4, 8])))
      .pieces as Tree[]), // a block holds statements
    statements.result({ ...top, functions, depth: 1 }),
  ]);
  const tree = block([
    ...outside,
    ...cast,
    ...helpers(statements, top),
    stmt`function fn(x, y, n, o, a, m, u, f) ${body}`,
    stmt`const calls = [];`,
    stmt`const changes = [];`,
    ...Array.from({ length: 2 + random.below(4) }, () => call(random)),
    ...Array.from({ length: random.below(6) }, () => change(random)),
  ]);
  return {
    tree,
    dynamic: random.pick([null, null, true, false]),
    captureScalars: random.chance(0.3),
    breakEvery: random.pick([0, 0, 0, 0, 0, 1, 2, 3, 5, 7, 11, 13, 17, 23]),
    backend: random.chance(0.8) ? "eager" : "inductor",
    tier: random.chance(0.98) ? "T" : "P",
  };
}

const outside = [
  stmt`const objs = [{ p: 1 }, { p: 2 }, { p: 3, q: { r: 1 } }];`,
  stmt`const mk = (k) => (v) => v + k++;`,
  stmt`const mkPair = (k) => ({ inc() { return ++k; }, get n() { return k; } });`,
  stmt`let made = mk(1);`,
  stmt`let pair = mkPair(1);`,
  stmt`const disabled = torch.compiler.disable((v) => { c0 += 1; pair.inc(); objs[0].p += 1; return v + 1; });`,
  stmt`const native = torch.compiler.disable((v, o) => { o.p = v; delete o.k1; o.nat = 1; return v * 2; });`,
  stmt`let c0 = 1;`,
  stmt`let c1 = 2;`,
  stmt`let c2 = "c";`,
  stmt`let ct = torch.ones(3);`,
  stmt`let outer = { k: 1, list: [1, 2, 3], t: torch.ones(3), q: { r: 3 } };`,
  stmt`const ts = [torch.ones(3), torch.zeros(3)];`,
  stmt`class P { constructor(v) { this.v = v; } get d() { return this.v * 2; } set d(v) { this.v = v; c1 += 1; } inc() { this.v++; return this; } add(...vs) { return vs.reduce((s, v) => s + v, this.v); } }`,
  stmt`let p = new P(3);`,
  stmt`function* gen(k) { for (let j = 0; j < k; j++) yield j; }`,
  stmt`const self = { count: 0, w: torch.ones(3), bump(v) { this.count += v; return this.count; }, get twice() { return this.count * 2; }, step(t) { this.w = this.w.add(t); return this.w; } };`,
];

/** What the forms of language-forms.ts use besides. */
const cast = [
  stmt`const sym = Symbol("sym");`,
  stmt`const wm = new WeakMap();`,
  stmt`class Oops extends Error { constructor(message, k) { super(message); this.k = k; this.name = "Oops"; } }`,
  stmt`const fail = (k) => { if (k > 1) throw new Oops("much", k); if (k < 0) throw new TypeError("less"); return k; };`,
  stmt`const counted = (k) => ({ [Symbol.iterator]() { let j = 0; seen.push("open"); return { next() { seen.push("n" + j); return { done: j >= k, value: j++ }; }, return(v) { seen.push("r" + j); return {}; } }; } });`,
  stmt`const failing = (k) => ({ [Symbol.iterator]() { let j = 0; return { next() { if (j >= k) throw new Error("next"); return { done: false, value: j++ }; }, return() { throw new Error("return"); } }; } });`,
  stmt`class Q extends P { #h = 2; static made = 0; constructor(v) { super(v + 1); Q.made += 1; } get d() { return super.d + this.#h; } set d(w) { this.#h = w; super.d = w; } inc() { super.inc(); this.#h++; return this; } get secret() { return this.#h; } set secret(w) { this.#h = w; } static of(v) { return new this(v); } static has(q) { return #h in q; } [Symbol.toPrimitive](hint) { return hint === "string" ? "Q" : this.#h; } *[Symbol.iterator]() { yield this.v; yield this.#h; } }`,
  stmt`function C(v) { if (!new.target) return new C(v); this.v = v; }`,
  stmt`const acc = { q: { r: 4 }, t: torch.ones(3), list: [7], get v() { seen.push("g"); return c0; }, set v(w) { seen.push("s"); c0 = w; } };`,
  stmt`const px = new Proxy({ p: 1, q: { r: 2 }, t: torch.ones(3), list: [2, 1] }, { get(t, k, r) { seen.push("get" + String(k)); return Reflect.get(t, k, r); }, set(t, k, v) { seen.push("set" + String(k)); t[k] = v; return true; }, has(t, k) { seen.push("has"); return k in t; }, deleteProperty(t, k) { seen.push("del"); return delete t[k]; }, ownKeys(t) { seen.push("keys"); return Reflect.ownKeys(t); } });`,
  stmt`const tag = (q, ...v) => { seen.push(q.length); return q.raw.join() + v.join(); };`,
  stmt`let flow = gen(5);`,
];

const locals = [
  stmt`let n0 = n;`,
  stmt`let n1 = 2;`,
  stmt`let n2 = 3;`,
  stmt`let s0 = "s";`,
  stmt`let t0 = x;`,
  stmt`let t1 = y;`,
  stmt`let b = [1, 2, 3];`,
  stmt`let l = { p: 1, g: 2, m(v) { return this.p + v; } };`,
  stmt`const n3 = 1;`,
];

function helpers(statements: Statements, top: Place): Tree[] {
  const { e } = statements;
  const names = [
    stmt`let n0 = v, n1 = 1, n2 = 2;`,
    stmt`let s0 = "h";`,
    stmt`let t0 = t, t1 = t;`,
    stmt`let b = [1, 2];`,
    stmt`let l = { p: 1, g: 2, m: (w) => w };`,
    stmt`let o = outer;`,
    stmt`let a = outer.list;`,
    stmt`let x = t, y = t;`,
    stmt`let n = v;`,
    stmt`let f = made;`,
    stmt`let m = new Map([["k", 1]]);`,
    stmt`let u = new Set([1]);`,
  ];
  const inner: Place = { ...top, hasThis: false, isLeaf: true, depth: 1, functions: 0 };
  const numberHelper = (index: number): Tree => {
    const body = block([
      ...names,
      ...statements.list(inner, 1 + e.random.below(2)),
      stmt`return ${e.num({ ...inner, depth: 2 })};`,
    ]); // a block holds statements
    return stmt`function h${index}(v, t) ${body}`;
  };
  const tensorBody = block([
    ...names,
    ...statements.list({ ...inner, mayReturn: false }, 1),
    stmt`return ${e.tensor({ ...inner, depth: 2 })};`,
  ]); // a block holds statements
  return [
    numberHelper(0),
    numberHelper(1),
    stmt`const h2 = (v, t) => v + t.shape.length;`,
    stmt`const ht = function (t, v) ${tensorBody};`,
  ];
}

function call(random: Random): Tree {
  const shape = random.pick(["3", "3", "3", "3", "1", "2, 3"]);
  const x = random.pick([
    `torch.ones(${shape})`,
    `torch.ones(${shape}).mul(-2)`,
    "outer.t",
    "ct",
    "self.w",
    "ts[0]",
    "torch.ones(2, 3)",
    "torch.arange(3)",
    "torch.ones(2, 2, 3)",
    "torch.zeros(4).add(0.5)",
    "torch.tensor([1.5, -2, 0])",
    "torch.ones(6).view(2, 3).t()",
    "torch.ones(4).narrow(0, 1, 3)",
    "torch.tensor(3)",
    "torch.zeros(0)",
    "torch.ones(3).double()",
    "torch.tensor([true, false, true])",
  ]);
  const y = random.pick([
    "X",
    "torch.ones(3).mul(2)",
    "torch.ones(3).mul(2)",
    "torch.ones(1)",
    "X.reshape(-1)",
    "torch.tensor(2)",
  ]);
  const n = random.pick([
    "1",
    "2",
    "3",
    "2.5",
    "0",
    "-1",
    "4",
    "5",
    "undefined",
    "'1'",
    "true",
    "NaN",
    "-0",
    "null",
    "1e9",
    "Infinity",
    "7",
  ]);
  const o = random.pick([
    "{ p: 1, q: { r: 2 }, s: 'k', t: X, list: [1, 2] }",
    "{ p: 2, q: { r: 1 }, s: 'o', t: torch.zeros(3), list: [3], k1: 1 }",
    "outer",
    "Object.assign(Object.create({ p: 4, m(v) { return v; } }), { q: { r: 2 }, t: X, list: outer.list })",
    "Object.assign(new Q(2), { q: { r: 1 }, t: X, list: A })",
    "px",
    "acc",
    "Object.freeze({ p: 3, q: { r: 0 }, t: X, list: A })",
    "{ p: -0, q: 0, s: 5, t: X, list: A, m(v) { return this.p + v; } }",
    "{ get p() { return c0; }, set p(v) { c0 = v; }, q: { r: 1 }, t: ct, list: A }",
  ]);
  const a = random.pick([
    "[1, 2, 3]",
    "[1, 2, 3]",
    "[5, 4]",
    "[]",
    "outer.list",
    "[1, , 3]",
    "[2.5, -0, NaN]",
    "Object.freeze([1, 2])",
    "Object.assign([1, 2], { extra: 3 })",
    "Object.defineProperty([1, 2, 3], 1, { get() { return c0; }, configurable: true, enumerable: true })",
    "[1, 2, 3, 4, 5, 6]",
  ]);
  const m = random.pick([
    "new Map([['k', 1], ['s', 2]])",
    "new Map()",
    "new Map([['p', 3]])",
    "new Map([['a', 1], ['b', 2], ['c', -0]])",
  ]);
  const u = random.pick([
    "new Set([1, 2])",
    "new Set()",
    "new Set([1, 'k', NaN])",
    "new Set([outer, 2])",
  ]);
  const f = random.pick([
    "(v) => v + 1",
    "(v) => (c0 += v)",
    "mk(2)",
    "made",
    "Math.abs",
    "mk(3)",
    "(v) => pair.inc() + v",
    "(v) => { objs[0].p = v; return v; }",
    "self.bump.bind(self)",
    "disabled",
    "P.prototype.add.bind(new P(1))",
    "(...v) => v.length",
    "(v) => { if (v > 2) throw new Oops('f', v); return v; }",
    "(v = 2, w = v) => v + w",
  ]);
  return stmt`{ const X = ${x}, A = ${a}; calls.push([X, ${y}, ${n}, ${o}, A, ${m}, ${u}, ${f}]); }`;
}

function change(random: Random): Tree {
  const when = random.below(5);
  const what = random.pick([
    "c0 += 1;",
    "c0 = 0.5;",
    "c1 = 'one';",
    "outer.k = 7;",
    "outer.list.push(4);",
    "outer = { k: 2, list: [9], t: torch.zeros(3), q: { r: 0 } };",
    "ct = torch.ones(2, 3);",
    "p = new P(8);",
    "self.count = 5;",
    "self.w = torch.zeros(3);",
    "ts[0] = torch.ones(1);",
    "self.bump = function (v) { return v; };",
    "Object.defineProperty(outer, 'k', { get() { return c0; }, set(v) { c1 = v; }, configurable: true, enumerable: true });",
    "P.prototype.inc = function () { this.v += 10; return this; };",
    "Object.freeze(outer);",
    "delete outer.k;",
    "c2 = 'zz';",
    "ct = ts[0];",
    "objs[1] = objs[0];",
    "made = mk(7);",
    "pair = mkPair(9);",
    "objs.pop();",
    "objs[0] = outer;",
    "outer.extra = 1;",
    "made = pair.inc;",
    "outer.list = objs;",
    "objs[2].p = 0.5;",
    "flow = gen(4);",
    "Q.prototype.inc = function () { this.v += 20; return this; };",
    "Object.defineProperty(P.prototype, 'd', { get() { return c0; }, set(v) { c1 = v; }, configurable: true });",
    "Object.setPrototypeOf(self, { extra: 1, get twice() { return 5; } });",
    "ts.length = 1;",
    "outer.list = [1, , 3];",
    "Object.defineProperty(outer.list, 0, { get() { return c0; }, configurable: true, enumerable: true });",
    "Object.freeze(outer.list);",
    "p = new Q(1);",
    "Object.setPrototypeOf(outer, { k: 5, p: 1 });",
    "Object.defineProperty(acc, 'v', { value: 3, writable: true, configurable: true, enumerable: true });",
    "c0 = -0;",
    "c0 = NaN;",
    "ct = torch.ones(3).double();",
    "outer.list.length = 0;",
    "Q.made = 'many';",
    "px.p = 9;",
    "wm.set(outer, c0);",
  ]);
  return stmt`changes.push([${when}, () => { ${what} }]);`;
}
