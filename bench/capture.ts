import * as torch from "fullgraph";
import { medianOf, type Measurement } from "./measurement.ts";

/** Time to capture a function of 500 operators: the backend does nothing with the graph. */
export function measureCapture(): Measurement {
  const x = torch.ones(4);
  const counts = new Set<number>();
  const samples = Array.from({ length: 15 }, () => {
    torch._dynamo.reset();
    const counter = new torch._dynamo.testing.CompileCounter();
    const fn = torch.compile(fiveHundredOperators, { backend: counter });
    const begin = performance.now();
    fn(x);
    const both = performance.now();
    fn(x);
    counts.add(counter.op_count);
    // The second call is the eager work that the first one did besides capturing.
    return both - begin - (performance.now() - both);
  });
  if (counts.size !== 1 || !counts.has(500))
    throw new Error(`captured ${[...counts].join(", ")} operators, not 500`);
  return { name: "capture, 500 operators", median: medianOf(samples), unit: "ms", target: 100 };
}

function fiveHundredOperators(x: torch.Tensor): torch.Tensor {
  let y = x;
  for (let round = 0; round < 50; round += 1) {
    y = y.add(1).mul(0.5).sin().abs().add(x);
    y = y.sub(x).cos().neg().exp().mul(0.25);
  }
  return y;
}
