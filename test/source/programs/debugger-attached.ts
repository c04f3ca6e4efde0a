import { deepStrictEqual as same } from "node:assert";
import inspector from "node:inspector";
import { ScopeAccessError } from "../../../src/dynamo/source/source-unavailable.ts";
import { bindingOf, sourceOf } from "./check.ts";

inspector.open(0, "127.0.0.1");

let counter = 1;
const constant = { v: 1 };
const fn = (): unknown => [counter, constant];
const binding = bindingOf(fn, "counter");
same([binding.constant, binding.write, binding.read()], [false, null, 1]);
counter = 2;
same(binding.read(), 2);
same(bindingOf(fn, "constant").read(), constant);
let error: unknown;
try {
  sourceOf(fn).lexicalThis();
} catch (caught) {
  error = caught;
}
same(error instanceof ScopeAccessError, true);

inspector.close();
same(bindingOf(() => counter, "counter").write === null, false);
console.log("all as expected");
