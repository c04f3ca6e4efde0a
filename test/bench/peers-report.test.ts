import { expect, test } from "vitest";
import { ratioOn } from "../../bench/peers/compare-peers.ts";
import { judgeTarget } from "../../bench/peers/judge-targets.ts";
import { formatRecord, parseRecord } from "../../bench/peers/peer-record.ts";
import { combineOutcomes, combineColdStarts } from "../../bench/peers/report.ts";
import { reportText } from "../../bench/peers/report-text.ts";
import { formatNumber, geometricMean } from "../../bench/peers/statistics.ts";
import type { Target } from "../../bench/peers/targets.ts";
import { exampleReport } from "./example-report.ts";

test("a ratio is against the fastest peer of the group, with our most threads", () => {
  expect(ratioOn(exampleReport, "matmul_512", "compiled", "best wasm peer")).toEqual({
    ours: { label: "fullgraph-2t", median: 4, best: 3 },
    theirs: { label: "jax-js-2t", median: 8, best: 6 },
    ratio: 2,
    ratioOfBests: 2,
  });
});

test("there is no ratio where one of the two has no right result", () => {
  expect(ratioOn(exampleReport, "layernorm", "compiled", "best wasm peer")).toBeNull();
  expect(ratioOn(exampleReport, "matmul_512", "compiled", "torch.compile")).toBeNull();
});

test("a wrong result in one round is a wrong result, however fast the others were", () => {
  const right = { kind: "timed", median: 2, best: 1, first: 3, error: 0, runs: 5 } as const;
  const wrong = { kind: "wrong", error: 0.5, when: "last run" } as const;
  expect(combineOutcomes([right, wrong, right])).toEqual({ kind: "wrong", error: 0.5 });
});

test("rounds become the median of their medians and the best of their bests", () => {
  const round = { kind: "timed", first: 9, error: 1e-7, runs: 5 } as const;
  const rounds = [
    { ...round, median: 2, best: 1.5 },
    { ...round, median: 7, best: 1 },
    { ...round, median: 3, best: 2 },
  ];
  expect(combineOutcomes(rounds)).toMatchObject({ kind: "timed", median: 3, best: 1, rounds: 3 });
});

test("a process that was lost once does not hide the rounds that went well", () => {
  const right = { kind: "timed", median: 2, best: 1, first: 3, error: 0, runs: 5 } as const;
  const lost = { kind: "failed", message: "killed" } as const;
  expect(combineOutcomes([lost, right])).toMatchObject({ kind: "timed", rounds: 1 });
  expect(combineOutcomes([lost, lost])).toEqual(lost);
});

test("the parts of a cold start are those of the process with the median time", () => {
  const start = (importing: number, firstResult: number) =>
    ({ kind: "cold start", importing, firstResult, residentMegabytes: 50 }) as const;
  expect(combineColdStarts([start(30, 1), start(10, 10), start(5, 5)])).toEqual(start(10, 10));
  expect(combineColdStarts([{ kind: "closed to us", reason: "no threads" }])).toEqual({
    kind: "not available",
    reason: "no threads",
  });
});

test("the geometric mean of a ratio and its inverse is one", () => {
  expect(geometricMean([4, 0.25])).toBeCloseTo(1, 12);
  expect(geometricMean([])).toBeNull();
});

test("numbers keep about three digits", () => {
  expect([1234.5, 45.67, 4.567, 0.4567, 0.00123].map(formatNumber)).toEqual([
    "1235",
    "45.7",
    "4.57",
    "0.457",
    "0.00123",
  ]);
});

test("a record survives its line, and other lines are no records", () => {
  const record = { kind: "opened", version: "1.0", runtime: "Node v20" } as const;
  expect(parseRecord(formatRecord(record))).toEqual(record);
  expect(parseRecord("Hi, looks like you are running TensorFlow.js in Node.js.")).toBeNull();
});

test("what was not measured is neither a pass nor a failure", () => {
  const ratio = {
    kind: "ratio",
    workload: "layernorm",
    contender: "compiled",
    opponent: "best wasm peer",
    atLeast: 15,
  } as const;
  expect(judgeTarget(exampleReport, ratio)).toEqual({
    verdict: "not measured",
    claim: "layernorm, compiled: 15x best wasm peer",
    found: "no torch.nn.functional.layer_norm",
  });
  const noCompiler = { ...exampleReport, limits: [] };
  const share = { kind: "share of peak", workloads: ["matmul_512"], atLeast: 0.8 } as const;
  expect(judgeTarget(noCompiler, share).verdict).toBe("not measured");
});

