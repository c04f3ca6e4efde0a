/** Closures rebuilt from source are real functions that share cells with the frame. */

import { expect, test } from "vitest";
import { Cell, uninitialized } from "../../src/dynamo/bytecode/cell.ts";
import { closureInfo, makeClosure } from "../../src/dynamo/bytecode/closures/make-closure.ts";
import { lowerFunction } from "../../src/dynamo/bytecode/lower/lower-function.ts";
import { testOfCompiledText } from "../capabilities.ts";

const frame = { this: { k: "receiver" }, newTarget: undefined };

/** The first child of a function, made over the given cells. */
function firstChild(
  text: string,
  cells: readonly Cell[],
  name: PropertyKey | null = null,
): (...args: readonly unknown[]) => unknown {
  const closure = makeClosure(lowerFunction(text), 0, cells, frame, { name });
  if (typeof closure !== "function") throw new Error("not a function");
  return (...args) => Reflect.apply(closure, undefined, args);
}

test("a closure reads and writes the cells it is given", () => {
  const count = new Cell(1, "count");
  const add = firstChild("function(){ let count=1; return k=>{ count+=k; return count } }", [
    count,
  ]);
  expect([add(2), count.v]).toEqual([3, 3]);
  count.v = 10;
  expect(add(1)).toBe(11);
});

test("a variable in its dead zone throws until it is initialized", () => {
  const late = new Cell(uninitialized, "late");
  const read = firstChild("function(){ const f=()=>late; let late=1; return f }", [late]);
  expect(() => read()).toThrow(new ReferenceError("Cannot access 'late' before initialization"));
  late.raw = 5;
  expect(read()).toBe(5);
});

test("a settled constant keeps its name in messages", () => {
  const call = firstChild("function(){ const thing=1; return ()=>thing() }", [
    new Cell(1, "thing"),
  ]);
  expect(() => call()).toThrow(new TypeError("thing is not a function"));
});

test("an arrow function has the this of the frame", () => {
  expect(firstChild("function(){ return ()=>this.k }", [])()).toBe("receiver");
});

test("the name may be any property key", () => {
  const code = lowerFunction("function(){ return ()=>{} }");
  const names = ["f", "__proto__", "with space", Symbol("s")].map((name) => {
    const closure = makeClosure(code, 0, [], frame, { name });
    return typeof closure === "function" ? closure.name : null;
  });
  expect(names).toEqual(["f", "__proto__", "with space", "[s]"]);
});

test("closureInfo finds code, cells and frame of a closure again", () => {
  const cell = new Cell(1, "n");
  const code = lowerFunction("function(){ let n=1; return ()=>n++ }");
  const closure = makeClosure(code, 0, [cell], frame);
  const info = closureInfo(closure);
  expect([info?.code === code.children[0]?.code, info?.captures, info?.frame]).toEqual([
    true,
    [cell],
    frame,
  ]);
  expect(info?.code?.captures.map((capture) => capture.name)).toEqual(["n"]);
  expect(closureInfo(() => 1)).toBeNull();
});

testOfCompiledText("a generator is made from its source, and its bytecode is known", () => {
  const n = new Cell(2, "n");
  const code = lowerFunction("function(){ let n=1; return function*(){ yield n; n++; yield n } }");
  const closure = makeClosure(code, 0, [n], frame);
  const values = typeof closure === "function" ? [...Reflect.apply(closure, undefined, [])] : [];
  expect([values, n.v, closureInfo(closure)?.code?.suspends]).toEqual([[2, 3], 3, "generator"]);
});
