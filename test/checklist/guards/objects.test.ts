import { describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential, type DifferentialResult, type Program } from "../../differential.ts";

/** What may change between two calls without any argument changing: each program would be wrong without a guard. */

type Tensor = torch.Tensor;
const ones = (): Tensor => torch.ones(3);

/** Three calls of a function of one tensor; `change` runs before the second and the third. */
function changed(
  make: () => { readonly fn: (x: Tensor) => unknown; readonly change: (call: number) => void },
): DifferentialResult {
  return runDifferential((): Program => {
    const { fn, change } = make();
    return {
      fn,
      calls: [[ones()], [ones()], [ones()]],
      before: (call) => {
        if (call > 0) change(call);
      },
    };
  });
}

describe("methods", () => {
  test("a method that is replaced on its class", () => {
    const run = changed(() => {
      class Layer {
        size() {
          return 1;
        }
      }
      const layer = new Layer();
      return {
        fn: (x) => x.add(layer.size()),
        change: (call) => {
          Layer.prototype.size = () => call * 5;
        },
      };
    });
    expect(run.framesAfter).toEqual([1, 2, 3]);
  });

  test("a method that an instance hides with its own", () => {
    changed(() => {
      class Layer {
        size() {
          return 1;
        }
      }
      const layer = new Layer();
      return { fn: (x) => x.add(layer.size()), change: () => (layer.size = () => 5) };
    });
  });

  test("a base class that gets another prototype", () => {
    changed(() => {
      class Base {
        size() {
          return 1;
        }
      }
      class Other {
        size() {
          return 7;
        }
      }
      class Layer extends Base {}
      const layer = new Layer();
      return {
        fn: (x) => x.add(layer.size()),
        change: () => Object.setPrototypeOf(Layer.prototype, Other.prototype),
      };
    });
  });

  test("an instance that gets another prototype", () => {
    changed(() => {
      const layer = { __proto__: { size: () => 1 } } as unknown as { size(): number };
      return {
        fn: (x) => x.add(layer.size()),
        change: () => Object.setPrototypeOf(layer, { size: () => 7 }),
      };
    });
  });

  test("a static method inherited from another class", () => {
    changed(() => {
      class Base {
        static k = 1;
      }
      class Other {
        static k = 7;
      }
      class Layer extends Base {}
      return { fn: (x) => x.add(Layer.k), change: () => Object.setPrototypeOf(Layer, Other) };
    });
  });
});

