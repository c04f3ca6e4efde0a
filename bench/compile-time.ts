import type * as Torch from "fullgraph";
import { medianOf, type Measurement } from "./measurement.ts";

/** Time from the call of a function of 1000 operators to its code, with the default backend, without the work itself. */
export function measureCompile(torch: typeof Torch): Measurement {
  const x = torch.ones(64);
  const thousand = (start: Torch.Tensor): Torch.Tensor => {
    let y = start;
    for (let round = 0; round < 100; round += 1) {
      y = y.add(1).mul(0.5).sin().abs().add(start);
      y = y.sub(start).cos().neg().exp().mul(0.25);
    }
    return y;
  };
  const samples = Array.from({ length: 5 }, () => {
    torch._dynamo.reset();
    const fn = torch.compile(thousand, { fullgraph: true });
    const begin = performance.now();
    fn(x);
    const both = performance.now();
    fn(x);
    // The second call is the work that the first one did besides compiling.
    return both - begin - (performance.now() - both);
  });
  return { name: "compile, 1000 operators", median: medianOf(samples), unit: "ms", target: 200 };
}
