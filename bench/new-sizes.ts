import * as torch from "fullgraph";
import type { Measurement } from "./measurement.ts";

/** What a call of a compiled function with dynamic sizes costs whose sizes are new, and what one costs whose sizes are not. */
export function measureNewSizes(): readonly Measurement[] {
  torch._dynamo.reset();
  const fn = torch.compile(
    (x: torch.Tensor) => x.mul(2).cumsum(0).add(1).softmax(0).sum(0, { keepdim: true }).add(x),
    { dynamic: true },
  );
  const inputs = Array.from({ length: 600 }, (_, index) => torch.ones(1000 + index));
  for (const x of inputs.slice(0, 100)) fn(x);
  const first = inputs.slice(100).map((x) => microseconds(() => fn(x)));
  const seen = inputs.slice(400);
  const again = Array.from({ length: 50 }, () => seen.map((x) => microseconds(() => fn(x)))).flat();
  return [
    {
      name: "call with sizes never seen before, 6 operators",
      median: smallTenth(first),
      unit: "µs",
      target: 100,
    },
    {
      name: "call with one of 200 sizes seen before",
      median: smallTenth(again),
      unit: "µs",
      target: 10,
    },
  ];
}

function microseconds(body: () => unknown): number {
  const begin = performance.now();
  body();
  return (performance.now() - begin) * 1000;
}

/** Of single calls: what other work on the machine adds is left out. */
function smallTenth(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 10)] ?? NaN;
}