describe("properties", () => {
  test("a property that turns into a getter", () => {
    changed(() => {
      const o = { v: 1 };
      return {
        fn: (x) => x.add(o.v),
        change: (call) =>
          Object.defineProperty(o, "v", { configurable: true, get: () => call * 10 }),
      };
    });
  });

  test("a getter that is replaced", () => {
    changed(() => {
      const o = {
        get v() {
          return 1;
        },
      };
      return {
        fn: (x) => x.add(o.v),
        change: (call) =>
          Object.defineProperty(o, "v", { configurable: true, get: () => call * 10 }),
      };
    });
  });

  test("a getter that joins a setter", () => {
    changed(() => {
      const o: { v?: number } = {};
      Object.defineProperty(o, "v", { configurable: true, set: () => {} });
      return {
        fn: (x) => x.add(o.v ?? 3),
        change: () => Object.defineProperty(o, "v", { configurable: true, get: () => 10 }),
      };
    });
  });

  test("a setter that is replaced", () => {
    const run = runDifferential(() => {
      class Layer {
        stored = 0;
        set v(value: number) {
          this.stored = value;
        }
      }
      const layer = new Layer();
      return {
        fn: (x: Tensor) => {
          layer.v = 3;
          return x.add(layer.stored);
        },
        calls: [[ones()], [ones()]],
        watch: layer,
        before: (call: number) => {
          if (call === 0) return;
          const set = function (this: Layer, value: number) {
            this.stored = value * 10;
          };
          Object.defineProperty(Layer.prototype, "v", { configurable: true, set });
        },
      };
    });
    expect(run.framesAfter).toEqual([1, 2]);
  });

  test("a missing property that a prototype gets", () => {
    changed(() => {
      class Layer {
        declare bias?: number;
      }
      const layer = new Layer();
      return { fn: (x) => x.add(layer.bias ?? 1), change: () => (Layer.prototype.bias = 5) };
    });
  });

  test("a missing property that all objects get", () => {
    changed(() => {
      const o: { fullgraphTest?: number } = {};
      return {
        fn: (x) => x.add(o.fullgraphTest ?? 1),
        change: (call) => {
          if (call === 1) Reflect.set(Object.prototype, "fullgraphTest", 5);
          else Reflect.deleteProperty(Object.prototype, "fullgraphTest");
        },
      };
    });
  });

  test("`in` finds what a prototype gets", () => {
    changed(() => {
      class Layer {
        declare bias?: number;
      }
      const layer = new Layer();
      return {
        fn: (x) => ("bias" in layer ? x.add(1) : x.mul(5)),
        change: () => (Layer.prototype.bias = 5),
      };
    });
  });

  test("a property of an array beside its elements", () => {
    changed(() => {
      const list: number[] & { k?: number } = [1];
      return { fn: (x) => x.add(list.k ?? 7), change: (call) => (list.k = call) };
    });
  });

  test("a property that is hidden from enumeration", () => {
    changed(() => {
      const o = { a: 1, b: 2 };
      return {
        fn: (x) => x.add(Object.keys(o).length),
        change: () => Object.defineProperty(o, "b", { enumerable: false }),
      };
    });
  });

  test("a hidden property stays hidden when it is written", () => {
    runDifferential(() => {
      const o = Object.defineProperty({ a: 1, h: 0 }, "h", { enumerable: false });
      const fn = (x: Tensor) => {
        o.h = 6;
        return [x.add(o.h), Object.keys(o), { ...o }];
      };
      return { fn, calls: [[ones()], [ones()]], watch: o };
    });
  });

  test("a hole of an array that is filled with undefined", () => {
    changed(() => {
      // oxlint-disable-next-line no-sparse-arrays -- the hole is the point
      const list: (number | undefined)[] = [1, , 3];
      return { fn: (x) => x.add(1 in list ? 1 : 2), change: () => (list[1] = undefined) };
    });
  });

  test("a method and a size that a Map has of its own", () => {
    changed(() => {
      const map = new Map([["a", 1]]);
      return {
        fn: (x) => x.add((map.get("a") ?? 0) + map.size),
        change: (call) => {
          if (call === 1) map.get = () => 50;
          else Object.defineProperty(map, "size", { value: 9 });
        },
      };
    });
  });

  test("an iteration that an array or a Map has of its own", () => {
    changed(() => {
      const list = [1, 2];
      const map = new Map([["a", 1]]);
      const own = function* () {
        yield 100;
      };
      return {
        fn: (x) => {
          let sum = Math.max(...list);
          for (const value of list) sum += value;
          for (const [key] of map) sum += key.length;
          return x.add(sum);
        },
        change: (call) => {
          if (call === 1) Reflect.set(list, Symbol.iterator, own);
          else Reflect.set(map, Symbol.iterator, () => [["long key"]].values());
        },
      };
    });
  });

  test("a write to a prototype is seen through its instances at once", () => {
    runDifferential(() => {
      class Layer {
        declare k: number;
      }
      Layer.prototype.k = 1;
      const layer = new Layer();
      const prototype = Layer.prototype;
      const fn = (x: Tensor) => {
        prototype.k += 5;
        return x.mul(layer.k);
      };
      return { fn, calls: [[ones()], [ones()]], watch: prototype };
    });
  });
});

describe("instanceof", () => {
  test("a class whose prototype chain is changed", () => {
    changed(() => {
      class Base {}
      class Layer extends Base {}
      const layer = new Layer();
      return {
        fn: (x) => (layer instanceof Base ? x.add(1) : x.mul(5)),
        change: () => Object.setPrototypeOf(Layer.prototype, Object.prototype),
      };
    });
  });

  test("a constructor function that gets another prototype object", () => {
    changed(() => {
      const Layer = function () {} as unknown as new () => object;
      const layer = new Layer();
      return {
        fn: (x) => (layer instanceof Layer ? x.add(1) : x.mul(5)),
        change: () => Reflect.set(Layer, "prototype", {}),
      };
    });
  });

  test("a class that gets a rule of its own", () => {
    changed(() => {
      class Layer {}
      const layer = {};
      return {
        fn: (x) => (layer instanceof Layer ? x.add(1) : x.mul(5)),
        change: () =>
          Object.defineProperty(Layer, Symbol.hasInstance, {
            configurable: true,
            value: () => true,
          }),
      };
    });
  });

  test("another class passed for the same parameter", () => {
    runDifferential(() => {
      const fn = (x: Tensor, o: object, constructor: new () => object) =>
        o instanceof constructor ? x.add(1) : x.mul(5);
      return {
        fn,
        calls: [
          [ones(), new Map(), Map],
          [ones(), new Map(), Set],
          [ones(), new Map(), Date],
          [ones(), new Map(), Promise],
        ],
      };
    });
  });
});

declare global {
  var fullgraphTestGlobal: number;
}

test("a global variable that appears and disappears", () => {
  Reflect.deleteProperty(globalThis, "fullgraphTestGlobal");
  const run = changed(() => ({
    fn: (x) => (typeof fullgraphTestGlobal === "undefined" ? x.add(1) : x.mul(5)),
    change: (call) => {
      if (call === 1) globalThis.fullgraphTestGlobal = 1;
      else Reflect.deleteProperty(globalThis, "fullgraphTestGlobal");
    },
  }));
  expect(run.framesAfter).toEqual([1, 2, 2]);
});

