import { deepStrictEqual as same } from "node:assert";
import * as exporter from "./exporter.ts";
import { fixed, live, setLive } from "./exporter.ts";
import { bindingOf, errorOf, sourceOf } from "./check.ts";

let bodiesRun = 0;
let counter = 1;
const table = { answer: 42 };

function increment(): number {
  bodiesRun++;
  return ++counter;
}

function usesEverything(x: number): unknown {
  bodiesRun++;
  return [x, counter, table, live, fixed(), exporter.live, increment];
}

// Reads and writes in place.
const counterBinding = bindingOf(usesEverything, "counter");
same([counterBinding.scope, counterBinding.constant, counterBinding.read()], ["closure", false, 1]);
counterBinding.write?.(10);
same(increment(), 11);
same(counterBinding.read(), 11);
same(bindingOf(usesEverything, "table").constant, true);
same(bindingOf(usesEverything, "table").read(), table);
same(bindingOf(usesEverything, "increment").constant, true);
same(bodiesRun, 1);

// Imports are live; ESM loaders keep them as variables, CommonJS ones turn them into member reads.
if (/\blive\b/.test(sourceOf(usesEverything).text.replace(/\.live/g, ""))) {
  const liveBinding = bindingOf(usesEverything, "live");
  same([liveBinding.constant, liveBinding.read()], [false, 1]);
  setLive(2);
  same(liveBinding.read(), 2);
  same(bindingOf(usesEverything, "exporter").constant, true);
  same(bindingOf(usesEverything, "exporter").read(), exporter);
  same(bindingOf(usesEverything, "fixed").constant, true);
  same(bindingOf(usesEverything, "fixed").read(), fixed);
}

// Before initialisation a read throws and nothing is taken for constant; afterwards it is.
{
  const early = (): unknown => late;
  const binding = bindingOf(early, "late");
  same([binding.constant, errorOf(binding.read)], [false, "ReferenceError"]);
  const late = "now";
  same(binding.read(), late);
}

// `this` of arrows.
class Model {
  readonly weight = 3;
  #secret = 4;
  forward(x: number): number {
    bodiesRun++;
    return x * this.weight + this.#secret + counter;
  }
  closure(): () => number {
    return () => this.weight;
  }
  get doubled(): number {
    return counter * 2;
  }
  static create(): Model {
    return new Model();
  }
}
const model = Model.create();
same(sourceOf(model.closure()).lexicalThis(), model);
same(sourceOf(model.forward).kind, "method");
same(bindingOf(model.forward, "counter").read(), 11);
const doubled = Object.getOwnPropertyDescriptor(Model.prototype, "doubled")?.get;
same(doubled && sourceOf(doubled).kind, "getter");
same(doubled && bindingOf(doubled, "counter").read(), 11);
same(sourceOf(Model.create).kind, "method");
same(bindingOf(Model.create, "Model").read(), Model);
same(sourceOf(Model).kind, "classConstructor");

// Nothing of the user's runs: not the body, not defaults, not queued jobs.
let effects = 0;
const touch = (): number => ++effects;
queueMicrotask(touch);
process.nextTick(touch);
const risky = function (
  a = touch(),
  { b = touch(), c: [d] = [touch()] } = { b: touch() },
  ...rest: number[]
): unknown {
  touch();
  return [a, b, d, rest, counter];
};
same(bindingOf(risky, "counter").read(), 11);
same(effects, 0);
for (const fn of [
  async () => [touch(), counter],
  function* () {
    yield [touch(), counter];
  },
  async function* () {
    yield [touch(), counter];
  },
  () => touch() + counter,
  function () {
    while (touch()) counter++;
  },
  function () {
    try {
      touch();
    } finally {
      counter++;
    }
  },
  function () {
    switch (touch()) {
      default:
        counter++;
    }
  },
  function () {
    for (const _ of [touch()]) counter++;
  },
  function () {
    if (touch()) counter++;
  },
  function () {
    throw new Error(String(touch() + counter));
  },
  function () {
    label: {
      touch();
      break label;
    }
    counter++;
  },
  class {
    constructor() {
      touch();
      counter++;
    }
  },
  class extends Model {
    constructor() {
      touch();
      super();
      counter++;
    }
  },
]) {
  const binding = bindingOf(fn, "counter");
  same([binding.unavailable, binding.read()], [null, 11]);
}
same(effects, 0);

// A block's own variable at the first statement does not stand in for the free one.
const nested = function (): number {
  {
    let counter = 100;
    counter++;
    void counter;
  }
  return counter++;
};
same(bindingOf(nested, "counter").read(), 11);

console.log("all as expected");
