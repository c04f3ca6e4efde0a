import { emptyTensor } from "../../../core/make-tensor.ts";
import { fakeTensor, metaOf } from "../../../core/fake-tensor.ts";
import type { Tensor } from "../../../api/tensor.ts";
import { scanLength } from "../../../api/higher-order/scan.ts";
import { breakGraph } from "../../graph-breaks/graph-break.ts";
import type { Machine } from "../../interpreter/machine.ts";
import type { TensorVariable } from "../../variables/variable.ts";
import type { TreeLeaf } from "./result-tree.ts";
import { refuseArguments } from "./checks.ts";
import { derivedFake } from "./derived-fake.ts";

/** The tensors that an operator walks along, which must agree in the length of that dimension. */
export function scannedLeaves(
  machine: Machine,
  operator: string,
  leaves: readonly TreeLeaf[],
  dim: number,
): readonly TensorVariable[] {
  const tensors = leaves.map((leaf) =>
    leaf.kind === "tensor" ? leaf : refuseArguments(operator, "tensors in xs"),
  );
  const fakes = tensors.map(({ fake }) => fake);
  if (machine.tracer.unbacked.depends({ receiver: null, args: refs(fakes), fn: scanLength }))
    breakGraph("unbackedSize", { operator, why: "how often it runs" }, operator);
  // Sizes that do not go together throw, as in eager code.
  const check = (...given: readonly Tensor[]): boolean => scanLength(operator, given, dim) > 0;
  try {
    check(...fakes);
  } catch (error) {
    breakGraph(
      "fakeCallRuntimeError",
      { operator, message: error instanceof Error ? error.message : String(error) },
      operator,
    );
  }
  const { shapes, guardPlace } = machine.tracer;
  shapes.addCall(
    { name: operator, fn: check, receiver: null, args: refs(fakes) },
    true,
    guardPlace,
  );
  return tensors;
}

/** One slice, as a tensor of its own: what a step does to it is not done to the whole. */
export function sliceOf(machine: Machine, whole: TensorVariable, dim: number): Tensor {
  const slice = (tensor: Tensor): Tensor => fakeTensor(metaOf(tensor.select(dim, 0))) as Tensor; // the class of all tensors
  return derivedFake(machine, "select", slice, [whole.fake]);
}

/** As many of `part` as `whole` has slices along `dim`, stacked in front. */
export function stackedLike(
  machine: Machine,
  whole: TensorVariable,
  dim: number,
  part: Tensor,
): Tensor {
  const stacked = (of: Tensor, each: Tensor): Tensor =>
    emptyTensor([of.size(dim), ...each.shape], each.dtype) as Tensor; // the class of all tensors
  return derivedFake(machine, "stack", stacked, [whole.fake, part]);
}

const refs = (fakes: readonly Tensor[]): readonly { kind: "tensor"; fake: Tensor }[] =>
  fakes.map((fake) => ({ kind: "tensor", fake }));
