import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import { printProgram } from "../../src/inductor/print-program.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { scheduleProgram } from "../../src/inductor/schedule/schedule-program.ts";

type Tensor = torch.Tensor;

/** The schedules of the graphs that a program is captured as. */
function scheduleOf(fn: (...args: never[]) => unknown, ...args: readonly unknown[]): string {
  const texts: string[] = [];
  const backend = (graphModule: GraphModule, examples: readonly unknown[]): GraphModule => {
    texts.push(printProgram(scheduleProgram(recordGraph(graphModule.graph, examples))));
    return graphModule;
  };
  Reflect.apply(torch.compile(fn, { backend }), undefined, args);
  return `\n${texts.join("\n\n")}\n`;
}

const { softmax, log_softmax, gelu } = torch.nn.functional;
const x = (): Tensor => torch.ones(4, 8);
const row = (): Tensor => torch.ones(8);

test("a chain of pointwise operators is one kernel without intermediate memory", () => {
  expect(scheduleOf((t: Tensor) => t.mul(2).add(1).relu().mul(t), x())).toMatchInlineSnapshot(`
    "
    fused_mul_add_relu [4,8]
      at every point:
        v0_0 = add(mul(in0(8,1), 2), 1)
        buf4(8,1) = mul(select(lt(v0_0, 0), 0, v0_0), in0(8,1))
    "
  `);
});

test("factors with a chain of operators each are one kernel with their product", () => {
  const fn = (t: Tensor, c: Tensor): Tensor => t.mul(2).exp().mul(c.neg().exp());
  expect(scheduleOf(fn, x(), x())).toMatchInlineSnapshot(`
    "
    fused_mul_exp_neg [4,8]
      at every point:
        buf6(8,1) = mul(exp(mul(in0(8,1), 2)), exp(neg(in1(8,1))))
    "
  `);
});

test("groups are joined around what reads none of their results", () => {
  const fn = (t: Tensor, c: Tensor, w: Tensor): Tensor[] => {
    const left = t.exp();
    const product = c.matmul(w);
    return [left.mul(c.neg().exp()), product];
  };
  expect(scheduleOf(fn, x(), x(), torch.ones(8, 8))).toMatchInlineSnapshot(`
    "
    fused_exp_neg_mul [4,8]
      at every point:
        buf7(8,1) = mul(exp(in0(8,1)), exp(neg(in1(8,1))))
    contraction [4] x [8] x [8]
      s0 = sum of in1(8,0,1) * in2(0,1,8) over [8]
      buf4(8,1,0) = s0
    "
  `);
});

test("a group that something between reads stays where it is", () => {
  const fn = (t: Tensor): Tensor => {
    const left = t.exp();
    const [sorted = left] = left.sort(1);
    return left.mul(sorted.neg().exp());
  };
  expect(scheduleOf(fn, x())).toMatchInlineSnapshot(`
    "
    pointwise_body [4,8]
      at every point:
        buf1(8,1) = exp(in0(8,1))
    routine sort
    fused_neg_exp_mul [4,8]
      at every point:
        buf6(8,1) = mul(buf1(8,1), exp(neg(buf2(8,1))))
    "
  `);
});

test("softmax walks a row three times", () => {
  expect(scheduleOf((t: Tensor) => softmax(t, 1), x())).toMatchInlineSnapshot(`
    "
    fused_softmax [4] fold [8]
      sweep with s0 = -Infinity:
        s0 = larger(s0, in0(8,1))
      sweep with s1 = 0:
        v1_0 = expOfNegative(sub(in0(8,1), s0))
        s1 = add(s1, float64(v1_0))
        row0[] = v1_0
      sweep:
        buf4(8,1) = mul(row0[], div(1, float32(s1)))
    "
  `);
});

test("log_softmax takes the logarithm once for each row", () => {
  expect(scheduleOf((t: Tensor) => log_softmax(t, 1), x())).toMatchInlineSnapshot(`
    "
    fused_log_softmax [4] fold [8]
      sweep with s0 = -Infinity:
        s0 = larger(s0, in0(8,1))
      sweep with s1 = 0:
        s1 = add(s1, float64(expOfNegative(sub(in0(8,1), s0))))
      sweep:
        buf4(8,1) = sub(sub(in0(8,1), s0), log(float32(s1)))
    "
  `);
});

test("rms norm is one kernel", () => {
  const norm = (t: Tensor, weight: Tensor): Tensor =>
    t.mul(t.pow(2).mean([-1], { keepdim: true }).add(1e-6).rsqrt()).mul(weight);
  expect(scheduleOf(norm, x(), row())).toMatchInlineSnapshot(`
    "
    fused_pow_mean_add_rsqrt_mul [4] fold [8]
      sweep with s0 = 0:
        s0 = add(s0, float64(mul(in0(8,1), in0(8,1))))
      sweep:
        buf7(8,1) = mul(mul(in0(8,1), div(1, sqrt(add(float32(div(s0, 8)), 9.999999974752427e-7)))), in1(0,1))
    "
  `);
});

