import { deeper, type Expressions, type Scope } from "./expressions.ts";
import { fillForm } from "./form.ts";
import { languageForms } from "./language-forms.ts";
import { tensorForms } from "./tensor-forms.ts";
import { block, num, stmt, type Tree } from "./tree.ts";

/** Where a statement stands. */
export interface Place extends Scope {
  readonly labels: readonly string[];
  readonly inLoop: boolean;
  readonly mayReturn: boolean;
}

/** Random statements. Every loop is bounded by a counter of its own that nothing else writes. */
export class Statements {
  readonly e: Expressions;
  /** How often a statement is one of the forms: programs differ in it. */
  readonly formWeight: number;
  #names = 0;
  constructor(expressions: Expressions) {
    this.e = expressions;
    this.formWeight = expressions.random.pick([0, 4, 12, 30]);
  }

  block(place: Place, count: number): Tree {
    return block(this.list(place, count));
  }

  list(place: Place, count: number): Tree[] {
    return Array.from({ length: count }, () => this.statement(place));
  }

  #inner(place: Place): Tree {
    return this.block(deeper(place), 1 + this.e.random.below(3));
  }

  statement(place: Place): Tree {
    const { e } = this;
    const r = e.random;
    const s: Scope = { ...place, depth: Math.min(place.depth, 2) };
    const nests = place.depth > 0 ? 1 : 0;
    const leaves = place.inLoop ? 1 : 0;
    return r.weighted<Tree>([
      [
        4,
        () =>
          stmt`${e.numberPlace(s)} ${r.pick(["=", "+=", "-=", "*=", "??=", "||=", "&&="])} ${e.num(s)};`,
      ],
      [
        5,
        () =>
          stmt`${r.pick(["t0", "t1", "x", "y", "o.t", "ct", `${e.self(s)}.w`])} = ${e.tensor(s)};`,
      ],
      [2, () => stmt`${e.tensor(s)};`],
      [2, () => stmt`${e.num(s)};`],
      [2, () => stmt`${this.#mutation(s)}`],
      [1.5, () => stmt`torch._dynamo.graph_break();`],
      [1, () => stmt`console.log(${e.any(s)}, ${e.any(s)});`],
      [0.5, () => stmt`console.log(${e.str(s)});`],
      [1, () => stmt`${this.#destructuring(s)}`],
      [
        0.7,
        () =>
          stmt`sink.push(${r.pick(["() => n0", "() => n0++", "() => (c0 += 1)", "() => t0", "(j) => { n1 += j; return n1; }", "() => this.count", "() => a.length + l.p", "() => l.g"])});`,
      ],
      [0.4 * leaves, () => stmt`sink.push(() => ${e.loopVariable(s)});`],
      [nests * 4, () => stmt`if (${e.bool(s)}) ${this.#inner(place)} else ${this.#inner(place)}`],
      [nests * 2, () => stmt`if (${e.bool(s)}) ${this.#inner(place)}`],
      [nests * 4, () => this.#loop(place)],
      [nests * 3, () => this.#try(place)],
      [nests, () => this.#switch(place)],
      [
        nests,
        () =>
          stmt`{ let v0 = ${e.num(s)}; { let n0 = v0; const n1 = n0; ${this.#inner(place)} sink.push(() => n0 + n1); } }`,
      ],
      [
        nests * 0.1,
        () => stmt`{ let n0 = ${e.num(s)}; ${this.#inner(place)} sink.push(() => n0); }`,
      ],
      [
        nests * 0.5,
        () =>
          stmt`{ const f9 = (n) => n <= 0 ? ${e.num({ ...s, isLeaf: true })} : f9(n - 1) + n; n2 = f9(${r.pick(["2", "3"])}); }`,
      ],
      [2, () => stmt`${this.#sharing(s)}`],
      [this.formWeight, () => this.#form(place)],
      [
        0.5,
        () =>
          stmt`throw ${r.pick(["new Error(`e${n0}`)", "n0", "new TypeError('t')", "new RangeError(s0)", "{ p: n0 }"])};`,
      ],
      [
        0.2,
        () =>
          stmt`${r.pick(["null.p;", "undefined.q();", "o.zz.p;", "nothere;", "n3 = 1;", "o.zz();", "[...n0];", "x.nope();", "torch.ones(2).add(torch.ones(3));", "const [z] = null;", "l.g.h.i;", "Object.freeze(o).p = 1;"])}`,
      ],
      [leaves, () => stmt`${r.pick(["break;", "continue;"])}`],
      [
        place.labels.length > 0 ? 0.7 : 0,
        () => stmt`${r.pick(["break", "continue"])} ${this.#label(place)};`,
      ],
      [place.mayReturn ? 0.5 : 0, () => stmt`return ${e.any(s)};`],
    ]);
  }

  #form(place: Place): Tree {
    const forms = this.e.random.chance(0.7) ? languageForms : tensorForms;
    return fillForm(this.e.random.pick(forms), "stmt", place, this);
  }

  #label(place: Place): string {
    const [first, ...rest] = place.labels;
    return first === undefined ? "" : this.e.random.pick([first, ...rest]);
  }

  #mutation(s: Scope): Tree {
    const { e } = this;
    const r = e.random;
    return r.weighted<Tree>([
      [2, () => stmt`o[${e.str(s)}] = ${e.any(s)};`],
      [1, () => stmt`delete o[${e.str(s)}];`],
      [2, () => stmt`if (a.length < 8) a.${r.pick(["push", "unshift"])}(${e.num(s)});`],
      [
        1,
        () =>
          stmt`a.${r.pick(["pop()", "shift()", "reverse()", "sort((p, q) => q - p)", "splice(0, 1)", "splice(1, a.length < 9 ? 0 : 2, n0, n1)", "fill(n0)", "length = 1", "copyWithin(0, 1)"])};`,
      ],
      [1, () => stmt`a[${e.num({ ...s, depth: 0 })} & 3] = ${e.num(s)};`],
      [1, () => stmt`b = ${e.array(s)};`],
      [2, () => stmt`m.set(${e.str(s)}, ${e.num(s)});`],
      [1, () => stmt`u.add(${e.num(s)});`],
      [
        1,
        () =>
          stmt`${r.pick(["m.clear();", "u.clear();", "m.delete(s0);", "u.delete(1);", "p.d = n0;", "p.inc();", "l.g = n1;", "delete l.p;", "delete outer.k;", `${e.self(s)}.bump(2);`, "o.q = { r: n0, ...o.q };", "o.list = a;", "l = { ...l, p: n1, get g() { return this.p + n0; }, set g(v) { this.p = v; c1++; }, m(v) { return this.p + v; } };", "l = { p: n1, g: 2, m: (v) => v + this.count };", "Object.assign(o, { k1: n0, k2: n1 });", "Object.assign(l, outer);", "o = outer;", "outer = { ...outer, k: n0 };", "ts.push(t0); ts.shift();", "ts[0].add_(1);", "o.self = o;", "p = new P(n0);", "Object.defineProperty(o, 'hid', { value: n0, configurable: true, writable: true });", "o.q = Object.freeze({ r: n1 });", "o = Object.create(o);", "a = o.list;"])}`,
      ],
      [1, () => stmt`s0 = ${e.str(s)}.slice(-6);`],
      [1, () => stmt`c2 = ${e.str(s)}.slice(-6);`],
      [1, () => stmt`outer.k = ${e.num(s)};`],
      [1, () => stmt`outer.list = ${e.array(s)};`],
      [1, () => stmt`ts[${r.pick(["0", "1"])}] = ${e.tensor(s)};`],
      [
        1,
        () =>
          stmt`l = { p: ${e.num(s)}, g: ${e.num(s)}, m(v) { return v + this.p; }, [${e.str(s)}]: ${e.any(s)} };`,
      ],
    ]);
  }

  /** Statements about objects, functions and variables that are met on more than one way. */
  #sharing(s: Scope): Tree {
    const { e } = this;
    const r = e.random;
    const once: Scope = { ...s, isLeaf: true, depth: 1 };
    return r.weighted<Tree>([
      [1, () => stmt`for (const q of objs) { q.p += ${e.num(s)}; }`],
      [1, () => stmt`objs[${r.pick(["0", "1", "n & 1", "2"])}].p = ${e.num(s)};`],
      [1, () => stmt`[objs[0], objs[1]] = [objs[1], objs[${r.pick(["0", "2"])}]];`],
      [1, () => stmt`objs.push(objs.shift());`],
      [1, () => stmt`objs[1] = ${r.pick(["o", "outer", "objs[0]", "l", "{ p: n0 }"])};`],
      [1, () => stmt`o.z1 = ${e.num(s)}; delete o.z1; o.z2 = 1; o.z1 = 2;`],
      [1, () => stmt`for (const k in o) if (${e.bool(s)}) delete o[k];`],
      [1, () => stmt`m.forEach((v, k) => { n0 += v; if (${e.bool(once)}) m.delete(k); });`],
      [1, () => stmt`n0 = disabled(${e.num(s)});`],
      [1, () => stmt`n0 = native(${e.num(s)}, ${r.pick(["o", "outer", "objs[0]", "l"])});`],
      [1, () => stmt`made = mk(${e.num(s)}); n1 += made(${e.num(s)});`],
      [1, () => stmt`made = (v) => ${e.num(once)} + v;`],
      [1, () => stmt`n1 = made(${e.num(s)}) + f(n0);`],
      [1, () => stmt`o.f = f; l.f = made; n2 = o.f(1) + (l.f?.(2) ?? 0);`],
      [1, () => stmt`pair = mkPair(${e.num(s)}); pair.inc();`],
      [1, () => stmt`pair.inc(); n0 = pair.n;`],
      [
        1,
        () =>
          stmt`${r.pick(["t0", "x", "ts[0]"])}.${r.pick(["select(0, 0)", "narrow(0, 0, 1)", "view(-1)"])}.${r.pick(["add_", "mul_"])}(${e.num(s)});`,
      ],
      [
        1,
        () =>
          stmt`{ let k = 0; while (t0.sum().item() < ${e.num(s)} && k++ < 3) t0 = t0.add(${e.num(s)}); }`,
      ],
      [
        1,
        () =>
          stmt`for (const row of x) { if (row.sum().item() > ${e.num(s)}) break; row.add_(1); }`,
      ],
      [1, () => stmt`b = a.map((v, j) => objs[j % 3].p + v);`],
      [
        1,
        () => stmt`t1 = torch.ones(${r.pick(["n & 3", "a.length", "b.length", "(n0 & 1) + 1"])});`,
      ],
      [
        1,
        () =>
          stmt`for (const [k, v] of Object.entries(o)) { if (typeof v === "number") { n0 += v; o[k] = v + 1; } }`,
      ],
      [
        1,
        () =>
          stmt`{ const it = a[Symbol.iterator](); it.next(); for (const v of it) { n0 += v; ${r.pick(["break;", "", "torch._dynamo.graph_break();", "continue;"])} } n1 = it.next().value ?? 0; }`,
      ],
      [
        1,
        () =>
          stmt`seen.push(n0, ${r.pick(["a.length", "l.p", "objs[0].p", "pair.n", "s0", "c0"])});`,
      ],
    ]);
  }

  #destructuring(s: Scope): Tree {
    const { e } = this;
    return e.random.weighted<Tree>([
      [1, () => stmt`[n0, n1 = ${e.num(s)}, ...b] = ${e.array(s)};`],
      [1, () => stmt`({ p: n0 = ${e.num(s)}, q: { r: n1 } = { r: 1 } } = o);`],
      [1, () => stmt`({ p: n2, ...l } = { ...o, p: ${e.num(s)}, g: 1, m: (v) => v });`],
      [1, () => stmt`[n0, n1] = [n1, ${e.num(s)}];`],
      [1, () => stmt`[t0, t1] = [${e.tensor(s)}, ${e.tensor(s)}];`],
      [
        1,
        () =>
          stmt`for (const [k, v] of Object.entries(${e.random.pick(["{ q: n0, w: n1 }", "outer"])})) { if (typeof v === 'number') n0 += v; s0 = k; }`,
      ],
      [1, () => stmt`const { k: ${this.fresh("z")} = ${e.num(s)} } = outer;`],
    ]);
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #loop(place: Place): Tree {
    const { e } = this;
    const r = e.random;
    const i = this.fresh("i");
    const label = r.chance(0.3) ? this.fresh("L") : null;
    const prefix = label === null ? "" : `${label}: `;
    const s: Scope = { ...place, depth: Math.min(place.depth - 1, 2) };
    const inside = (variable: string | null): Place => ({
      ...place,
      depth: place.depth - 1,
      inLoop: true,
      labels: label === null ? place.labels : [...place.labels, label],
      loopVariables: variable === null ? place.loopVariables : [...place.loopVariables, variable],
    });
    const body = (variable: string | null): Tree =>
      this.#inner({ ...inside(variable), depth: place.depth });
    const limit = r.pick(["2", "3", "4"]);
    return r.weighted<Tree>([
      [4, () => stmt`${prefix}for (let ${i} = 0; ${i} < ${limit}; ${i}++) ${body(i)}`],
      [
        1,
        () => stmt`${prefix}for (let ${i} = 0; ${i} < ${limit} && ${e.bool(s)}; ${i}++) ${body(i)}`,
      ],
      [
        2,
        () => stmt`{ let ${i} = 0; ${prefix}while (${i}++ < ${limit} && ${e.bool(s)}) ${body(i)} }`,
      ],
      [1, () => stmt`{ let ${i} = 0; ${prefix}do ${body(i)} while (${i}++ < 2 && ${e.bool(s)}); }`],
      [
        3,
        () =>
          stmt`{ let ${i} = 0; ${prefix}for (const v${i} of ${e.array(s)}) { if (${i}++ > 4) break; ${body(`v${i}`)} } }`,
      ],
      [
        1,
        () =>
          stmt`${prefix}for (const v${i} of ts.slice(0, 2)) { t0 = t0.add(v${i}); ${body(null)} }`,
      ],
      [
        1,
        () =>
          stmt`{ let ${i} = 0; ${prefix}for (const [k${i}, v${i}] of m) { if (${i}++ > 4) break; s0 = k${i}; ${body(`v${i}`)} } }`,
      ],
      [
        1,
        () =>
          stmt`{ let ${i} = 0; ${prefix}for (const v${i} of ${r.pick(["u", "m.values()", "a.entries()", "m.keys()", "[...s0]", "gen(3)", "a.keys()"])}) { if (${i}++ > 4) break; ${body(i)} sink.push(() => v${i}); } }`,
      ],
      [
        1,
        () =>
          stmt`{ let ${i} = 0; ${prefix}for (const k${i} in ${r.pick(["o", "{ q: 1, w: 2 }", "outer", "a", "p"])}) { if (${i}++ > 5) break; s0 = k${i}; ${body(i)} } }`,
      ],
      [
        1,
        () =>
          stmt`{ let ${i} = 0; ${r.pick(["a", "b", "[1, 2, 3]"])}.forEach((v, j) => { if (${i}++ > 4) return; ${this.block({ ...place, depth: 0, isLeaf: true, labels: [], inLoop: false, mayReturn: false, loopVariables: ["v", "j"] }, 2)} }); }`,
      ],
    ]);
  }

  #try(place: Place): Tree {
    const { e } = this;
    const r = e.random;
    const s: Scope = { ...place, depth: 1 };
    const risk = stmt`if (${e.bool(s)}) throw ${r.pick(["new Error(`x${n0}`)", "n1", "new Error(s0)", "{ p: 5 }"])};`;
    const body = block([
      ...this.#children(place),
      ...(r.chance(0.7) ? [risk] : []),
      ...this.#children(place),
    ]);
    const handler = r.pick([
      "s0 = String(err?.message ?? err).slice(0, 30);",
      "n0 += 1;",
      "s0 = err instanceof Error ? 'E' : 'o';",
      "console.log(err instanceof Error ? err.message.split('\\n')[0] : err);",
    ]);
    return r.weighted<Tree>([
      [2, () => stmt`try ${body} catch (err) { ${handler} ${this.#inner(place)} }`],
      [
        2,
        () =>
          stmt`try ${body} catch (err) { ${handler} ${this.#inner(place)} } finally ${this.#inner(place)}`,
      ],
      [1, () => stmt`try ${body} finally ${this.#inner(place)}`],
      [1, () => stmt`try ${body} catch { ${this.#inner(place)} }`],
    ]);
  }

  #children(place: Place): Tree[] {
    const inner = deeper(place);
    return Array.from({ length: this.e.random.below(3) }, () => this.statement(inner));
  }

  #switch(place: Place): Tree {
    const { e } = this;
    const s: Scope = { ...place, depth: 1 };
    const end = (): string => (e.random.chance(0.6) ? "break;" : "");
    const inside: Place = { ...place, inLoop: place.inLoop };
    return stmt`switch (${e.num(s)}) { case 0: ${this.#inner(inside)} ${end()} case ${e.num(s)}: ${this.#inner(inside)} ${end()} default: ${this.#inner(inside)} ${end()} case 2: ${this.#inner(inside)} }`;
  }

  /** `const f0 = (p) => …`: a function that shares variables with the one around it. */
  localFunction(place: Place, index: number): Tree {
    const { e } = this;
    const inner: Place = {
      ...place,
      depth: 1,
      functions: index,
      mayReturn: false,
      labels: [],
      inLoop: false,
      loopVariables: ["p0"],
    };
    const body = block([
      ...this.list(inner, 1 + e.random.below(3)),
      stmt`return ${e.num({ ...inner, depth: 2 })};`,
    ]);
    return e.random.chance(0.5)
      ? stmt`const f${index} = (p0) => ${body};`
      : stmt`function f${index}(p0) ${body}`;
  }

  result(place: Place): Tree {
    const { e } = this;
    return stmt`return [n0, n1, n2, s0, t0, t1, b, l, ${e.any(place)}, ${num`${e.any(place)}`}];`;
  }
}
