import { describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { type Program, runDifferential } from "../../differential.ts";

/** Programs whose breaks lie where resuming is hardest; the differential runner compares everything they do. */

type Tensor = torch.Tensor;
const gb = torch._dynamo.graph_break;
const ones = () => torch.ones(3);
const native = torch.compiler.disable(<Value>(value: Value): Value => value);
const failing = torch.compiler.disable((message: string): never => {
  throw new RangeError(message);
});
const messageOf = (error: unknown) => (error instanceof Error ? error.message : error);

function check(programs: Readonly<Record<string, () => Program>>): void {
  test.each(Object.entries(programs))("%s", (_title, program) => {
    expect(runDifferential(program).breaks.length).toBeGreaterThan(0);
  });
}

describe("exceptions and breaks", () => {
  check({
    "nested finally blocks with breaks run in order around a native error": () => ({
      fn: (x: Tensor, log: unknown[]) => {
        try {
          try {
            log.push("a");
            gb();
            x = x.add(1);
            failing("inner");
          } finally {
            log.push("f1");
            gb();
            x = x.mul(2);
          }
        } catch (error) {
          log.push(messageOf(error));
          gb();
          x = x.add(3);
        } finally {
          log.push("f2");
          gb();
          x = x.sub(1);
        }
        return x;
      },
      calls: [[ones(), []]],
    }),
    "a finally block after a break leaves a loop by continue, return and break": () => ({
      fn: (x: Tensor, log: string[]) => {
        for (let i = 0; i < 4; i++) {
          try {
            gb();
            if (i === 1) continue;
            x = x.add(i);
            if (i === 3) return x;
          } finally {
            log.push(`f${i}`);
            gb();
          }
        }
        return x.mul(100);
      },
      calls: [[ones(), []]],
    }),
    "a labelled continue runs the finally blocks of both loops": () => ({
      fn: (x: Tensor, log: string[]) => {
        outer: for (const a of [1, 2, 3]) {
          try {
            for (const b of [1, 2, 3]) {
              try {
                gb();
                if (b === 2) continue outer;
                x = x.add(a * b);
              } finally {
                log.push(`${a}${b}`);
                gb();
              }
            }
          } finally {
            log.push(`o${a}`);
          }
        }
        return x;
      },
      calls: [[ones(), []]],
    }),
    "a callback that breaks inside try inside a loop": () => ({
      fn: (x: Tensor, log: unknown[]) => {
        for (let i = 0; i < 3; i++) {
          try {
            [1, 2, 3].forEach((by, index) => {
              x = x.add(by);
              gb();
              if (i === 1 && index === 1) failing("callback");
              log.push(`${i}${index}`);
            });
          } catch (error) {
            log.push(messageOf(error));
            x = x.mul(2);
            gb();
            continue;
          } finally {
            log.push(`f${i}`);
          }
          log.push(`end${i}`);
        }
        return x;
      },
      calls: [[ones(), []]],
    }),
    "an error caught and thrown again keeps its identity and what was put on it": () => ({
      fn: (x: Tensor, log: unknown[]) => {
        const step = (n: number) => {
          try {
            gb();
            if (n > 0) throw Object.assign(new RangeError(`r${n}`), { n });
            return 0;
          } catch (error) {
            gb();
            log.push(messageOf(error));
            if (n > 1) throw error;
            return -1;
          } finally {
            log.push(`fin${n}`);
          }
        };
        log.push(step(0), step(1));
        try {
          step(2);
        } catch (error) {
          log.push(error);
        }
        return x.add(1);
      },
      calls: [[ones(), []]],
    }),
    "thrown values that are no errors": () => ({
      fn: (x: Tensor, log: unknown[]) => {
        for (const value of [5, undefined, null, "text"]) {
          try {
            gb();
            // oxlint-disable-next-line no-throw-literal only-throw-error -- what is tested
            throw value;
          } catch (caught) {
            log.push(caught);
            gb();
          }
        }
        return x.add(1);
      },
      calls: [[ones(), []]],
    }),
    "an operator that fails in the graph is caught after the effects before it": () => ({
      fn: (x: Tensor, index: Tensor, log: unknown[]) => {
        try {
          gb();
          log.push("before");
          x.add_(1);
          const picked = x.gather(0, index);
          log.push("after");
          return picked;
        } catch (error) {
          log.push(error instanceof Error ? error.name : error);
          return x;
        } finally {
          log.push("end");
        }
      },
      calls: [
        [ones(), torch.zeros([1], { dtype: torch.int64 }), []],
        [ones(), torch.full([1], 7, { dtype: torch.int64 }), []],
      ],
    }),
  });
});

describe("expressions and breaks", () => {
  check({
    "side effects before and after a break in the middle of an expression": () => ({
      fn: (x: Tensor, o: { v: number }) => {
        let i = 0;
        const row = [i++, (o.v = i), native(i++), o.v++, (gb(), i), i--, native(o.v)];
        return [x.add(i), row];
      },
      calls: [[ones(), { v: 0 }]],
    }),
    "a compound assignment reads its target before the break on its right": () => ({
      fn: (x: Tensor, o: { n: number }) => {
        let a = 1;
        a += (gb(), (a = 10), 5);
        o.n = 2;
        o.n *= (gb(), (o.n = 100), 3);
        return [x.add(a), o.n];
      },
      calls: [[ones(), { n: 0 }]],
    }),
    "destructuring defaults that break": () => ({
      fn: (
        x: Tensor,
        {
          a = (gb(), 1),
          b: { c = (gb(), 2), d } = { d: (gb(), 4) },
          ...rest
        }: {
          a?: number;
          b?: { c?: number; d: number };
          e?: number;
        },
        [p = (gb(), 10), , q = p * 2, ...others]: (number | undefined)[] = [],
      ) => [x.add(a + c + d + p + q), rest, others],
      calls: [
        [ones(), {}],
        [ones(), { a: 5, b: { c: 1, d: 2 }, e: 6 }, [1, 2, undefined, 4, 5]],
      ],
    }),
    "a switch whose cases break and fall through": () => ({
      fn: (x: Tensor, k: number) => {
        switch (k) {
          // @ts-expect-error falling through is what is tested
          case (gb(), 1):
            x = x.add(1);
          case 2:
            gb();
            x = x.add(2);
            break;
          // @ts-expect-error falling through is what is tested
          default:
            x = x.mul(7);
          case 9:
            gb();
            x = x.sub(1);
        }
        return x;
      },
      calls: [1, 2, 3, 9].map((k) => [ones(), k]),
    }),
    "numbers keep their kind: zeros, NaN, fractions and infinities": () => ({
      fn: (x: Tensor, n: number) => {
        gb();
        return [x.mul(n), 1 / n, n === 0, Object.is(n, -0), Number.isNaN(n), Math.sign(n)];
      },
      calls: [0, -0, NaN, 1, -1, 2.5, Infinity, 0, -0].map((n) => [ones(), n]),
    }),
    "an integer and a fraction promote an integer tensor differently": () => ({
      fn: (x: Tensor, n: number) => {
        const y = x.mul(n);
        gb();
        return [y, y.add(n)];
      },
      calls: [1, 2, 3, 2.5, 3.5, 4, -1].map((n) => [torch.ones([3], { dtype: torch.int32 }), n]),
    }),
  });
});

describe("iteration and breaks", () => {
  check({
    "an array that grows while it is iterated": () => ({
      fn: (x: Tensor, list: number[]) => {
        for (const value of list) {
          x = x.add(value);
          if (list.length < 4) list.push(value + 1);
          gb();
        }
        return x;
      },
      calls: [[ones(), [1, 2]]],
    }),
    "an array that shrinks while it is iterated": () => ({
      fn: (x: Tensor, list: number[]) => {
        for (const value of list) {
          x = x.add(value);
          list.shift();
          gb();
        }
        return x;
      },
      calls: [[ones(), [1, 2, 3, 4]]],
    }),
    "a Map and a Set that change while they are iterated": () => ({
      fn: (x: Tensor, map: Map<string, number>, set: Set<number>) => {
        for (const [key, value] of map) {
          x = x.add(value);
          gb();
          map.delete(key);
          if (value < 3) map.set(`${key}x`, value + 1);
        }
        for (const value of set) {
          x = x.mul(value);
          gb();
          if (value < 4) set.add(value + 1);
        }
        return x;
      },
      calls: [
        [
          ones(),
          new Map([
            ["a", 1],
            ["b", 2],
          ]),
          new Set([1, 3]),
        ],
      ],
    }),
    "keys deleted and added during for…in": () => ({
      fn: (x: Tensor, o: { [key: string]: number }) => {
        for (const key in o) {
          gb();
          x = x.add(o[key] ?? 0);
          delete o["c"];
          o["d"] = 9;
        }
        return x;
      },
      calls: [[ones(), { a: 1, b: 2, c: 3 }]],
    }),
    "a user's iterator is closed once, however its loop is left": () => {
      const countTo = (log: string[]) => ({
        [Symbol.iterator]() {
          let i = 0;
          return {
            next() {
              log.push(`next ${i}`);
              return i < 4 ? { value: i++, done: false } : { value: undefined, done: true };
            },
            return() {
              log.push("return");
              return { value: undefined, done: true };
            },
          };
        },
      });
      return {
        fn: (x: Tensor, log: string[], mode: number) => {
          try {
            for (const value of countTo(log)) {
              gb();
              x = x.add(value ?? 0);
              if (mode === 1 && value === 1) break;
              if (mode === 2 && value === 1) failing("in the loop");
              if (mode === 3 && value === 2) return x;
            }
          } catch (error) {
            log.push(String(messageOf(error)));
          }
          return x.mul(2);
        },
        calls: [0, 1, 2, 3].map((mode) => [ones(), [], mode]),
      };
    },
  });
});

describe("sharing and breaks", () => {
  check({
    "one array under two names": () => {
      const same: unknown[] = [];
      return {
        fn: (x: Tensor, a: unknown[], b: unknown[]) => {
          a.push(x.add(1));
          gb();
          a.push(2);
          return x.mul(b.length);
        },
        calls: [
          [ones(), [], []],
          [ones(), same, same],
          [ones(), [], []],
        ],
      };
    },
    "two views of one storage": () => {
      const base = torch.ones(4);
      return {
        fn: (x: Tensor, y: Tensor) => {
          const before = x.add(1);
          y.add_(1);
          gb();
          return [before, x.add(1), x.select(0, 1).mul_(3), y];
        },
        calls: [
          [torch.ones(2), torch.ones(2)],
          [base.narrow(0, 0, 2), base.narrow(0, 1, 2)],
        ],
      };
    },
    "a variable shared by two frames and the caller": () => {
      let count = 0;
      const increment = () => {
        count += 1;
        gb();
        return count;
      };
      return {
        fn: (x: Tensor) => {
          const first = increment();
          count += 10;
          increment();
          return [x.add(first * 100 + count), count];
        },
        calls: [[ones()], [ones()]],
        before: (call) => {
          if (call === 1) count = 50;
        },
      };
    },
    "a closure per turn of a loop": () => ({
      fn: (x: Tensor) => {
        const closures: (() => number)[] = [];
        for (let i = 0; i < 3; i++) {
          closures.push(() => i++);
          gb();
        }
        return [x.add(1), closures.map((f) => f() + f()), closures.map((f) => f())];
      },
      calls: [[ones()]],
    }),
    "a closure called by native code while the frame waits": () => {
      const call = torch.compiler.disable((f: (n: number) => number) => f(1) + f(2));
      return {
        fn: (x: Tensor) => {
          let total = 0;
          let y = x.add(1);
          const result = call((n) => {
            total += n;
            y = y.mul(n);
            return total;
          });
          return [y.add(total), total, result];
        },
        calls: [[ones()], [ones()]],
      };
    },
    "objects that native code changes while the frame waits": () => {
      const change = torch.compiler.disable((o: { v: number; w?: number }, list: number[]) => {
        o.v = 9;
        delete o.w;
        list.length = 1;
      });
      return {
        fn: (x: Tensor, o: { v: number; w?: number }, list: number[]) => {
          const made = { v: 1, w: 2 };
          const madeList = [1, 2, 3];
          change(o, list);
          change(made, madeList);
          return [x.add(o.v + list.length + made.v), Object.keys(o), made, madeList];
        },
        calls: [[ones(), { v: 1, w: 2 }, [1, 2]]],
      };
    },
    "a tensor that native code changes in place while the frame waits": () => {
      const scale = torch.compiler.disable((t: Tensor) => void t.mul_(10));
      return {
        fn: (x: Tensor) => {
          const y = x.add(1);
          scale(y);
          scale(x);
          return [y.add(1), x.add(1)];
        },
        calls: [[ones()]],
      };
    },
    "a function that is replaced while the frame waits": () => {
      let step = (v: Tensor) => v.add(1);
      const swap = torch.compiler.disable(() => {
        step = (v) => v.mul(7);
      });
      return {
        fn: (x: Tensor) => {
          const first = step(x);
          swap();
          return [first, step(x)];
        },
        calls: [[ones()], [ones()]],
      };
    },
    "a function that calls itself through native code": () => {
      const held: { f?: (x: Tensor, n: number) => Tensor } = {};
      const again = torch.compiler.disable((x: Tensor, n: number) =>
        n > 0 ? (held.f?.(x, n - 1) ?? x) : x,
      );
      const fn = (x: Tensor, n: number): Tensor => again(x.add(1), n).mul(2);
      held.f = fn;
      return {
        fn,
        calls: [
          [ones(), 0],
          [ones(), 3],
        ],
      };
    },
    "random numbers on both sides of a break": () => ({
      fn: (x: Tensor) => {
        const a = torch.rand(3);
        torch.rand(2);
        gb();
        const b = torch.randn(3);
        return [a, b, torch.rand(2), x.add(a)];
      },
      calls: [[ones()], [ones()]],
    }),
  });
});
