import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";

/** Objects that the function made before a break are made for real at the break, whatever refers to what. */

const gb = torch._dynamo.graph_break;

type Fields = { [key: string]: unknown };

test.each<[string, (x: torch.Tensor) => unknown]>([
  [
    "objects and arrays that hold each other keep the order of their keys",
    (x) => {
      const o: Fields = { t: x.add(1) };
      o["self"] = o;
      const a: unknown[] = [o];
      a.push(a, [a]);
      o["a"] = a;
      gb();
      o["n"] = a.length;
      return [o, a, x.mul(2)];
    },
  ],
  [
    "a Map and a Set that hold themselves keep the order of their entries",
    (x) => {
      const map = new Map<unknown, unknown>([["a", 1]]);
      map.set("me", map).set(map, 2).set("b", 3);
      const set = new Set<unknown>([1]);
      set.add(set).add([set]).add(2);
      gb();
      return [map, set, x.add(map.size)];
    },
  ],
  [
    "a function bound to the object that holds it",
    (x) => {
      const o: Fields = { n: 3 };
      o["f"] = function (this: Fields) {
        return this["n"];
      }.bind(o);
      gb();
      return [x.add(1), o];
    },
  ],
  [
    "an arrow function whose `this` is the object that holds it",
    (x) => {
      const o = {
        n: 3,
        f: (): number => 0,
        make() {
          this.f = () => this.n;
        },
      };
      o.make();
      gb();
      o.n = 4;
      return x.add(o.f());
    },
  ],
  [
    "a function that holds itself",
    (x) => {
      const f = Object.assign((): number => f.n, { n: 4, me: (): unknown => null });
      f.me = f;
      gb();
      return [x.add(f()), f.me === f];
    },
  ],
  [
    "an accessor of an object that refers to the object",
    (x) => {
      const o = {
        n: 3,
        get twice() {
          return o.n * 2;
        },
      };
      gb();
      o.n = 4;
      return [x.add(o.twice), Object.keys(o)];
    },
  ],
  [
    "an array with holes, also at its end",
    (x) => {
      // oxlint-disable-next-line no-sparse-arrays -- holes are what is tested
      const a: unknown[] = [1, , [2], ,];
      gb();
      return [a, Object.keys(a), x.add(a.length)];
    },
  ],
  [
    "an error whose message was assigned",
    (x) => {
      const errors = [new Error("first"), new RangeError(), new TypeError("third")] as const;
      errors[0].message = "changed";
      errors[1].message = "set";
      Reflect.deleteProperty(errors[2], "message");
      gb();
      const own = errors.map((error) => [error.message, Object.keys(error), String(error)]);
      return [x.add(1), own];
    },
  ],
])("%s", (_title, fn) => {
  const { breaks } = runDifferential(() => ({ fn, calls: [[torch.ones(3)]] }));
  expect(breaks.map(({ reason }) => reason.id)).toContain("GB0025");
});

test("a Proxy is asked exactly what the program asks it", () => {
  const result = runDifferential(() => {
    const seen: string[] = [];
    const proxy = new Proxy(
      { n: 2 },
      {
        get(target, key, receiver) {
          seen.push(`get ${String(key)}`);
          return Reflect.get(target, key, receiver);
        },
        set(target, key, value, receiver) {
          seen.push(`set ${String(key)}`);
          return Reflect.set(target, key, value, receiver);
        },
      },
    );
    const fn = (x: torch.Tensor) => {
      const y = x.add(proxy.n);
      proxy.n = 5;
      return y.mul(proxy.n);
    };
    return { fn, calls: [[torch.ones(3)], [torch.ones(3)]], watch: seen };
  });
  expect(result.ops).toBeGreaterThan(0);
});