test("some of the workloads are not enough for a verdict over all, but one can be enough to fall short", () => {
  const all = { contender: "compiled", opponent: "best wasm peer" } as const;
  const mean = { ...all, kind: "geometric mean", atLeast: 1 } as const;
  const low = { ...all, kind: "every row", atLeast: 1.1 } as const;
  const high = { ...low, atLeast: 3 } as const;
  const judge = (target: Target) => judgeTarget(exampleReport, target).verdict;
  expect([mean, low, high].map(judge)).toEqual(["not measured", "not measured", "falls short"]);
});

test("the report is Markdown with times, ratios, limits, verdicts and the reasons of every gap", () => {
  expect(reportText(exampleReport)).toMatchInlineSnapshot(`
    "fullgraph abc1234 on a processor, 2 cores, 2026-11-23
    3 rounds of 400 ms a workload, load average 0.5 to 2.3

    ## Times

    Milliseconds, median of the rounds; the best in brackets where it is a quarter lower.

    | workload | ort-web-2t | jax-js-2t | fullgraph-1t | fullgraph-2t | ort-node-2t | torch-compile-2t |
    | --- | --- | --- | --- | --- | --- | --- |
    | matmul_512 | 9.00 | 8.00 (6.00) | 6.00 | 4.00 (3.00) | 2.00 | – |
    | layernorm | 16.0 | wrong | n/a | failed | 4.00 | – |

    ## Ratios

    Their time by ours, of the medians (of the best times); above 1 we are faster.

    | workload | best wasm peer | ort-node | torch.compile |
    | --- | --- | --- | --- |
    | matmul_512 | 2.00 (2.00) jax-js-2t | 0.500 (0.667) ort-node-2t | – |
    | layernorm | – | – | – |
    | geometric mean | 2.00, 1 workloads | 0.500, 1 workloads | – |

    ## Cold start

    Milliseconds from the import to the first result, without the runtime's own boot.

    | peer | together | import | first result | memory, MB |
    | --- | --- | --- | --- | --- |
    | fullgraph-1t | 25.0 | 20.0 | 5.00 | 60 |
    | ort-node-2t | n/a | – | – | – |

    ## Physical limits

    Of this machine, in this run.

    | limit | threads | measured |
    | --- | --- | --- |
    | multiply-add 128 bit | 2 | 100 GFLOP/s |

    ## Targets

    For two cores.

    | verdict | target | found |
    | --- | --- | --- |
    | not measured | layernorm, compiled: 15x best wasm peer | no torch.nn.functional.layer_norm |
    | not measured | layernorm, compiled: 4.5x ort-node, most threads | no torch.nn.functional.layer_norm |
    | falls short | matmul_512, compiled: 2.5x best wasm peer | 2.00x (jax-js-2t 8.00 ms, fullgraph-2t 4.00 ms) |
    | falls short | matmul_512, compiled: 0.55x ort-node, most threads | 0.500x (ort-node-2t 2.00 ms, fullgraph-2t 4.00 ms) |
    | not measured | geometric mean, compiled: 3.5x best wasm peer | 2.00x over 1 of 15 workloads |
    | not measured | geometric mean, compiled: 1.3x ort-node, most threads | 0.500x over 1 of 15 workloads |
    | not measured | every workload, compiled: 1.1x best wasm peer | lowest 2.00 (matmul_512), over 1 of 15 workloads |
    | falls short | matrix products: 0.8 of the 128-bit multiply-add peak | lowest 0.671 (matmul_512), over 1 of 7 workloads |
    | falls short | threads: 1.7x one thread above 1 ms | lowest 1.50 (matmul_512), over 1 workloads |
    | pass | threads: 0.95x one thread on every workload | lowest 1.50 (matmul_512), over 1 workloads |
    | pass | import and first compiled result: 30 ms | 25.0 ms |
    | falls short | compile of 1000 operators: 200 ms | 250 ms |

    2 pass, 5 fall short, 5 not measured.

    ## Notes

    Versions, and why a time is missing.

    - ort-web-2t: version 1.30.0, Node v20.20.2
    - jax-js-2t: version 0.1.25, Node v20.20.2
    - fullgraph-1t: version 0.1.0, Node v20.20.2
    - fullgraph-2t: version 0.1.0, Node v20.20.2
    - ort-node-2t: version 1.30.0, Node v20.20.2
    - torch-compile-2t: not available, it did not start
    - layernorm, jax-js-2t: a wrong result, off by 5.0e-1
    - layernorm, fullgraph-1t: not available, no torch.nn.functional.layer_norm
    - layernorm, fullgraph-2t: failed, the process ended (SIGKILL)
    - cold start, ort-node-2t: not available, its processes ended without a result"
  `);
});
