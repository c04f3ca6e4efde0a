import { Random } from "./random.ts";

/**
 * Programs in which a callee breaks the graph and then returns or throws: what it does, the way to it, what becomes of
 * its value, what the handler does and what is around them, all by chance. `text`: as in sceptical-programs.ts.
 */
export function unwindingProgram(seed: number): {
  readonly text: string;
  readonly breakEvery: number;
} {
  const random = new Random(seed);
  const call = random.pick(calls);
  const use = random.pick(uses).replaceAll("@call", () => call);
  const body = random
    .pick(surroundings)
    .replace("@use", () => use)
    .replace("@handler", () => random.pick(handlers));
  // What is read at the end is needed whichever way the callee was left, which would hide what the handler alone reads.
  const end = random.pick(["return x.add(1);", "return [x.add(n0), n1, n2];"]);
  const isCaptured = random.chance(0.5);
  return {
    text: `"use strict";
      const log2 = [], cells = [];
      const fails = (v) => { torch._dynamo.graph_break(); throw v; };
      const callee = (t, v) => { ${random.pick(callees)} };
      ${reachable}
      const fn = (x, n) => {
        let n0 = n, n1 = n * 2, n2 = 3;
        ${isCaptured ? "cells.push(() => [n0, n1++, n2]);" : ""}
        ${body}
        ${end}
      };
      return { fn, calls: [[x(), 5], [x(), 2]], watch: log2, before: () => log2.push(cells.map((read) => read())) };`,
    breakEvery: random.pick([0, 0, 1, 2, 3]),
  };
}

const callees = [
  "torch._dynamo.graph_break(); throw new Error('callee');",
  "torch._dynamo.graph_break(); return v;",
  "return (torch._dynamo.graph_break(), missing);",
  "throw (torch._dynamo.graph_break(), v);",
  "try { torch._dynamo.graph_break(); throw v; } finally { log2.push('left'); }",
  "try { torch._dynamo.graph_break(); return v; } finally { log2.push('left'); }",
  "const q = v + 1; try { torch._dynamo.graph_break(); throw new Error('inside'); } catch { throw q; }",
  "const q = v + 1; try { return fails(q); } catch (error) { throw [q, error]; } finally { log2.push(v); }",
  "const q = v + 1; try { return fails(q); } finally { log2.push(v); }",
  "const q = [v]; for (const w of q) { try { fails(w); } catch (error) { if (w === v) continue; throw error; } } return q;",
] as const;

/** Declarations of what `calls` go through. */
const reachable = `
      const o = { m(t, v) { return callee(t, v); }, get g() { return callee(null, 4); }, set s(v) { callee(null, v); } };
      class Made { constructor(t, v) { this.v = callee(t, v); } }
      class Base { m(t, v) { return callee(t, v); } }
      class Derived extends Base { m(t, v) { const q = [v]; try { return super.m(t, v); } catch (error) { throw [q, error]; } finally { log2.push(q); } } }
      const derived = new Derived();
      const tag = (texts, v) => callee(texts, v);
      const walked = (t, v) => ({ [Symbol.iterator]() { let i = 0; return { next: () => (i++ ? { done: true } : { done: false, value: callee(t, v) }), return: () => (log2.push("closed"), {}) }; } });
      const generated = function* (t, v) { const q = v * 2; try { yield callee(t, v); } catch (error) { yield [q, error]; } finally { log2.push(q); } };`;

const calls = [
  "callee(x, n)",
  "o.m(x, n)",
  "o?.m?.(x, n)",
  "o.g",
  "(o.s = n)",
  "new Made(x, n)",
  "derived.m(x, n)",
  "callee.call(null, x, n)",
  "callee.bind(null, x)(n)",
  "Reflect.apply(callee, null, [x, n])",
  "(() => callee(x, n))()",
  "((first = callee(x, n), second = first) => second)()",
  "((...rest) => rest)(n1, ...[callee(x, n)])",
  "(class { static p = callee(x, n); }.p)",
  "({ __proto__: null, get [callee(x, n)]() { return n1; } })",
  "+{ valueOf: () => callee(x, n) }",
  "`${{ toString: () => String(callee(x, n)) }}`",
  "tag`${n}`",
  "[...walked(x, n)]",
  "generated(x, n).next().value",
  "[1, 2].map((v) => callee(x, v))",
  "[3, 1].reduce((sum, v) => sum + callee(x, v), 0)",
  "[3, 1].sort((p, q) => (callee(x, p), p - q))",
  "[...[7].entries()].flatMap(([, v]) => callee(x, v))",
  "Array.from([n], (v) => callee(x, v))",
  "new Map([[n, 2]]).forEach((v, k) => callee(x, k))",
  "callee(x, callee(x, n))",
  "[n2, callee(x, n), n1]",
  "(n1 ||= callee(x, n), n0 &&= callee(x, n1))",
] as const;

const uses = [
  "return @call;",
  "@call;",
  "const v = @call; log2.push(v);",
  "log2.push([n1, @call]);",
  "return [@call, n1];",
  "return @call ? n1 : n2;",
  "throw @call;",
  "if (@call) return n2;",
  "for (const w of [1, 2]) { if (@call) break; }",
  "while (@call) break;",
  "const { a = @call } = {}; return a;",
  "n1 = @call;",
  "n1 += @call;",
  "switch (@call) { case n: return n1; default: log2.push(n2); }",
  "return `${@call}${n1}`;",
] as const;

const handlers = [
  "return n0;",
  "throw n0;",
  "log2.push(n0, n1);",
  "n1 = n0 + 1;",
  "return [n0, n1, n2];",
  "n2 = n1; throw n2;",
] as const;

const surroundings = [
  "try { @use } catch { @handler }",
  "try { @use } catch { @handler } finally {}",
  "try { @use } catch { @handler } finally { log2.push(n1, n2); }",
  "try { @use } finally { @handler }",
  "try { try { @use } finally { log2.push(n2); } } catch { @handler }",
  "for (let i = 0; i < 2; i++) { try { @use continue; } catch { @handler } finally { n2 += i; } }",
  "all: for (const i of [n0, n1]) { try { @use continue all; } catch { if (i === 99) break all; @handler } finally { log2.push(i); } }",
  "try { try { @use } catch { @handler } } catch (error) { return [n0, n1, n2, error]; } finally { log2.push(n0); }",
] as const;
