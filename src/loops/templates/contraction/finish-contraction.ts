import { type DType, dtypes } from "../../../core/dtype.ts";
import { constructTensor } from "../../../core/make-tensor.ts";
import { at, contiguousStrides, numelOf, type Shape } from "../../../core/shape.ts";
import { Storage } from "../../../core/storage.ts";
import { stateOf, type TensorBase } from "../../../core/tensor.ts";
import type { Launch, LaunchOperand } from "../../backend.ts";
import { load } from "../../expression.ts";
import { type Kernel, makeKernel, stage } from "../../kernel.ts";
import { type ContractionKernel, type ContractionLaunch, hasNoEpilogue } from "../../template.ts";
import { replaceState } from "../replace-state.ts";

let kernels = new WeakMap<ContractionKernel, Kernel>();

export function resetFinishKernels(): void {
  kernels = new WeakMap();
}

/**
 * A contraction in two steps, for what computes only sums: `multiply` gets the launch without its epilogue, and `run` the
 * epilogue as a loop kernel over the sums. They are kept in the output itself where it has their dtype and the epilogue
 * reads nothing else of its memory.
 */
export function multiplyThenFinish(
  launch: ContractionLaunch,
  multiply: (sums: ContractionLaunch) => void,
  run: (launch: Launch) => void,
): void {
  const { kernel, axes, operands, scalars } = launch;
  if (hasNoEpilogue(kernel)) return multiply(launch);
  const outer = [...axes.batch, ...axes.rows, ...axes.columns];
  const output = at(operands, 0);
  const rest = operands.slice(3);
  const isTemporary = !canHoldSums(launch);
  const sums: LaunchOperand = isTemporary
    ? {
        tensor: temporary(dtypes[at(kernel.operands, 1)], outer),
        strides: [...contiguousStrides(outer), ...axes.inner.map(() => 0)],
      }
    : output;
  multiply({ ...launch, operands: [sums, ...operands.slice(1, 3)] });
  const place = ({ tensor, strides }: LaunchOperand): LaunchOperand => ({
    tensor,
    strides: strides.slice(0, outer.length),
  });
  run({
    kernel: finishKernel(kernel),
    parallel: outer,
    fold: [],
    // The right factor has no part in it; its number is that of the sums once more.
    operands: [output, sums, sums, ...rest].map(place),
    scalars,
  });
  if (isTemporary) sums.tensor.dispose();
}

function temporary(dtype: DType, shape: Shape): TensorBase {
  const storage = Storage.allocate(dtype, numelOf(shape), false);
  return constructTensor(
    storage,
    dtype,
    { shape, strides: contiguousStrides(shape), offset: 0 },
    null,
  );
}

function canHoldSums({ kernel, operands }: ContractionLaunch): boolean {
  if (kernel.operands[0] !== kernel.operands[1]) return false;
  const { storage } = stateOf(at(operands, 0).tensor);
  return operands.slice(3).every(({ tensor }) => stateOf(tensor).storage !== storage);
}

/** The epilogue as a kernel. Its operands are the output, the sums twice, and what the epilogue reads. */
export function finishKernel(kernel: ContractionKernel): Kernel {
  let finish = kernels.get(kernel);
  if (finish !== undefined) return finish;
  const [output, type] = [at(kernel.operands, 0), at(kernel.operands, 1)];
  const value = replaceState(kernel.value, load(1, type));
  finish = makeKernel({
    name: `${kernel.name}_epilogue`,
    operands: [output, type, type, ...kernel.operands.slice(3)].map((own) => ({
      type: own,
      access: "point",
    })),
    scalars: kernel.scalars,
    stages: [
      stage({ over: "point", stores: [{ operand: 0, coordinates: null, mode: "set", value }] }),
    ],
  });
  kernels.set(kernel, finish);
  return finish;
}
