/** Floats of 16 bits for code that only knows float32: copies of what it reads, and of what it writes. */
import { type DType, float32 } from "../core/dtype.ts";
import { isFakeMode } from "../core/fake-mode.ts";
import { emptyTensor } from "../core/make-tensor.ts";
import { isFake, isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import { pointwise } from "../loops/computation.ts";
import type { Expression } from "../loops/expression.ts";
import { runComputation } from "../loops/run-computation.ts";
import type { AnyArgs, OpRecord } from "./op-record.ts";
import { activeRecorder } from "./recorder.ts";

const isNarrow = (value: unknown): value is TensorBase =>
  isTensor(value) && value.dtype.words !== null;

/** Whether a tensor among the arguments has floats of 16 bits. */
export function hasNarrow(op: OpRecord, args: AnyArgs): boolean {
  return op.tensorArgs.some((name) => {
    const value = args[name];
    return Array.isArray(value) ? value.some(isNarrow) : isNarrow(value);
  });
}

/** The dtype of 16 bits that all floats among the arguments have; null where there are others, or a result dtype is given. */
export function narrowDType(op: OpRecord, args: AnyArgs): DType | null {
  if ((args["dtype"] ?? null) !== null) return null;
  const dtypes = op.tensorArgs.flatMap((name) => {
    const value = args[name];
    return isTensor(value) && value.dtype.is_floating_point ? [value.dtype] : [];
  });
  const [first] = dtypes;
  if (first === undefined || first.words === null) return null;
  return dtypes.every((dtype) => dtype === first) ? first : null;
}

/** The arguments with those tensors as float32. */
export function widen(op: OpRecord, args: AnyArgs): AnyArgs {
  const wide = (value: unknown): unknown => (isNarrow(value) ? converted(value, float32) : value);
  const changes = op.tensorArgs.map((name) => {
    const value = args[name];
    return [name, Array.isArray(value) ? value.map(wide) : wide(value)] as const;
  });
  return { ...args, ...Object.fromEntries(changes) };
}

/** Has `write` fill outputs that are float32 where the given ones have 16 bits, and rounds what it wrote. */
export function writeWide(
  outputs: readonly TensorBase[],
  write: (wide: readonly TensorBase[]) => void,
): void {
  const wide = outputs.map((output) =>
    isNarrow(output)
      ? emptyTensor(output.shape, float32, stateOf(output).strides, { fake: isFake(output) })
      : output,
  );
  write(wide);
  outputs.forEach((output, index) => {
    const from = wide[index];
    if (from !== undefined && from !== output) convert(from, output);
  });
}

const same = (x: Expression): Expression => x;

/** A copy in another dtype. */
export function converted(tensor: TensorBase, dtype: DType): TensorBase {
  const fake = isFakeMode() || isFake(tensor);
  const copy = emptyTensor(tensor.shape, dtype, null, { fake, zeroed: false });
  convert(tensor, copy);
  return copy;
}

function convert(from: TensorBase, to: TensorBase): void {
  if (!isFake(to) || activeRecorder() !== null)
    runComputation(pointwise(same, [from], from.dtype), [to]);
}