describe("objects that refuse to change", () => {
  /** `change` comes before the second call; whether eager throws or not, the tensor must have changed as in eager. */
  function refused<Target>(
    make: () => Target,
    use: (target: Target) => void,
    change: (target: Target) => void,
  ): DifferentialResult {
    return runDifferential(() => {
      const target = make();
      const fn = (x: Tensor) => {
        use(target);
        return x.add_(1);
      };
      return {
        fn,
        calls: [[ones()], [ones()]],
        watch: target,
        before: (call: number) => {
          if (call === 1) change(target);
        },
      };
    });
  }

  test("a write to an object that was frozen since", () => {
    const run = refused(
      () => ({ v: 1 }),
      (o) => void (o.v = 2),
      Object.freeze,
    );
    expect(run.outcomes[1]).toMatchObject({ kind: "error", error: { name: "TypeError" } });
  });

  test("a new property of an object that was closed since", () => {
    refused<{ k?: number }>(
      () => ({}),
      (o) => void (o.k = 1),
      (o) => {
        delete o.k;
        Object.preventExtensions(o);
      },
    );
  });

  test("a push to an array that was closed since", () => {
    refused(
      () => [1],
      (l) => void l.push(2),
      Object.preventExtensions,
    );
  });

  test("a pop from an array that was sealed since", () => {
    refused(
      () => [1, 2, 3],
      (l) => void l.pop(),
      Object.seal,
    );
  });

  test("a shorter length of an array that was frozen since", () => {
    refused(
      () => [1, 2],
      (l) => void (l.length = 1),
      (l) => {
        l.push(3);
        Object.freeze(l);
      },
    );
  });

  test("the deletion of a property that was fixed since", () => {
    refused<{ v?: number }>(
      () => ({ v: 1 }),
      (o) => void delete o.v,
      (o) => Object.defineProperty(o, "v", { value: 1, configurable: false }),
    );
  });

  test("a property deleted from a closed object and set again", () => {
    refused<{ v?: number }>(
      () => ({ v: 1 }),
      (o) => {
        delete o.v;
        o.v = 2;
      },
      Object.preventExtensions,
    );
  });
});

describe("numbers", () => {
  test("zero and negative zero are told apart", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor, n: number) => (1 / n < 0 ? x.add(1) : x.mul(7)),
      calls: [0, -0, 0, 2, -0, 0].map((n) => [ones(), n]),
    }));
    expect(run.framesAfter).toEqual([1, 2, 2, 3, 3, 3]);
  });

  test("NaN is found where SameValueZero finds it and nowhere else", () => {
    runDifferential(() => {
      const map = new Map<number, number>([
        [NaN, 1],
        [0, 2],
      ]);
      const fn = (x: Tensor, n: number) => [
        x.add(map.get(n) ?? 9),
        new Set([n]).has(n),
        [NaN, 5].includes(n),
        [NaN, 5].indexOf(n),
        n === n,
      ];
      return { fn, calls: [1, 2, NaN, 0, -0, 5, NaN].map((n) => [ones(), n]) };
    });
  });

  test("a number that varies may become something else", () => {
    runDifferential(() => ({
      fn: (x: Tensor, n: unknown) => x.add(typeof n === "number" ? n : 100),
      calls: [1, 2, "a", 3, true, 1n, null].map((n) => [ones(), n]),
    }));
  });
});

describe("arguments", () => {
  test("a missing argument is not an undefined one", () => {
    const run = runDifferential(() => ({
      fn: function (x: Tensor, n = 5, ...rest: unknown[]) {
        return x.add(n + rest.length * 10 + arguments.length * 100);
      },
      calls: [
        [ones()],
        [ones(), undefined],
        [ones(), 1],
        [ones(), undefined, undefined],
        [ones(), 2, 3, 4],
      ],
    }));
    expect(run.frames).toBe(5);
  });

  test("one array passed twice is one array", () => {
    const run = runDifferential(() => {
      const [a, b] = [[1], [1]];
      const fn = (first: number[], second: number[], x: Tensor) => {
        first.push(1);
        return x.add(second.length);
      };
      return {
        fn,
        calls: [
          [a, b, ones()],
          [a, a, ones()],
          [b, a, ones()],
        ],
      };
    });
    expect(run.framesAfter).toEqual([1, 2, 3]);
  });

  test("an object passed twice, once inside another, is one object", () => {
    runDifferential(() => {
      const inner = { v: 1 };
      const fn = (a: { v: number }, b: { inner: { v: number } }, x: Tensor) => {
        a.v += 6;
        return x.add(b.inner.v);
      };
      return {
        fn,
        calls: [
          [{ v: 1 }, { inner }, ones()],
          [inner, { inner }, ones()],
        ],
      };
    });
  });

  test("one tensor passed twice is one tensor", () => {
    const run = runDifferential(() => {
      const [a, b] = [ones(), ones()];
      const fn = (first: Tensor, second: Tensor) => {
        first.add_(1);
        return second.mul(2);
      };
      return {
        fn,
        calls: [
          [a, b],
          [a, a],
          [a, a.view(3)],
        ],
      };
    });
    expect(run.framesAfter[0]).toBe(1);
  });
});
