/** Random programs of operators on two tensors of one size, whichever that is. */
import * as torch from "../../src/index.ts";
import type { Random } from "../fuzz/random.ts";

type Tensor = torch.Tensor;

const F = torch.nn.functional;
const keepdim = { keepdim: true };
const columns = (t: Tensor): number => t.shape[1] ?? 0;
const rows = (t: Tensor): number => t.shape[0] ?? 0;

/** What makes a matrix of float32 of the size of both. */
type Step = (a: Tensor, b: Tensor) => Tensor;

const steps: readonly [Step, ...Step[]] = [
  (a, b) => a.add(b),
  (a, b) => a.mul(b),
  (a, b) => a.clone().add_(b),
  (a, b) => a.div(b.abs().add(1)),
  (a, b) => a.sigmoid().mul(b),
  (a, b) => a.lerp(b, 0.3),
  (a, b) => a.atan2(b),
  (a, b) => torch.where(a.gt(b), a, b.mul(2)),
  (a, b) => a.masked_fill(b.gt(0), 0.5),
  (a) => F.gelu(a),
  (a) => a.exp().add(1).log(),
  (a) => a.mul(rows(a) / columns(a)),
  (a, b) => a.half().mul(b.half()).float(),
  (a, b) => a.bfloat16().add(b).float(),
  (a, b) => a.sum(1, keepdim).add(b),
  (a, b) => a.double().sum(1, keepdim).float().add(b),
  (a, b) => a.mean(0, keepdim).mul(b),
  (a, b) => a.sub(b.mean()),
  (a) => a.amax(1, keepdim).sub(a),
  (a, b) => a.logsumexp(1, keepdim).sub(b),
  (a, b) => a.var(1, { ...keepdim, correction: 0 }).add(b),
  (a, b) => a.norm().add(b),
  (a) => a.softmax(-1),
  (a) => a.softmax(0),
  (a) => F.layer_norm(a, [columns(a)]),
  (a) => F.rms_norm(a, [columns(a)]),
  (a) => a.cumsum(1),
  (a) => a.cumsum(0),
  (a) => a.flip(0).add(a),
  (a) => a.roll(1, 0),
  (a) => a.tril(),
  (a) => a.sort(1).values,
  (a, b) => a.topk(1, 1).values.add(b),
  (a, b) =>
    a.gather(
      1,
      b
        .gt(0)
        .long()
        .mul(columns(a) - 1),
    ),
  (a, b) =>
    a.scatter_add(
      0,
      b
        .gt(0)
        .long()
        .mul(rows(a) - 1),
      b,
    ),
  (a) => a.index_select(0, torch.arange(rows(a)).flip(0)),
  (a, b) => torch.cat([a, b], 0).narrow(0, 1, rows(a)),
  (a, b) => torch.cat([a, b], 1).narrow(1, 0, columns(a)),
  (a, b) => torch.stack([a, b], 0).sum(0),
  (a) => F.pad(a, [1, 1]).narrow(1, 0, columns(a)),
  (a, b) => a.narrow(0, 0, 1).expand(rows(a), columns(a)).add(b),
  (a, b) => a.t().contiguous().t().add(b),
  (a) => a.reshape([-1]).reshape([rows(a), columns(a)]),
  (a, b) => a.matmul(b.t()).matmul(b),
  (a, b) => a.t().matmul(b).matmul(a.t()).t(),
  (a, b) => F.linear(a, b, b.sum(1)).matmul(a),
  (a, b) => torch.einsum("ij,kj->ik", a, b).matmul(a),
  (a, b) => torch.bmm(a.unsqueeze(0), b.t().unsqueeze(0)).squeeze(0).matmul(b),
  (a, b) => a.bfloat16().matmul(b.bfloat16().t()).float().matmul(b),
  (a, b) => F.scaled_dot_product_attention(a, b, b),
  (a, b) => F.scaled_dot_product_attention(a.half(), b.half(), a.half()).float(),
  (a, b) =>
    F.scaled_dot_product_attention(a.unsqueeze(0), b.unsqueeze(0), a.unsqueeze(0), null, 0, true).squeeze(0), // prettier-ignore
];

/** A program and how it reads; what it returns grows little, so that the last bits of sums do not become more. */
export function sizedProgram(random: Random): {
  readonly run: (x: Tensor, y: Tensor) => Tensor | Tensor[];
  readonly text: string;
} {
  const chosen = Array.from({ length: 2 + random.below(9) }, (_, i) => ({
    step: random.pick(steps),
    a: Math.max(0, i + 1 - random.below(3)),
    b: random.below(i + 2),
    isBounded: random.chance(0.3),
  }));
  const returnsAll = random.chance(0.5);
  const run = (x: Tensor, y: Tensor): Tensor | Tensor[] => {
    const values = [x, y];
    for (const { step, a, b, isBounded } of chosen) {
      const value = step(values[a] ?? x, values[b] ?? y);
      values.push(isBounded ? value.tanh() : value);
    }
    return returnsAll ? values.slice(2) : (values.at(-1) ?? x);
  };
  const lines = chosen.map(
    ({ step, a, b, isBounded }) => `${step}, a: ${a}, b: ${b}${isBounded ? ", tanh" : ""}`,
  );
  return { run, text: lines.join("\n") };
}
