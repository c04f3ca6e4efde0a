/**
 * What TypeScript has beyond types, each used by a compiled function. Text, since the project's own sources may not use
 * it; a test has it transpiled in several ways.
 */
export const program = `
enum Kind { Scale = 2, Shift }
const enum Fixed { Four = 4 }
namespace Ops {
  export const step = 3;
  export let calls = 0;
  export function shift(x) { calls++; return x.add(step); }
}
const closed = [];
class Resource {
  constructor(public k, private readonly name = "resource") {}
  scale(x) { return x.mul(this.k); }
  [Symbol.dispose]() { closed.push(this.name); }
}
function traced(method) {
  if (typeof method === "function") return function (...args) { return Reflect.apply(method, this, args); };
  return undefined; // a legacy decorator gets the prototype first
}
class Model {
  static made = 0;
  static { Model.made = 1; }
  offset = 2;
  @traced forward(x) { return x.mul(Model.made).add(this.offset); }
}
const model = new Model();
export const cases = {
  enum: (x) => x.mul(Kind.Scale).add(Kind.Shift).sub(Fixed.Four).add(Kind[2].length),
  namespace: (x) => [Ops.shift(x).mul(Ops.step), Ops.calls > 0],
  "named functions": (x) => {
    const twice = (y) => y.mul(2);
    function thrice(y) { return y.mul(3); }
    return x.add(twice(thrice(x))).add(twice.name.length + thrice.name.length);
  },
  "anonymous class": (x) => {
    const Made = class { static k = 3; };
    return [x.mul(Made.k), Made.name];
  },
  using: (x) => {
    closed.length = 0;
    const y = x.add(1);
    { using r = new Resource(3); var z = r.scale(y); }
    return [z.add(1), closed.join()];
  },
  "using where it throws": (x) => {
    closed.length = 0;
    try { using r = new Resource(3); throw new RangeError("thrown " + r.k); }
    catch (error) { return [x.add(1), error.message, closed.join()]; }
  },
  decorators: (x) => model.forward(x),
};
`;

/** Runs every case plain and compiled and prints a report as JSON. */
export const report = `
import { cases } from "./program.js";
Symbol.dispose ?? Object.defineProperty(Symbol, "dispose", { value: Symbol("Symbol.dispose") });
const results = {};
for (const [name, fn] of Object.entries(cases)) {
  const skipped = [];
  const stop = torch._dynamo.onGraphBreak(({ skipsFrame, reason }) => { if (skipsFrame) skipped.push(reason.title); });
  const counter = new torch._dynamo.testing.CompileCounter();
  const plain = String(fn(torch.ones(2)));
  const compiled = String(torch.compile(fn, { backend: counter })(torch.ones(2)));
  stop();
  results[name] = { plain, compiled, graphs: counter.frame_count, skipped };
}
console.log(JSON.stringify(results));
`;
