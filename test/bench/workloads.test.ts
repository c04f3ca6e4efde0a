import * as torch from "fullgraph";
import { expect, test } from "vitest";
import { largestError, tolerance } from "../../bench/peers/largest-error.ts";
import { prepareWorkload } from "../../bench/peers/libraries/fullgraph.ts";
import { encodeOnnxModel } from "../../bench/peers/libraries/onnx-model.ts";
import { onnxWorkload } from "../../bench/peers/libraries/onnx-workloads.ts";
import { operandPlans, operandsOf } from "../../bench/peers/operands.ts";
import { parseOptions } from "../../bench/peers/options.ts";
import { peerRows } from "../../bench/peers/peer-rows.ts";
import { erf, referenceResult } from "../../bench/peers/references.ts";
import { targets } from "../../bench/peers/targets.ts";
import type { Workload } from "../../bench/peers/workload.ts";
import { workloads } from "../../bench/peers/workloads.ts";
import { smallWorkloads } from "./small-workloads.ts";

test("there are sixteen workloads with names of their own", () => {
  expect(new Set(workloads.map(({ id }) => id)).size).toBe(16);
});

test("operands are the same numbers every time, within their bounds, and of no two seeds alike", () => {
  const plans = workloads.flatMap((workload) => Object.values(operandPlans(workload)));
  const small = smallWorkloads.softmax;
  const { x } = operandsOf(small);
  expect(x?.values).toEqual(operandsOf(small)["x"]?.values);
  expect(Math.max(...(x?.values ?? [])) <= 2 && Math.min(...(x?.values ?? [])) >= -2).toBe(true);
  expect(new Set(x?.values).size).toBe(12);
  expect(plans.length).toBeGreaterThan(16);
});

test("the first numbers are those that the Python peer makes", () => {
  const { x } = operandsOf(smallWorkloads.tinyAdds);
  expect([...(x?.values ?? [])]).toMatchInlineSnapshot(`
    [
      -0.17219893634319305,
      -0.6787015199661255,
      0.37787777185440063,
    ]
  `);
});

test("the error function has its published values", () => {
  // Abramowitz and Stegun, table 7.1, and 1 - erfc(3), erfc(5) of table 7.3.
  expect(erf(0.5)).toBeCloseTo(0.5204998778, 10);
  expect(erf(1)).toBeCloseTo(0.8427007929, 10);
  expect(erf(-2)).toBeCloseTo(-0.995322265, 10);
  expect(erf(3)).toBeCloseTo(0.999977909503, 14);
  expect(erf(2.5 - 1e-9)).toBeCloseTo(erf(2.5 + 1e-9), 8);
});

test("row references agree with tensors", () => {
  const x = tensorOf(smallWorkloads.softmax, "x");
  expectClose(smallWorkloads.rowSum, x.sum(1));
  expectClose(smallWorkloads.rowMean, x.mean(1));
  expectClose(smallWorkloads.softmax, torch.softmax(x, 1));
});

test("the layer norm's reference has weight times normalised plus bias", () => {
  const workload = smallWorkloads.layerNorm;
  const [x, weight, bias] = ["x", "weight", "bias"].map((name) => tensorOf(workload, name));
  const centred = x?.sub(x.mean(1, { keepdim: true }));
  const deviation = x?.var(1, { correction: 0, keepdim: true }).add(1e-5).sqrt();
  expectClose(
    workload,
    centred
      ?.div(deviation ?? 1)
      .mul(weight ?? 1)
      .add(bias ?? 0),
  );
});

test("matrix product references agree with tensors", () => {
  const product = smallWorkloads.matmul;
  expectClose(product, tensorOf(product, "a").matmul(tensorOf(product, "b")));
  expectClose(smallWorkloads.mlpForward, forward(tensorOf));
});