test("centring and scaling by statistics of the row is one kernel", () => {
  const norm = (t: Tensor): Tensor =>
    t.sub(t.mean([1], { keepdim: true })).div(t.var([1], { keepdim: true }).add(1).sqrt());
  expect(scheduleOf(norm, x())).toMatchInlineSnapshot(`
    "
    fused_mean_sub_var_add_sqrt_div [4] fold [8]
      sweep with s0 = 0, s1 = 0, s2 = 0, s3 = 0:
        v0_0 = float64(in0(8,1))
        v0_1 = add(s1, 1)
        v0_2 = sub(v0_0, s2)
        v0_3 = add(s2, div(v0_2, v0_1))
        s0 = add(s0, v0_0)
        s1 = v0_1
        s2 = v0_3
        s3 = add(s3, mul(v0_2, sub(v0_0, v0_3)))
      sweep:
        buf6(8,1) = div(sub(in0(8,1), float32(div(s0, 8))), sqrt(add(float32(div(s3, maximum(sub(s1, 1), 0))), 1)))
    "
  `);
});

test("several outputs of one space come from one kernel", () => {
  expect(scheduleOf((t: Tensor) => [t.add(1).exp(), t.add(1).neg()], x())).toMatchInlineSnapshot(`
    "
    fused_add_exp_neg [4,8]
      at every point:
        v0_0 = add(in0(8,1), 1)
        buf2(8,1) = exp(v0_0)
        buf4(8,1) = neg(v0_0)
    "
  `);
});

test("in-place operators store once", () => {
  expect(scheduleOf((t: Tensor) => t.add_(1).mul_(2), x())).toMatchInlineSnapshot(`
    "
    fused_add__mul_ [4,8]
      at every point:
        in0(8,1) = mul(add(in0(8,1), 1), 2)
    "
  `);
});

test("parts of a concatenation are stored where they belong", () => {
  expect(scheduleOf((t: Tensor) => torch.cat([t.neg(), t.add(1)], 1), x())).toMatchInlineSnapshot(`
    "
    fused_neg_add_cat [4,8]
      at every point:
        buf3(16,1) = neg(in0(8,1))
        buf3+8(16,1) = add(in0(8,1), 1)
    "
  `);
});

test("broadcast operands have steps of zero", () => {
  expect(scheduleOf((t: Tensor, r: Tensor) => t.add(r).mul(r), x(), row())).toMatchInlineSnapshot(`
    "
    fused_add_mul [4,8]
      at every point:
        buf3(8,1) = mul(add(in0(8,1), in1(0,1)), in1(0,1))
    "
  `);
});

test("views are steps and offsets", () => {
  const fn = (t: Tensor): Tensor => t.view(8, 4).narrow(1, 1, 2).add(1).t().mul(2);
  expect(scheduleOf(fn, x())).toMatchInlineSnapshot(`
    "
    pointwise_addition [8,2]
      at every point:
        buf1(2,1) = add(in0+1(4,1), 1)
    pointwise_body [2,8]
      at every point:
        buf2(1,2) = mul(buf1(1,2), 2)
    "
  `);
});

test("what follows a reduction is computed once for each row", () => {
  expect(scheduleOf((t: Tensor) => t.square().sum(1).sqrt().add(1), x())).toMatchInlineSnapshot(`
    "
    fused_square_sum_sqrt_add [4] fold [8]
      sweep with s0 = 0:
        s0 = add(s0, float64(mul(in0(8,1), in0(8,1))))
      once:
        buf4(1,0) = add(sqrt(float32(s0)), 1)
    "
  `);
});

test("bias and gelu follow a product", () => {
  const layer = (t: Tensor, w: Tensor, b: Tensor): Tensor => gelu(t.matmul(w).add(b));
  expect(scheduleOf(layer, x(), torch.ones(8, 8), row())).toMatchInlineSnapshot(`
    "
    contraction_addition_geluExact [4] x [8] x [8]
      s0 = sum of in0(8,0,1) * in1(0,1,8) over [8]
      buf5(8,1,0) = mul(add(s0, in2(0,1,0)), ndtr(add(s0, in2(0,1,0))))
    "
  `);
});

test("a kernel that uses the position along an axis does not join a sweep over several axes", () => {
  const { adaptive_max_pool2d } = torch.nn.functional;
  const both = (mask: Tensor, t: Tensor): readonly unknown[] => [
    mask.max(),
    adaptive_max_pool2d(t.reshape([1, 4, 8]), 3, { return_indices: true }),
  ];
  const args = [x().gt(0), x()] as const;
  expect(String(torch.compile(both)(...args))).toBe(String(both(...args)));
});
