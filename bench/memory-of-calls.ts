import { setImmediate } from "node:timers/promises";
import * as torch from "fullgraph";

/**
 * Programs that call compiled functions for ever: what each call leaves behind must not add up. A body gets the number
 * of the call.
 */
export interface CallLoop {
  readonly name: string;
  readonly body: (call: number) => unknown;
  /** Calls of this one in a million of the others: it compiles or asks the engine every time. */
  readonly share: number;
}

type Tensor = torch.Tensor;

export function callLoops(): readonly CallLoop[] {
  const x = torch.ones(8);
  const shapes = Array.from({ length: 40 }, (_, size) => torch.ones(size + 1));
  const hot = torch.compile((t: Tensor, list: number[]) => {
    list.push(list.length);
    return t.add(1);
  });
  const throwing = torch.compile((t: Tensor, o: { n: number }) => {
    o.n += 1;
    if (o.n % 2 === 1) throw new Error(`call ${o.n}`);
    return t.mul(2);
  });
  const failing = torch.compile((t: Tensor, u: Tensor) => t.add(u));
  const breaking = torch.compile((t: Tensor) => {
    const y = t.add(1);
    torch._dynamo.graph_break();
    let made = 0;
    const count = () => (made += 1);
    return [y.mul(2), count, count()];
  });
  const sizes = torch.compile((t: Tensor) => t.add(1).sum(), { dynamic: false });
  return [
    { name: "calls that change a list", share: 1, body: () => hot(x, [1, 2]) },
    {
      name: "errors that the function throws",
      share: 1,
      body: caught(() => throwing(x, { n: 2 })),
    },
    {
      name: "errors that an operator throws",
      share: 0.1,
      body: caught((call) => failing(x, shapes[1 + (call % 2)] ?? x)),
    },
    { name: "graph breaks that leave closures behind", share: 0.2, body: () => breaking(x) },
    {
      name: "recompiles up to the limit, and calls past it",
      share: 0.2,
      body: (call) => sizes(shapes[call % 40] ?? x),
    },
    {
      name: "functions compiled, called and dropped",
      share: 0.001,
      body: (call) => {
        const by = call % 7;
        const fn = torch.compile((t: Tensor) => t.add(by));
        fn(x);
      },
    },
    {
      name: "functions made from text, compiled, called and dropped",
      share: 0.001,
      body: (call) => {
        // As the text says.
        const fn = new Function("t", `return t.add(${call});`) as (t: Tensor) => Tensor;
        torch.compile(fn)(x);
      },
    },
    {
      name: "everything reset",
      share: 0.001,
      body: () => {
        sizes(x);
        torch._dynamo.reset();
      },
    },
    {
      name: "tensors disposed of at once",
      share: 1,
      body: () => {
        const result = hot(x, [1]);
        result.dispose();
      },
    },
  ];
}

function caught(body: (call: number) => unknown): (call: number) => unknown {
  return (call) => {
    try {
      return body(call);
    } catch (error) {
      return error;
    }
  };
}

export interface CallLoopMemory {
  readonly name: string;
  readonly calls: number;
  readonly microsecondsEach: number;
  /** After a collection: halfway through the calls, and at their end. */
  readonly heapMegabytes: readonly [halfway: number, end: number];
  /** What every call of the second half left behind. */
  readonly bytesKeptEach: number;
}

/** @param calls of the loops that compile nothing; the others make their share of them */
export async function measureCallLoop(
  { name, body, share }: CallLoop,
  calls: number,
  collect: () => void,
): Promise<CallLoopMemory> {
  const half = Math.ceil((calls * share) / 2);
  const begin = performance.now();
  const halfway = await heapAfter(body, 0, half, collect);
  const end = await heapAfter(body, half, 2 * half, collect);
  const milliseconds = performance.now() - begin;
  return {
    name,
    calls: 2 * half,
    microsecondsEach: Number(((1000 * milliseconds) / (2 * half)).toPrecision(3)),
    heapMegabytes: [Number((halfway / 1e6).toFixed(1)), Number((end / 1e6).toFixed(1))],
    bytesKeptEach: Math.round((end - halfway) / half),
  };
}

/** One turn at the end: until then the engine keeps everything that a WeakRef was made of, dropped or not. */
async function heapAfter(
  body: (call: number) => unknown,
  from: number,
  to: number,
  collect: () => void,
): Promise<number> {
  for (let call = from; call < to; call++) body(call);
  await setImmediate();
  collect();
  return process.memoryUsage().heapUsed;
}