test("a training step goes down the slope of the loss", () => {
  const workload = smallWorkloads.mlpTraining;
  const rate = 0.1;
  const next = referenceResult(workload);
  const before = ["w0", "b0", "w1", "b1", "w2", "b2"].flatMap((name) => [
    ...(operandsOf(workload)[name]?.values ?? []),
  ]);
  const slope = (index: number): number => (lossWith(index, 1e-3) - lossWith(index, -1e-3)) / 2e-3;
  // One of each layer's weights and biases, as they lie one behind the other.
  for (const index of [0, 7, 20, 25, 36, 39, 42, 44]) {
    const step = ((before[index] ?? NaN) - (next[index] ?? NaN)) / rate;
    expect(step).toBeCloseTo(slope(index), 3);
  }
});

test("the convolution's reference is a sum over shifted images", () => {
  const workload: Workload = {
    ...smallWorkloads.convolution,
    batch: 1,
    channels: 1,
    height: 2,
    width: 2,
    filters: 1,
  };
  const { x, weight, bias } = operandsOf(workload);
  const [a = 0, b = 0, c = 0, d = 0] = x?.values ?? [];
  const [, , , , centre = 0, right = 0, , below = 0, diagonal = 0] = weight?.values ?? [];
  const first = a * centre + b * right + c * below + d * diagonal + (bias?.values[0] ?? 0);
  expect(referenceResult(workload)[0]).toBeCloseTo(first, 12);
});

test("the transformer's reference agrees with tensors, written head by head", () => {
  const workload = smallWorkloads.transformer;
  const p = (name: string): torch.Tensor => tensorOf(workload, name).to(torch.float64);
  const norm = (x: torch.Tensor, which: string): torch.Tensor =>
    x
      .sub(x.mean(1, { keepdim: true }))
      .div(x.var(1, { correction: 0, keepdim: true }).add(1e-5).sqrt())
      .mul(p(`${which}Weight`))
      .add(p(`${which}Bias`));
  const qkv = norm(p("x"), "norm1").matmul(p("qkvWeight")).add(p("qkvBias"));
  const heads = [0, 2].map((start) => {
    const [query, key, value] = [0, 4, 8].map((part) => qkv.narrow(1, part + start, 2));
    const scores = query?.matmul(key?.t() ?? qkv).div(Math.SQRT2);
    return torch.softmax(scores ?? qkv, 1).matmul(value ?? qkv);
  });
  const middle = torch.cat(heads, 1).matmul(p("outWeight")).add(p("outBias")).add(p("x"));
  const up = norm(middle, "norm2").matmul(p("upWeight")).add(p("upBias"));
  const gelu = up.mul(0.5).mul(torch.erf(up.mul(Math.SQRT1_2)).add(1));
  expectClose(workload, gelu.matmul(p("downWeight")).add(p("downBias")).add(middle));
});

test("our own programs give the references' results, eager and compiled", () => {
  const own = Object.values(smallWorkloads).flatMap((workload) =>
    [null, { fullgraph: true }, { backend: "inductor" }].map((compile) =>
      ownError(workload, compile),
    ),
  );
  expect(own.filter((error) => error > tolerance)).toEqual([]);
});

test("a workload that we cannot do yet says why", () => {
  const prepared = prepareWorkload(torch, null, smallWorkloads.mlpTraining, {});
  expect(prepared).toEqual({ kind: "not available", reason: "there is no autograd yet" });
});

test("an error is relative to the largest value, and NaN or a wrong length is infinite", () => {
  expect(largestError([1, 2, 4.5], [1, 2, 5])).toBe(0.1);
  expect(largestError([1, NaN], [1, 2])).toBe(Infinity);
  expect(largestError([1], [1, 2])).toBe(Infinity);
  expect(largestError([], [])).toBe(0);
});

test("every workload but training is an ONNX graph whose names are all known", () => {
  const small = smallWorkloads.mlpForward;
  const model = onnxWorkload(small, operandsOf(small));
  expect(Object.keys(model?.constants ?? {})).toEqual(["w0", "b0", "w1", "b1", "w2", "b2"]);
  expect(Object.keys(model?.inputs ?? {})).toEqual(["x"]);
  expect(onnxWorkload(smallWorkloads.mlpTraining, {})).toBeNull();
});

