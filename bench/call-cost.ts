import * as torch from "fullgraph";
import { do_not_optimize, measure } from "mitata";
import type { Measurement } from "./measurement.ts";

/** What a call costs besides its kernels: guards, dispatch and residual code, with graphs that only hand back a result. */
export async function measureCallCosts(): Promise<Measurement[]> {
  const [a, b, c] = [torch.ones(4), torch.ones(4), torch.ones(4)];
  const one = compileForFree((x: torch.Tensor) => x.add(1));
  const three = compileForFree((x: torch.Tensor, y: torch.Tensor, z: torch.Tensor) =>
    x.add(y).add(z),
  );
  const ten = compileForFree(addTen);
  const tensors = Array.from({ length: 10 }, () => torch.ones(4));
  const [t0 = a, t1 = a, t2 = a, t3 = a, t4 = a, t5 = a, t6 = a, t7 = a, t8 = a, t9 = a] = tensors;
  const { entries, shapes } = withEightEntries();
  const [newest = a] = shapes.slice(-1);
  let turn = 0;
  return [
    await median("call, 1 tensor argument", () => one(a)),
    await median("call, 3 tensor arguments", () => three(a, b, c)),
    await median("call, 10 tensor arguments", () => ten(t0, t1, t2, t3, t4, t5, t6, t7, t8, t9)),
    await median("call, 8 cached entries, same one each time", () => entries(newest)),
    await median("call, 8 cached entries, another one each time", () =>
      entries(shapes[turn++ & 7] ?? a),
    ),
  ];
}

async function median(name: string, call: () => unknown): Promise<Measurement> {
  const { p50 } = await measure(() => do_not_optimize(call()));
  return { name, median: p50 / 1000, unit: "µs", target: 1 };
}

/** Compiles with a backend whose graphs run once and then repeat their result. */
function compileForFree<Fn extends (...args: never[]) => unknown>(fn: Fn): Fn {
  return torch.compile(fn, {
    backend: (graph) => {
      let result: unknown = null;
      return (...inputs) => (result ??= graph(...inputs));
    },
  });
}

/** A tensor rank is never generalised: each one makes an entry of its own. */
function withEightEntries(): {
  entries: (x: torch.Tensor) => torch.Tensor;
  shapes: readonly torch.Tensor[];
} {
  const entries = compileForFree((x: torch.Tensor) => x.mul(2));
  const shapes = Array.from({ length: 8 }, (_, rank) =>
    torch.ones(Array.from({ length: rank }, () => 2)),
  );
  for (const shape of shapes) entries(shape);
  return { entries, shapes };
}

function addTen(
  t0: torch.Tensor,
  t1: torch.Tensor,
  t2: torch.Tensor,
  t3: torch.Tensor,
  t4: torch.Tensor,
  t5: torch.Tensor,
  t6: torch.Tensor,
  t7: torch.Tensor,
  t8: torch.Tensor,
  t9: torch.Tensor,
): torch.Tensor {
  return t0.add(t1).add(t2).add(t3).add(t4).add(t5).add(t6).add(t7).add(t8).add(t9);
}
