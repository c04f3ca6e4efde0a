import * as torch from "fullgraph";
import { do_not_optimize, measure } from "mitata";
import type { Measurement } from "./measurement.ts";

/** What one small eager operator costs: nearly all of it is dispatch. */
export async function measureEagerCost(): Promise<Measurement> {
  const [x, y] = [torch.ones(10), torch.ones(10)];
  const { p50 } = await measure(() => do_not_optimize(x.add(y)));
  return { name: "eager add, 10 elements", median: p50, unit: "ns", target: 400 };
}