test("an ONNX model is encoded field by field", () => {
  const relu = { operator: "Relu", inputs: ["x"], outputs: ["y"] };
  const bytes = encodeOnnxModel({
    nodes: [relu],
    constants: {},
    inputs: { x: [300] },
    outputs: { y: [300] },
  });
  expect(Buffer.from(bytes).toString("hex")).toMatchInlineSnapshot(
    `"08093a390a0c0a0178120179220452656c75120567726170685a100a0178120b0a09080112050a0308ac0262100a0179120b0a09080112050a0308ac0242040a001014"`,
  );
});

test("targets name workloads that exist", () => {
  const known = new Set(workloads.map(({ id }) => id));
  const named = targets.flatMap((target) => (target.kind === "ratio" ? [target.workload] : []));
  expect(named.filter((id) => !known.has(id))).toEqual([]);
  expect([...known].filter((id) => !named.includes(id))).toEqual(["mlp_train"]);
});

test("every peer has a label of its own, and PyTorch only joins when a Python is named", () => {
  const choice = { threads: [1, 2], turbo: true, torch: false, nodeMajor: 20 };
  const labels = peerRows(choice).map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
  expect(labels.filter((label) => label.startsWith("torch"))).toEqual([]);
  expect(peerRows({ ...choice, torch: true }).map(({ label }) => label)).toContain(
    "torch-compile-2t",
  );
});

test("an unknown workload or a number that is none is refused by name", () => {
  expect(() => parseOptions(["--ids", "matmul_3"])).toThrow('there is no workload "matmul_3"');
  expect(() => parseOptions(["--rounds", "0"])).toThrow(
    '--rounds takes whole numbers from 1, not "0"',
  );
  expect(parseOptions(["--help"])).toBeNull();
  expect(parseOptions(["--no-cold"])).toMatchObject({ cold: false, limits: true });
});

/** How far our own program is off; what is not available is not off at all. */
function ownError(workload: Workload, compile: torch.CompileOptions | null): number {
  const prepared = prepareWorkload(torch, compile, workload, operandsOf(workload));
  if (prepared.kind === "not available") return 0;
  prepared.run();
  return largestError(prepared.result(), referenceResult(workload));
}

function tensorOf(workload: Workload, name: string): torch.Tensor {
  const operand = operandsOf(workload)[name];
  if (operand === undefined) throw new Error(`no operand ${name}`);
  return torch.tensor(operand.values).reshape([...operand.shape]);
}

function expectClose(workload: Workload, expected: torch.Tensor | undefined): void {
  const list: unknown = expected?.reshape([-1]).tolist();
  const values = Array.isArray(list) ? list.map(Number) : [];
  expect(largestError(referenceResult(workload), values)).toBeLessThan(1e-6);
}

/** The MLP's logits, with its operands from `operand`. */
function forward(operand: (workload: Workload, name: string) => torch.Tensor): torch.Tensor {
  const workload = smallWorkloads.mlpTraining;
  const p = (name: string): torch.Tensor => operand(workload, name).to(torch.float64);
  const first = torch.addmm(p("b0"), p("x"), p("w0")).relu();
  const second = torch.addmm(p("b1"), first, p("w1")).relu();
  return torch.addmm(p("b2"), second, p("w2"));
}

/** The loss with one parameter moved; `index` counts through w0, b0, w1, b1, w2, b2. */
function lossWith(index: number, change: number): number {
  let start = 0;
  const moved = new Map<string, number>();
  for (const name of ["w0", "b0", "w1", "b1", "w2", "b2"]) {
    const size = operandsOf(smallWorkloads.mlpForward)[name]?.values.length ?? 0;
    if (index >= start && index < start + size) moved.set(name, index - start);
    start += size;
  }
  const logits = forward((workload, name) => {
    const tensor = tensorOf(workload, name).to(torch.float64);
    const at = moved.get(name);
    if (at === undefined) return tensor;
    const flat = tensor.reshape([-1]).clone();
    flat.narrow(0, at, 1).add_(change);
    return flat.reshape([...tensor.shape]);
  });
  const labels = operandsOf(smallWorkloads.mlpTraining)["labels"];
  const chosen = torch
    .tensor(labels?.values ?? [])
    .to(torch.int64)
    .unsqueeze(1);
  return Number(torch.log_softmax(logits, 1).gather(1, chosen).mean().neg().item());
}
