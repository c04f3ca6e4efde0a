import { runFake } from "../../../core/fake-tensor.ts";
import type { Tensor } from "../../../api/tensor.ts";
import type { Machine } from "../../interpreter/machine.ts";

/** A fake tensor that `fn` makes of others, and will make of them for whatever sizes there will be. */
export function derivedFake(
  { tracer }: Machine,
  name: string,
  fn: (...fakes: readonly never[]) => Tensor,
  fakes: readonly Tensor[],
): Tensor {
  const result = runFake(() => Reflect.apply(fn, undefined, fakes) as Tensor); // as its type says
  const args = fakes.map((fake) => ({ kind: "tensor", fake }) as const);
  const call = { fn, receiver: null, args };
  if (tracer.unbacked.depends(call)) tracer.unbacked.check(call, result);
  tracer.shapes.addCall({ name, ...call }, result, tracer.guardPlace);
  return result;
}
