/** Compiled generators and async functions: what their callers see, in which order, is what plain JavaScript shows. */
import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { testOfCompiledText } from "../capabilities.ts";

type Wrap = <F extends (...args: never[]) => unknown>(fn: F) => F;

/** Once captured as far as it goes, once with a break at every instruction. */
const modes: readonly (readonly [string, boolean])[] = [
  ["captured whole", false],
  ["broken everywhere", true],
];

/** What `program` logs plain, and what it logs when the functions it wraps are compiled. */
async function logs(
  isBrokenEverywhere: boolean,
  program: (wrap: Wrap, log: (...values: unknown[]) => void) => unknown,
): Promise<{ readonly plain: string[]; readonly compiled: string[] }> {
  const run = async (wrap: Wrap): Promise<string[]> => {
    const lines: string[] = [];
    await program(wrap, (...values) => void lines.push(JSON.stringify(values)));
    return lines;
  };
  const plain = await run((fn) => fn);
  const compiled = await torch._dynamo.config.patch(
    { debug_force_residual_code: true, debug_break_everywhere: isBrokenEverywhere },
    () => run((fn) => torch.compile(fn)),
  );
  torch._dynamo.reset();
  return { plain, compiled };
}

/** A promise that is already fulfilled: to wait for it takes one turn. */
const pause = (): Promise<void> => Promise.resolve();

const noted = (error: unknown): string => (error instanceof Error ? error.message : String(error));

describe.each(modes)("%s", (_, isBrokenEverywhere) => {
  test("a generator yields, delegates, catches and cleans up as its caller drives it", async () => {
    const { plain, compiled } = await logs(isBrokenEverywhere, (wrap, log) => {
      const make = wrap(function* (a: number, b = 2): Generator<unknown, unknown, unknown> {
        try {
          const x = yield a;
          log("received", x);
          yield* [1, 2, b];
          return Number(x) + 1;
        } catch (error) {
          log("caught", noted(error));
          yield "from catch";
        } finally {
          log("finally");
          yield "from finally";
        }
        return "end";
      });
      let steps = make(5);
      log(steps.next(1), steps.next(7), steps.next(0), steps.next(0), steps.next(0));
      log(steps.next(0), steps.next(0));
      steps = make(5);
      steps.next(0);
      log(steps.throw(new Error("E")), steps.next(0), steps.next(0), steps.next(0));
      steps = make(5);
      steps.next(0);
      log(steps.return("early"), steps.next(0), steps.next(0));
      steps = make(5);
      steps.next(0);
      steps.next(1);
      log(steps.return("in delegate"), steps.next(0), steps.next(0));
      log(make(1).return("unstarted"), [...make(3)]);
      log(Object.prototype.toString.call(steps));
    });
    expect(compiled).toEqual(plain);
  });

  test("leaving a loop over an iterator closes it, whoever leaves", async () => {
    const { plain, compiled } = await logs(isBrokenEverywhere, (wrap, log) => {
      const source = {
        [Symbol.iterator]: () => ({
          next: () => ({ value: 1, done: false }),
          return: () => {
            log("closed");
            return { value: 0, done: true };
          },
        }),
      };
      const make = wrap(function* (): Generator<number, void, boolean> {
        for (const value of source) if (yield value) break;
        const [first = 0] = source;
        yield first;
        for (const value of source) yield value;
      });
      const steps = make();
      log(steps.next(false), steps.next(false), steps.next(true), steps.next(false));
      log(steps.return());
    });
    expect(compiled).toEqual(plain);
  });

  test("an async function takes its turns with other code exactly as it does plain", async () => {
    const { plain, compiled } = await logs(isBrokenEverywhere, async (wrap, log) => {
      const fn = wrap(async (count: number) => {
        let sum = 0;
        for (let i = 0; i < count; i++) {
          sum += await Promise.resolve(i);
          log("step", i);
        }
        try {
          await Promise.reject(new Error("no"));
        } catch (error) {
          log("caught", noted(error));
        } finally {
          await pause();
          log("finally");
        }
        // oxlint-disable-next-line await-thenable -- iterables that are not asynchronous are what is tested
        for await (const value of [1, Promise.resolve(2)]) sum += value;
        return sum;
      });
      const fails = wrap(async () => {
        await pause();
        throw new Error("late");
      });
      const other = async (): Promise<void> => {
        for (let i = 0; i < 12; i++) {
          await pause();
          log("other", i);
        }
      };
      const running = other();
      log("result", await fn(3));
      log(await fails().catch(noted));
      await running;
    });
    expect(compiled).toEqual(plain);
  });

  test("an async generator answers in order, and runs its finally when it is left", async () => {
    const { plain, compiled } = await logs(isBrokenEverywhere, async (wrap, log) => {
      const make = wrap(async function* (count: number): AsyncGenerator<number, string, unknown> {
        try {
          for (let i = 0; i < count; i++) {
            const answer = yield Promise.resolve(i);
            log("answer", answer);
            if (answer === "stop") return Promise.resolve("stopped");
          }
        } finally {
          log("finally");
          await pause();
          log("cleaned");
        }
        return "end";
      });
      const steps = make(5);
      log(await Promise.all([steps.next(""), steps.next("q"), steps.return("left")]));
      const stopped = make(3);
      log(await stopped.next(""), await stopped.next("stop"), await stopped.next(""));
      let sum = 0;
      for await (const value of make(4)) {
        sum += value;
        if (value === 2) break;
      }
      log(sum);
    });
    expect(compiled).toEqual(plain);
  });
});

testOfCompiledText("the work before and behind an await is captured in two graphs", async () => {
  const counter = new torch._dynamo.testing.CompileCounter();
  const fn = torch.compile(
    async (x: torch.Tensor) => {
      const y = x.add(1).mul(2);
      const factor = await Promise.resolve(3);
      return y.mul(factor).sum().item();
    },
    { backend: counter },
  );
  expect(await fn(torch.ones(2))).toBe(24);
  expect(await fn(torch.ones(2))).toBe(24);
  expect(counter.frame_count).toBe(2);
});
