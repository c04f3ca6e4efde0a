/** Executes ops: on real tensors by their lowering, on fake ones by their metadata. Hot path of eager execution. */
import { InternalError, RuntimeError } from "../base/errors.ts";
import { DataDependentError } from "../core/data-dependent-error.ts";
import { float32 } from "../core/dtype.ts";
import { isFakeMode, noteDataCheck, runFake } from "../core/fake-mode.ts";
import { gradModeEnabled } from "../core/grad-mode-flag.ts";
import { aliasOf, emptyTensor } from "../core/make-tensor.ts";
import { canCast } from "../core/promotion.ts";
import { formatShape, numelOf, sameShape } from "../core/shape.ts";
import { isFake, isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import { observeRoutine } from "../loops/observe-launches.ts";
import type { Computation, Contraction } from "../loops/computation.ts";
import { runComputation } from "../loops/run-computation.ts";
import type { ArgSchema, ArgsInput } from "./arg.ts";
import { checkWritable, withoutOverlap } from "./memory-overlap.ts";
import type { AnyArgs, AnyExecution, Op, OpRecord, OutputMeta } from "./op-record.ts";
import { activeRecorder, type RecordedRoutine } from "./recorder.ts";
import { converted, hasNarrow, narrowDType, widen, writeWide } from "./widen.ts";

/** Runs an op from inside the library, with its arguments by name. */
export function runOp<Schema extends ArgSchema, Result>(
  op: Op<Schema, Result>,
  args: ArgsInput<Schema>,
): Result {
  // Proof of the casts: `args` has the types of the schema, and the record's execution gives its declared result.
  return runRecord(op, { ...op.defaults, ...(args as AnyArgs) }) as Result;
}

/** Runs an op on parsed arguments. */
export function runRecord(op: OpRecord, args: AnyArgs): unknown {
  const { execution } = op;
  const fake = hasFakeTensor(op, args) || isFakeMode();
  if (fake && op.checksData) noteDataCheck();
  switch (execution.kind) {
    case "view":
      return aliasOf(selfOf(op, args), execution.view(args));
    case "decomposition":
      if (fake && execution.needsData !== null)
        throw new DataDependentError(op.name, execution.needsData);
      // In fake mode, so that tensors the decomposition makes are fake as well.
      return fake ? runFake(() => decompose(op, execution, args)) : decompose(op, execution, args);
    case "lowering": {
      const meta = execution.meta(args);
      const computation = !fake || activeRecorder() !== null ? execution.lowering(args) : null;
      // A scatter leaves the places it does not write to; all other computations write every element.
      const outputs = makeOutputs(meta, fake, computation?.kind === "scatter");
      if (computation !== null) compute(op, args, execution.lowering, computation, outputs);
      markLeaves(outputs, args);
      return op.returns.assemble(outputs);
    }
    case "routine": {
      const outputs = makeOutputs(execution.meta(args), fake, true);
      runRoutine(op, args, execution.routine, outputs, fake);
      markLeaves(outputs, args);
      return op.returns.assemble(outputs);
    }
    case "mutation": {
      const self = selfOf(op, args);
      checkMutable(self);
      execution.check(args);
      checkWritable(self);
      if (fake && activeRecorder() === null) return fakeWrite(self);
      const own = withoutOverlap(self, op, args);
      const computation = execution.mutation(own);
      if (computation !== null) compute(op, own, execution.mutation, computation, [self]);
      return written(self);
    }
    case "mutatingRoutine": {
      const self = selfOf(op, args);
      checkMutable(self);
      execution.check(args);
      checkWritable(self);
      if (fake && activeRecorder() === null) return fakeWrite(self);
      runRoutine(op, args, execution.routine, [self], fake);
      return written(self);
    }
  }
}

/** Runs the in-place twin of an op: its result is written to `self`. */
export function runInPlace(op: OpRecord, args: AnyArgs): TensorBase {
  const { execution } = op;
  const self = selfOf(op, args);
  checkMutable(self);
  if (execution.kind !== "lowering")
    throw new InternalError(`${op.name} has no in-place twin: only lowerings have`);
  const output = only(execution.meta(args));
  if (!sameShape(output.shape, self.shape)) {
    throw new RuntimeError(
      `output with shape ${formatShape(self.shape)} doesn't match the broadcast shape ${formatShape(output.shape)}`,
    );
  }
  if (!canCast(output.dtype, self.dtype)) {
    throw new RuntimeError(
      `result type ${output.dtype.scalarTypeName} can't be cast to the desired output type ${self.dtype.scalarTypeName}`,
    );
  }
  checkWritable(self);
  if (activeRecorder() === null && (hasFakeTensor(op, args) || isFakeMode()))
    return fakeWrite(self);
  const own = withoutOverlap(self, op, args);
  compute(op, own, execution.lowering, execution.lowering(own), [self]);
  return written(self);
}

function decompose(
  op: OpRecord,
  { decomposition, wide }: AnyExecution & { readonly kind: "decomposition" },
  args: AnyArgs,
): unknown {
  const dtype = wide ? narrowDType(op, args) : null;
  if (dtype === null) return decomposition(args);
  const result = decomposition(widen(op, args));
  return isTensor(result) && result.dtype === float32 ? converted(result, dtype) : result;
}

/** Runs a computation, which `lower` gave for the arguments. */
function compute(
  op: OpRecord,
  args: AnyArgs,
  lower: (args: AnyArgs) => Computation | null,
  computation: Computation,
  outputs: readonly TensorBase[],
): void {
  const isNarrow =
    computation.kind === "contraction" && computation.left.tensor.dtype.words !== null;
  if (!isNarrow) return runComputation(computation, outputs);
  // Products are summed in float32: by loops from words that lie side by side, by the templates from factors that are.
  const wide = suitsLoops(computation) ? withWideVector(computation) : lower(widen(op, args));
  runComputation(wide ?? computation, outputs);
}

/** Rows for each of which loops read a factor again, with half the bytes, sooner than it is copied as float32. */
const mostFoldedRows = 8;

function suitsLoops({ left, right, axes }: Contraction): boolean {
  return (
    axes.inner.length === 1 &&
    Math.min(numelOf(axes.rows), numelOf(axes.columns)) <= mostFoldedRows &&
    [left, right].every(({ strides }) => strides.at(-1) === 1)
  );
}

/** The factor with fewer rows is read again for each of the other's: once in 16 bits is enough. */
function withWideVector(computation: Contraction): Contraction {
  const { axes } = computation;
  const side = numelOf(axes.rows) <= numelOf(axes.columns) ? "left" : "right";
  const { tensor, strides } = computation[side];
  // A copy is contiguous: its elements are in the same places then.
  if (!tensor.is_contiguous()) return computation;
  return { ...computation, [side]: { tensor: converted(tensor, float32), strides } };
}

/** Runs code of an operator's own, or has it recorded. */
function runRoutine(
  op: OpRecord,
  args: AnyArgs,
  routine: RecordedRoutine["routine"],
  outputs: readonly TensorBase[],
  fake: boolean,
): void {
  if (!op.mutates && hasNarrow(op, args)) {
    const wide = widen(op, args);
    writeWide(outputs, (wideOutputs) => runRoutine(op, wide, routine, wideOutputs, fake));
  } else if (fake) activeRecorder()?.routine({ op, routine, args, outputs });
  else observeRoutine(op.name, outputs, null, () => routine(args, outputs));
}

/** Whether any tensor among the arguments is fake. Also where a disposed tensor is noticed. */
function hasFakeTensor(op: OpRecord, args: AnyArgs): boolean {
  let found = false;
  for (const name of op.tensorArgs) {
    const value = args[name];
    if (isTensor(value)) {
      if (stateOf(value).storage.isFake) found = true;
    } else if (Array.isArray(value)) {
      for (const item of value) if (isTensor(item) && stateOf(item).storage.isFake) found = true;
    }
  }
  return found;
}

function makeOutputs(
  meta: OutputMeta | readonly OutputMeta[],
  fake: boolean,
  zeroed: boolean,
): TensorBase[] {
  const metas = isSingle(meta) ? [meta] : meta;
  return metas.map(({ shape, dtype, strides }) =>
    emptyTensor(shape, dtype, strides, { fake, zeroed }),
  );
}

/** Functions that make tensors take `requires_grad`. */
function markLeaves(outputs: readonly TensorBase[], args: AnyArgs): void {
  if (args["requires_grad"] !== true) return;
  for (const output of outputs) output.requires_grad = true;
}

function isSingle(meta: OutputMeta | readonly OutputMeta[]): meta is OutputMeta {
  return !Array.isArray(meta);
}

function only(meta: OutputMeta | readonly OutputMeta[]): OutputMeta {
  if (!isSingle(meta)) throw new InternalError("an in-place twin needs exactly one output");
  return meta;
}

function selfOf(op: OpRecord, args: AnyArgs): TensorBase {
  const self = args["self"];
  if (!isTensor(self)) throw new InternalError(`${op.name} has no tensor argument named self`);
  return self;
}

function checkMutable(self: TensorBase): void {
  if (gradModeEnabled() && self.requires_grad && self.is_leaf) {
    throw new RuntimeError(
      "a leaf Variable that requires grad is being used in an in-place operation.",
    );
  }
}

/** Counts a write, and tells whoever records it. */
function written(self: TensorBase): TensorBase {
  const { storage } = stateOf(self);
  storage.version += 1;
  activeRecorder()?.written(storage);
  return self;
}

/** What remains of a write when there is no data: the same object. */
function fakeWrite(self: TensorBase): TensorBase {
  if (!isFake(self))
    throw new InternalError(
      "an in-place operation on a real tensor in fake mode would change its data",
    );
  return self;
}
