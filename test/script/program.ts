/** Loops, breaks, closures, outer variables and exceptions under compile; prints results and how much was captured. */
import * as torch from "../../src/index.ts";

let calls = 0;

const fn = torch.compile((x: torch.Tensor, scale: number) => {
  calls++;
  let total = x.mul(scale);
  for (const step of [1, 2]) total = total.add(step);
  if (total.sum().item() > 10) total = total.neg();
  const shift = (by: number): torch.Tensor => total.sub(by + calls);
  try {
    return { result: shift(1), names: Object.keys({ a: 1, [`b${scale}`]: 2 }) };
  } finally {
    calls += 10;
  }
});

for (const scale of [2, 3]) {
  const { result, names } = fn(torch.ones(3), scale);
  console.log(result.tolist(), names, calls);
}
const { stats } = torch._dynamo.utils.counters;
console.log(`graphs ${stats["unique_graphs"]}, operators ${stats["calls_captured"]}`);
