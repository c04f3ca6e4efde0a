import { Tensor } from "../../api/tensor.ts";
import { metaOf } from "../../core/tensor-meta.ts";
import { stateOf } from "../../core/tensor.ts";

/**
 * What the interpreter relied on in the result of a call on fake tensors: everything but the sizes. A result is a tensor
 * with a place (`slot`) among those of the trace, a list, or a plain value.
 */
export type ResultPattern =
  | {
      readonly kind: "tensor";
      readonly slot: number;
      /** Whether the call gave a tensor that was known before. */
      readonly isKnown: boolean;
      readonly rank: number;
      readonly dtype: object;
      readonly requiresGrad: boolean;
      /** The first slot with the same memory: its own if the memory is new. */
      readonly memoryOf: number;
    }
  | { readonly kind: "list"; readonly items: readonly ResultPattern[] }
  | { readonly kind: "value"; readonly value: unknown };

/** The tensors of a trace by slot, and of a replay beside them. */
export interface SlotTable {
  slotOf(tensor: Tensor): number | undefined;
  add(tensor: Tensor): number;
  firstWithMemoryOf(tensor: Tensor): number;
}

export function patternOf(result: unknown, slots: SlotTable): ResultPattern {
  if (result instanceof Tensor) {
    const known = slots.slotOf(result);
    const slot = known ?? slots.add(result);
    const { dtype, shape, requires_grad } = metaOf(result);
    return {
      kind: "tensor",
      slot,
      isKnown: known !== undefined,
      rank: shape.length,
      dtype,
      requiresGrad: requires_grad,
      memoryOf: slots.firstWithMemoryOf(result),
    };
  }
  if (Array.isArray(result))
    return { kind: "list", items: result.map((item: unknown) => patternOf(item, slots)) };
  return { kind: "value", value: result };
}

/** Whether a replayed result has the pattern; its tensors take their slots in `tensors`. */
export function matchPattern(
  pattern: ResultPattern,
  result: unknown,
  tensors: (Tensor | undefined)[],
): boolean {
  switch (pattern.kind) {
    case "value":
      return Object.is(pattern.value, result);
    case "list":
      return (
        Array.isArray(result) &&
        result.length === pattern.items.length &&
        pattern.items.every((item, index) => matchPattern(item, result[index], tensors))
      );
    case "tensor": {
      if (!(result instanceof Tensor)) return false;
      if (pattern.isKnown) return tensors[pattern.slot] === result;
      if (tensors.includes(result)) return false;
      const { dtype, shape, requires_grad } = metaOf(result);
      if (
        dtype !== pattern.dtype ||
        shape.length !== pattern.rank ||
        requires_grad !== pattern.requiresGrad
      )
        return false;
      tensors[pattern.slot] = result;
      return firstWithMemoryOf(result, tensors) === pattern.memoryOf;
    }
  }
}

/** The first slot whose tensor shares memory with `tensor`. */
export function firstWithMemoryOf(
  tensor: Tensor,
  tensors: readonly (Tensor | undefined)[],
): number {
  const { storage } = stateOf(tensor);
  return tensors.findIndex((other) => other !== undefined && stateOf(other).storage === storage);
}
