/**
 * Programs written to catch the compiler out, by what they try. Each is the body of a function of `torch` and `log` that
 * returns a Program (test/differential.ts); `x` is a tensor of three ones.
 */
export const scepticalPrograms: Readonly<Record<string, string>> = {
  "a getter that counts its reads": `
    const o = { n: 0, get v() { return ++this.n; } };
    return { fn: (x) => [x.add(o.v), o.v + o.v, o["v"], { ...o }.v], calls: [[x()], [x()]], watch: o };`,
  "a getter that replaces itself by a value": `
    const make = () => ({ get v() { log("computed"); Object.defineProperty(this, "v", { value: 7 }); return 7; } });
    return { fn: (x, o) => x.add(o.v).mul(o.v), calls: [[x(), make()], [x(), make()]] };`,
  "a setter that throws in the middle of an assignment": `
    const o = { set v(n) { if (n > 1) throw new RangeError("no " + n); log(n); } };
    return { fn: (x, n) => { let y = x; try { y = y.add(1); o.v = n; y = y.mul(2); } catch (e) { log(e.message); } return y; }, calls: [[x(), 1], [x(), 2]] };`,
  "a proxy that watches everything": `
    const seen = [];
    const p = new Proxy({ a: 1, b: { c: 2 } }, { get: (t, k) => (seen.push(String(k)), t[k]), has: (t, k) => (seen.push("has " + String(k)), k in t), ownKeys: (t) => (seen.push("keys"), Reflect.ownKeys(t)), set: (t, k, v) => (seen.push("set " + String(k)), (t[k] = v), true) });
    return { fn: (x) => { p.a += 1; const { b: { c }, ...rest } = p; return [x.add(c), "a" in p, Object.keys(rest)]; }, calls: [[x()], [x()]], watch: seen };`,
  "a revoked proxy": `
    const { proxy, revoke } = Proxy.revocable({ a: 1 }, {});
    return { fn: (x) => { const y = x.add(proxy.a); return y; }, calls: [[x()], [x()]], before: (call) => { if (call === 1) revoke(); } };`,
  "an iterator that is closed by break, return and throw": `
    const it = () => ({ i: 0, [Symbol.iterator]() { return this; }, next() { return { done: false, value: this.i++ }; }, return(v) { log("closed " + this.i); return {}; } });
    const leave = (how) => { for (const v of it()) { if (v === 1 && how === "return") return "r"; if (v === 2 && how === "break") break; if (v === 3) throw new Error("t"); } return "b"; };
    return { fn: (x) => { const out = []; for (const how of ["return", "break", "throw"]) { try { out.push(leave(how)); } catch (e) { out.push(e.message); } } return [x.add(out.length), out]; }, calls: [[x()], [x()]] };`,
  "an iterator whose return throws": `
    const it = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }), return: () => { throw new Error("return"); } }) };
    return { fn: (x) => { const out = []; try { for (const v of it) break; } catch (e) { out.push(e.message); } try { for (const v of it) throw new Error("body"); } catch (e) { out.push(e.message); } try { const [a] = it; } catch (e) { out.push(e.message); } return [x.add(1), out]; }, calls: [[x()]] };`,
  "continue of an outer loop out of finally": `
    return { fn: (x) => { let n = 0; outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { try { if (j === 1) throw i; n += 1; } catch (e) { n += 10; } finally { if (j === 1) continue outer; n += 100; } } n += 1000; } return [x.add(n), n]; }, calls: [[x()], [x()]] };`,
  "a return that finally overrides": `
    const f = (n) => { try { return "try"; } finally { if (n > 1) return "finally"; } };
    const g = () => { for (;;) { try { return 1; } finally { break; } } return 2; };
    return { fn: (x, n) => [x.add(g()), f(n), f(0)], calls: [[x(), 1], [x(), 2]] };`,
  "the value of a return is kept while finally changes the variable": `
    const f = () => { let v = 1; try { return v; } finally { v = 2; log(v); } };
    return { fn: (x) => x.add(f()), calls: [[x()]] };`,
  "closures in a loop that outlive a break": `
    const kept = [];
    return { fn: (x) => { for (let i = 0, k = 10; i < 3; i++, k += 10) { kept.push(() => [i++, k]); torch._dynamo.graph_break(); i += 0; } return [x.add(1), kept.map((f) => f()), kept.map((f) => f())]; }, calls: [[x()], [x()]] };`,
  "a closure that changes the loop's own counter": `
    return { fn: (x) => { const out = []; for (let i = 0; i < 6; i++) { const skip = () => { i += 1; }; if (i % 2 === 0) skip(); out.push(i); } return [x.add(out.length), out]; }, calls: [[x()]] };`,
  "an array with holes": `
    return { fn: (x, a) => [x.add(a.length), a.map((v) => v), a.forEach((v, i) => log(i)), a.indexOf(undefined), a.includes(undefined), Object.keys(a), [...a], a.findIndex((v) => v === undefined), a.reduce((s, v) => s + v, 0), a.join()], calls: [[x(), [1, , 3]], [x(), [, ,]], [x(), [1, 2, 3]]] };`,
  "length that is written": `
    return { fn: (x, a) => { a.length = 1; a[3] = 4; a.length += 1; return [x.add(a.length), a, 2 in a, a.at(-1)]; }, calls: [[x(), [1, 2, 3]], [x(), []]] };`,
  "minus zero": `
    return { fn: (x, n) => [x.add(1), 1 / n, Object.is(n, -0), [n].includes(0), [n].indexOf(-0), new Set([n, 0]).size, String(n), n === 0, Math.max(n, 0), -n, n * -1], calls: [[x(), 0], [x(), -0], [x(), 0], [x(), 1]] };`,
  NaN: `
    return { fn: (x, n) => [x.add(1), n === n, [n].includes(NaN), [n].indexOf(NaN), new Map([[n, 1]]).get(NaN), Math.max(n, 1), n > 0 || n <= 0, n ?? 1, n || 2, String(n)], calls: [[x(), NaN], [x(), 1], [x(), NaN], [x(), 2]] };`,
  "a class with static state": `
    class Counter { static made = 0; static #secret = 5; static { Counter.made = 10; } id; constructor() { this.id = ++Counter.made; } static get secret() { return Counter.#secret++; } }
    return { fn: (x) => { const a = new Counter(), b = new Counter(); return [x.add(b.id - a.id), a.id, Counter.made, Counter.secret]; }, calls: [[x()], [x()]], watch: Counter };`,
  "private fields and methods": `
    class Box { #v = 1; #grow() { this.#v *= 2; return this; } get v() { return this.#v; } set v(n) { this.#v = n; } twice() { return this.#grow().#grow(); } static is(o) { return #v in o; } }
    const box = new Box();
    return { fn: (x) => { box.v += 1; return [x.add(box.twice().v), Box.is(box), Box.is({}), box.v]; }, calls: [[x()], [x()]] };`,
  "symbols as keys": `
    const s = Symbol("s");
    return { fn: (x, o) => { o[s] = (o[s] ?? 0) + 1; const { [s]: v, ...rest } = o; return [x.add(v), Object.getOwnPropertySymbols(o).length, Reflect.ownKeys(rest), { ...o }[s]]; }, calls: [[x(), { a: 1 }], [x(), { a: 1, [s]: 4 }]] };`,
  "Symbol.toPrimitive and valueOf": `
    const o = { [Symbol.toPrimitive](hint) { log(hint); return hint === "string" ? "str" : 4; } };
    const v = { valueOf: () => (log("valueOf"), 3), toString: () => (log("toString"), "t") };
    return { fn: (x) => [x.add(+o), \`\${o}\`, o + 1, o * 2, v + 1, \`\${v}\`, v > 2, [1, 2, 3, 4, 5][o]], calls: [[x()], [x()]] };`,
  "Symbol.hasInstance and Symbol.species": `
    class Even { static [Symbol.hasInstance](n) { log("asked"); return n % 2 === 0; } }
    class List extends Array { static get [Symbol.species]() { log("species"); return Array; } }
    return { fn: (x) => { const list = List.from([1, 2]); return [x.add(1), 2 instanceof Even, 3 instanceof Even, list.map((v) => v) instanceof List, list instanceof List]; }, calls: [[x()]] };`,
  "a property order that changes": `
    return { fn: (x, o) => { const before = Object.keys(o); o[2] = 1; o.z = 2; o[1] = 3; delete o.a; o.a = 4; return [x.add(before.length), before, Object.keys(o), JSON.stringify(o)]; }, calls: [[x(), { b: 1, a: 2 }], [x(), { a: 2, b: 1 }], [x(), { 5: 0, a: 1 }]] };`,
  "writing through a prototype": `
    const base = { n: 1, set s(v) { log("setter " + v); this._s = v; } };
    const frozen = Object.freeze({ f: 1 });
    return { fn: (x, o) => { o.n += 1; o.s = 5; let e = ""; const p = Object.create(frozen); try { p.f = 2; } catch (error) { e = error.message; } return [x.add(o.n), o, e, Object.keys(o)]; }, calls: [[x(), Object.create(base)], [x(), Object.create(base)]], watch: base };`,
  "an object that is another argument's prototype": `
    const base = () => ({ n: 1 });
    const calls = [base(), base()].map((b) => [x(), b, Object.create(b)]);
    return { fn: (x, b, o) => { b.n = 5; const first = o.n; o.n = 7; b.n += 1; delete o.n; return [x.add(first), o.n, b.n]; }, calls };`,
  "elements that become getters or read-only later": `
    const a = [1, 2, 3];
    const steps = [() => {}, () => Object.defineProperty(a, 1, { get: () => 20, configurable: true, enumerable: true }), () => Object.defineProperty(a, 1, { value: 30, writable: false, configurable: true }), () => Object.freeze(a)];
    return { fn: (x, list) => { const s = list[0] + list[1]; let e = ""; try { list[1] = s; } catch (error) { e = error.message; } return [x.add(s), list[1], e]; }, calls: steps.map(() => [x(), a]), before: (call) => steps[call](), watch: a };`,
  "a builtin that the function itself patches": `
    return { fn: (x, a) => { const original = Array.prototype.push; let out, pushed = 0; try { Array.prototype.push = function (...v) { if (this === a) pushed += v.length; return original.apply(this, v); }; a.push(1, 2); out = a.length * 10 + pushed; } finally { Array.prototype.push = original; } return x.add(out); }, calls: [[x(), []], [x(), [1]]] };`,
  "a Map that changes while it is walked": `
    return { fn: (x, m) => { const seen = []; for (const [k, v] of m) { seen.push(k); if (v < 3) m.set(k + "!", v + 1); if (k === "a") m.delete("b"); } m.forEach((v, k) => { if (v === 3) m.delete(k); }); return [x.add(m.size), seen, [...m.keys()]]; }, calls: [[x(), new Map([["a", 1], ["b", 2], ["c", 3]])], [x(), new Map([["z", 2]])]] };`,
  "a Set of tensors and objects": `
    return { fn: (x, y) => { const s = new Set([x, y, x, s2]); s.add(x); s.delete(y); return [x.add(s.size), s.has(y), [...s][0] === x]; }, calls: [[x(), x()], (() => { const t = x(); return [t, t]; })()] }; var s2 = {};`,
  "default parameters that see each other": `
    const f = (a, b = a + 1, c = (() => b * 2)(), ...d) => { b = 100; return [a, b, c, d.length, (() => b)()]; };
    return { fn: (x) => [x.add(1), f(1), f(1, undefined, 3, 4), f.length], calls: [[x()]] };`,
  "arguments and its aliases": `
    function f(a, b) { a = 9; arguments[1] = 8; return [arguments.length, arguments[0], a, b, [...arguments], typeof arguments[5]]; }
    return { fn: (x) => [x.add(1), f(1, 2), f(), f(1, 2, 3)], calls: [[x()]] };`,
  "an error with a cause, compared by identity": `
    return { fn: (x) => { const inner = new Error("inner"); let got; try { try { throw inner; } catch (e) { throw new TypeError("outer", { cause: e }); } } catch (e) { got = e; } return [x.add(1), got.cause === inner, got.message, got instanceof TypeError, Object.prototype.toString.call(got)]; }, calls: [[x()]] };`,
  "throwing things that are no errors": `
    return { fn: (x) => { const got = []; for (const v of [null, undefined, 0, "s", Symbol.iterator, { a: 1 }, x]) { try { throw v; } catch (e) { got.push(e === v); } } return [x.add(got.length), got]; }, calls: [[x()]] };`,
  "a generator that is left half way and finishes later": `
    const log2 = [];
    function* g() { try { const a = yield 1; log2.push(a); yield a * 2; } finally { log2.push("end"); } }
    const live = g();
    return { fn: (x, v) => { const r = live.next(v); return [x.add(r.value ?? 0), r.done]; }, calls: [[x(), 0], [x(), 5], [x(), 6], [x(), 7]], watch: log2 };`,
  "labels on blocks and switch fall-through": `
    const f = (n) => { let s = ""; block: { s += "a"; if (n === 1) break block; s += "b"; switch (n) { case 2: s += "2"; case 3: s += "3"; break; default: s += "d"; case 4: s += "4"; break block; } s += "c"; } return s; };
    return { fn: (x, n) => [x.add(1), f(n)], calls: [[x(), 1], [x(), 2], [x(), 3], [x(), 4], [x(), 5]] };`,
  "short circuits with effects": `
    return { fn: (x, o) => { o.a ||= log("a") ?? 1; o.b &&= log("b") ?? 2; o.c ??= log("c") ?? 3; const v = o.d?.[log("never")]?.e(log("never")); return [x.add(o.a), o, v, o?.a?.toFixed?.(1)]; }, calls: [[x(), { a: 0, b: 1 }], [x(), { a: 5, b: 0, c: 0 }]] };`,
  "captured variables that change between the calls": `
    let n = 1, s = "a", t = x(), o = { v: 1 };
    const steps = [() => {}, () => { n = 2; }, () => { s = "b"; }, () => { t = x().mul(3); }, () => { o = { v: 9 }; }, () => { n = -0; }, () => { n = undefined; }];
    return { fn: (y) => [y.add(t).mul(o.v), s + n, n === 0 ? 1 / n : n], calls: steps.map(() => [x()]), before: (call) => steps[call]() };`,
  "writes of captured variables seen by a sibling": `
    let n = 0;
    const read = () => n;
    return { fn: (x) => { n += 1; const a = read(); n = a * 10; torch._dynamo.graph_break(); n += 1; return [x.add(n), a, read()]; }, calls: [[x()], [x()]], watch: { get n() { return n; } } };`,
  "a tensor that is changed through a view before and after a break": `
    return { fn: (x) => { const v = x.narrow(0, 0, 2); v.add_(1); torch._dynamo.graph_break(); x.mul_(2); const w = v.clone(); v.zero_(); return [x, v, w, v.sum().item()]; }, calls: [[x()], [x()]] };`,
  "errors of operators in the middle of effects": `
    return { fn: (x, list) => { list.push("before"); let y = x; try { y = x.add(1); list.push("added"); y = y.matmul(torch.ones(5, 5)); list.push("never"); } catch (e) { list.push(e.constructor.name); } finally { list.push("finally"); } return y; }, calls: [[x(), []], [x(), []]] };`,
  "numbers that meet strings": `
    return { fn: (x, n) => [x.add(1), n + "1", n - "1", n == "2", [n] == n, n < "10", \`\${[n]}\`, [10, 9, n].sort(), [10, 9, n].sort((a, b) => a - b), +"", +[], +[n], parseInt(n + "px")], calls: [[x(), 2], [x(), 3], [x(), 2.5]] };`,
  "regular expressions with state": `
    const r = /a(?<n>\\d)/g;
    return { fn: (x, s) => { const m = r.exec(s); return [x.add(r.lastIndex), m?.groups?.n, s.replace(r, (_, d) => d + 1), [...s.matchAll(r)].length, r.lastIndex]; }, calls: [[x(), "a1a2a3"], [x(), "a1a2a3"], [x(), "b"]], watch: r };`,
  "a getter on a class that a subclass overrides with a field": `
    class A { get v() { return 1; } m() { return this.v; } }
    class B extends A { constructor() { super(); Object.defineProperty(this, "v", { value: 2, writable: true }); } m() { return super.m() + 10; } }
    const b = new B();
    return { fn: (x, o) => [x.add(o.m()), o.v], calls: [[x(), b], [x(), new A()], [x(), b]] };`,
};
