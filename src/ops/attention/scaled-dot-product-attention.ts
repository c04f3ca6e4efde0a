import { NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { bool, float32 } from "../../core/dtype.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { typeNameOf } from "../linalg/matrix-checks.ts";
import { naive } from "../naive-array.ts";
import { runOp } from "../run-op.ts";
import { reshape } from "../view/reshape.ts";
import { unsqueeze } from "../view/squeeze.ts";
import { type Attention, attendByRows } from "./attend-by-rows.ts";
import { naiveAttention } from "./naive-attention.ts";

interface AttentionArgs {
  readonly query: TensorBase;
  readonly key: TensorBase;
  readonly value: TensorBase;
  readonly attn_mask: TensorBase | null;
  readonly dropout_p: number;
  readonly is_causal: boolean;
  readonly scale: number | null;
  readonly enable_gqa: boolean;
}

/** PyTorch's complaints, in its order. */
function checkArguments(args: AttentionArgs): void {
  const { query, key, value, attn_mask: mask, dropout_p, is_causal } = args;
  if (query.dtype !== key.dtype || query.dtype !== value.dtype) {
    throw new RuntimeError(
      `Expected query, key, and value to have the same dtype, but got query.dtype: ${typeNameOf(query.dtype)} key.dtype: ${typeNameOf(key.dtype)} and value.dtype: ${typeNameOf(value.dtype)} instead.`,
    );
  }
  if (query.ndim < 2 || key.ndim < 2 || value.ndim < 2) {
    throw new RuntimeError(
      `Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: ${query.ndim} key.dim: ${key.ndim} and value.dim: ${value.ndim} instead.`,
    );
  }
  if (mask !== null) {
    if (mask.dtype !== bool && mask.dtype !== query.dtype && mask.dtype !== float32) {
      throw new RuntimeError(
        `Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: ${typeNameOf(mask.dtype)} and  query.dtype: ${typeNameOf(query.dtype)} instead.`,
      );
    }
    if (is_causal) {
      throw new RuntimeError(
        "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
      );
    }
  }
  if (!query.dtype.is_floating_point) {
    throw new NotImplementedError(
      `"softmax_lastdim_kernel_impl" not implemented for '${query.dtype.scalarTypeName}'`,
    );
  }
  if (dropout_p > 0) {
    throw new NotImplementedError(
      `scaled_dot_product_attention with dropout_p=${dropout_p} is not supported yet: apply dropout to the result, or pass dropout_p=0.`,
    );
  }
}

function attentionOf(args: AttentionArgs): Attention {
  const { query, key, value, attn_mask, is_causal, scale } = args;
  return {
    query,
    key,
    value,
    mask: attn_mask,
    isCausal: is_causal,
    scale: scale ?? 1 / Math.sqrt(at(query.shape, query.ndim - 1)),
  };
}

/** How many heads of the query use one head of key and value. */
function headsPerGroup({ query, key, value, enable_gqa }: AttentionArgs): number {
  if (!enable_gqa || query.ndim < 3 || key.ndim < 3) return 1;
  const [heads, keyHeads, valueHeads] = [query, key, value].map((tensor) =>
    at(tensor.shape, tensor.ndim - 3),
  ) as [number, number, number]; // three tensors, three sizes
  if (keyHeads === 0 || heads % keyHeads !== 0 || valueHeads !== keyHeads) {
    throw new RuntimeError(
      `Number of heads in key and value must divide the number of heads in query, and be the same, but got ${keyHeads}, ${valueHeads} and ${heads}`,
    );
  }
  return heads / keyHeads;
}

/** Heads of the query in groups that share a head of key and value, which is broadcast: it is never repeated in memory. */
function grouped(attention: Attention, perGroup: number): Attention {
  const { query, key, value, mask } = attention;
  const split = (self: TensorBase): TensorBase => {
    const axis = self.ndim - 3;
    const heads = at(self.shape, axis);
    const groups = heads === 1 ? [1, 1] : [heads / perGroup, perGroup];
    return runOp(reshape, { self, shape: self.shape.toSpliced(axis, 1, ...groups) });
  };
  return {
    ...attention,
    query: split(query),
    key: runOp(unsqueeze, { self: key, dim: -3 }),
    value: runOp(unsqueeze, { self: value, dim: -3 }),
    mask: mask === null || mask.ndim < 3 ? mask : split(mask),
  };
}

export const scaled_dot_product_attention = defineOp({
  name: "scaled_dot_product_attention",
  api: ["torch.nn.functional.scaled_dot_product_attention"],
  args: {
    query: arg.tensor,
    key: arg.tensor,
    value: arg.tensor,
    attn_mask: arg.optional(arg.tensor),
    dropout_p: arg.withDefault(arg.number, 0),
    is_causal: arg.positional(arg.withDefault(arg.bool, false)),
    scale: arg.keyword(arg.optional(arg.number)),
    enable_gqa: arg.withDefault(arg.bool, false),
  },
  dtypes: floatDTypes,
  doc: {
    summary: "softmax(query @ keyᵀ · scale + mask) @ value.",
    details:
      "Shape: query (…, L, E), key (…, S, E), value (…, S, Ev) give (…, L, Ev). A boolean mask is true where a key is seen; rows that see none give 0. Scores exist for a block of rows at a time.",
    example:
      "torch.nn.functional.scaled_dot_product_attention(torch.ones(1, 2), torch.ones(3, 2), torch.ones(3, 2))",
  },
  wide: true,
  decomposition: (args) => {
    checkArguments(args);
    const perGroup = headsPerGroup(args);
    const attention = attentionOf(args);
    if (perGroup === 1) return attendByRows(attention);
    const result = attendByRows(grouped(attention, perGroup));
    return runOp(reshape, {
      self: result,
      shape: [...args.query.shape.slice(0, -1), at(args.value.shape, args.value.ndim - 1)],
    });
  },
  reference: (args) => {
    const perGroup = headsPerGroup(args);
    if (perGroup === 1) return naiveAttention(attentionOf(args));
    const attention = grouped(attentionOf(args), perGroup);
    const { values } = naiveAttention(attention);
    const shape = [
      ...naive(args.query).shape.slice(0, -1),
      at(args.value.shape, args.value.ndim - 1),
    ];
    return { shape, values };
  },
  derivative: "pending",
  samples: function* (make) {
    const [query, key, value] = [
      make.tensor([2, 3, 4, 5]),
      make.tensor([2, 3, 6, 5]),
      make.tensor([2, 3, 6, 2]),
    ];
    yield { query, key, value };
    yield { query, key, value, is_causal: true };
    yield { query, key, value, scale: 0.1, attn_mask: make.tensor([4, 6]) };
    yield { query, key, value, attn_mask: make.tensor([2, 1, 1, 6], { dtype: bool }) };
    yield { query, key, value, attn_mask: make.of([4, 1], [1, 0, 1, 1], bool) };
    yield { query: make.strided([4, 5]), key: make.strided([3, 5]), value: make.strided([3, 5]) };
    yield {
      query: make.tensor([2, 4, 3, 2]),
      key: make.tensor([2, 2, 5, 2]),
      value: make.tensor([2, 2, 5, 3]),
      is_causal: true,
      enable_gqa: true,
    };
    yield {
      query: make.tensor([2, 0, 5]),
      key: make.tensor([2, 3, 5]),
      value: make.tensor([2, 3, 5]),
    };
  },
});
