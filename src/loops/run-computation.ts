/** Turns a computation into a kernel (cached) and a launch, and hands it to the backend. */
import { InternalError } from "../base/errors.ts";
import { unreachable } from "../base/unreachable.ts";
import type { DTypeName } from "../core/dtype.ts";
import { dtypes } from "../core/dtype.ts";
import { convertScalar, isScalar } from "../core/scalar.ts";
import { at, broadcastShapes, broadcastStrides, type Shape } from "../core/shape.ts";
import { stateOf, type TensorBase } from "../core/tensor.ts";
import type { Backend, LaunchOperand } from "./backend.ts";
import type {
  Computation,
  Fold,
  Indexed,
  Pointwise,
  Reduction,
  Scan,
  Scatter,
  IndexedContext,
} from "./computation.ts";
import {
  asElement,
  cast,
  constant,
  type Expression,
  foldPosition,
  load,
  position,
  type ValueType,
} from "./expression.ts";
import { wasmBackend } from "./wasm/wasm-backend.ts";
import { type LaunchObserver, observedBackend, setObserver } from "./observe-launches.ts";
import { type FoldInParts, foldInParts, partsOf } from "./fold-in-parts.ts";
import { emptyTensor } from "../core/make-tensor.ts";
import { launchContraction, resetContractions } from "./run-contraction.ts";
import { makeKernel, stage, type Kernel, type OperandSlot, type Store } from "./kernel.ts";

let backend: Backend = wasmBackend;

/** The backend that runs eager kernels. */
export function currentBackend(): Backend {
  return backend;
}

export function setBackend(next: Backend): void {
  backend = next;
}

/** Runs `body` with all launches going to another backend. */
export function runOnBackend<Result>(temporary: Backend, body: () => Result): Result {
  const previous = backend;
  backend = temporary;
  try {
    return body();
  } finally {
    backend = previous;
  }
}

/**
 * Lets `observer` see all launches until `null` takes its place. What was prepared for the backend before does not fit
 * the observed one, so nothing goes past the observer.
 */
export function observeLaunches(observer: LaunchObserver | null): void {
  setObserver(observer);
  if (observer === null) {
    backend = unobserved ?? backend;
    unobserved = null;
  } else if (unobserved === null) {
    unobserved = backend;
    backend = observedBackend(backend);
  }
}

let unobserved: Backend | null = null;

// Keyed by the identity of the body: a body that captured something would get its own kernels, never another's.
let kernels = new WeakMap<object, Map<string, Kernel>>();

let generation = 0;

/** Changes when kernels and compiled code were forgotten. */
export function kernelGeneration(): number {
  return generation;
}

/** Forgets all kernels and compiled code. */
export function resetKernels(): void {
  generation += 1;
  kernels = new WeakMap();
  resetContractions();
  backend.reset();
}

function cachedKernel(identity: object, key: string, build: () => Kernel): Kernel {
  let variants = kernels.get(identity);
  if (variants === undefined) kernels.set(identity, (variants = new Map()));
  let kernel = variants.get(key);
  if (kernel === undefined) variants.set(key, (kernel = build()));
  return kernel;
}

/** Computes `outputs`, which have the right shapes; their dtypes are what results are converted to. */
export function runComputation(computation: Computation, outputs: readonly TensorBase[]): void {
  switch (computation.kind) {
    case "pointwise":
      return runPointwise(computation, onlyOutput(outputs));
    case "indexed":
      return runIndexed(computation, onlyOutput(outputs));
    case "scatter":
      return runScatter(computation, onlyOutput(outputs));
    case "reduction":
      return runReduction(computation, outputs);
    case "scan":
      return runScan(computation, outputs);
    case "contraction":
      return backend.runTemplate(launchContraction(computation, onlyOutput(outputs)));
    default:
      return unreachable(computation);
  }
}

function onlyOutput(outputs: readonly TensorBase[]): TensorBase {
  const output = outputs[0];
  if (output === undefined || outputs.length !== 1)
    throw new InternalError(`expected 1 output, got ${outputs.length}`);
  return output;
}

function broadcastOperand(tensor: TensorBase, shape: Shape): LaunchOperand {
  const state = stateOf(tensor);
  return { tensor, strides: broadcastStrides(state.shape, state.strides, shape) };
}

function pointSlot(tensor: TensorBase): OperandSlot {
  return { type: tensor.dtype.name, access: "point" };
}

function pointStore(operand: number, value: Expression): Store {
  return { operand, coordinates: null, mode: "set", value };
}

/** A valid identifier for generated code. */
function kernelName(kind: string, body: { readonly name: string }): string {
  return `${kind}_${body.name.replace(/[^A-Za-z0-9_]/g, "_")}`;
}

function runPointwise({ body, operands, computeTypes }: Pointwise, output: TensorBase): void {
  let key: string = output.dtype.name;
  const tensors: TensorBase[] = [];
  const scalars: (number | bigint)[] = [];
  operands.forEach((operand, index) => {
    const type = at(computeTypes, index);
    if (isScalar(operand)) {
      key += `|${type}`;
      scalars.push(type === "index" ? Number(operand) : convertScalar(operand, dtypes[type]));
    } else {
      key += `|${operand.dtype.name}>${type}`;
      tensors.push(operand);
    }
  });
  const kernel = cachedKernel(body, key, () => {
    let nextTensor = 1;
    let nextScalar = 0;
    const scalarTypes: ValueType[] = [];
    const inputs = operands.map((operand, index): Expression => {
      const type = at(computeTypes, index);
      if (!isScalar(operand)) return cast(load(nextTensor++, operand.dtype.name), type);
      scalarTypes.push(type);
      return { kind: "scalar", type, slot: nextScalar++ };
    });
    const value = asElement(body(...inputs), output.dtype.name);
    return makeKernel({
      name: kernelName("pointwise", body),
      operands: [output, ...tensors].map(pointSlot),
      scalars: scalarTypes,
      stages: [stage({ over: "point", stores: [pointStore(0, value)] })],
    });
  });
  const shape = output.shape;
  backend.run({
    kernel,
    parallel: shape,
    fold: [],
    operands: [
      { tensor: output, strides: stateOf(output).strides },
      ...tensors.map((tensor) => broadcastOperand(tensor, shape)),
    ],
    scalars,
  });
}

/** The context of bodies that know where they are; operand 0 is the output and `gathered` the last one. */
function indexedContext(
  rank: number,
  operands: readonly TensorBase[],
  gathered: { readonly slot: number; readonly type: DTypeName } | null,
  scalars: Indexed["scalars"],
): IndexedContext {
  return {
    positions: Array.from({ length: rank }, (_, axis) => position(axis)),
    load: (operand) => load(operand + 1, at(operands, operand).dtype.name),
    gather: (coordinates) => {
      if (gathered === null) throw new InternalError("this computation reads no tensor at random");
      const type = dtypes[gathered.type].computeName;
      return { kind: "gather", type, operand: gathered.slot, coordinates };
    },
    scalar: (slot) => ({ kind: "scalar", type: at(scalars, slot).type, slot }),
  };
}

function signatureOf(
  tensors: readonly TensorBase[],
  scalars: Indexed["scalars"],
  variant: string,
): string {
  return `${tensors.map((tensor) => tensor.dtype.name).join()}|${scalars.map((scalar) => scalar.type).join()}|${variant}`;
}

function runIndexed(
  { body, operands, gathered, scalars, variant }: Indexed,
  output: TensorBase,
): void {
  const all = gathered === null ? [output, ...operands] : [output, ...operands, gathered];
  const key = `${output.ndim}|${gathered?.ndim ?? "-"}|${signatureOf(all, scalars, variant)}`;
  const kernel = cachedKernel(body, key, () => {
    const source =
      gathered === null ? null : { slot: operands.length + 1, type: gathered.dtype.name };
    const context = indexedContext(output.ndim, operands, source, scalars);
    const slots = [output, ...operands].map(pointSlot);
    if (source !== null) slots.push({ type: source.type, access: "random" });
    const value = asElement(body(context), output.dtype.name);
    return makeKernel({
      name: kernelName("indexed", body),
      operands: slots,
      scalars: scalars.map((scalar) => scalar.type),
      stages: [stage({ over: "point", stores: [pointStore(0, value)] })],
    });
  });
  const shape = output.shape;
  const launchOperands = [
    { tensor: output, strides: stateOf(output).strides },
    ...operands.map((tensor) => broadcastOperand(tensor, shape)),
  ];
  if (gathered !== null)
    launchOperands.push({ tensor: gathered, strides: stateOf(gathered).strides });
  backend.run({
    kernel,
    parallel: shape,
    fold: [],
    operands: launchOperands,
    scalars: scalars.map((scalar) => scalar.value),
  });
}

function runScatter(
  { body, mode, shape, operands, scalars, variant }: Scatter,
  output: TensorBase,
): void {
  const key = `${mode}|${shape.length}|${output.ndim}|${signatureOf([output, ...operands], scalars, variant)}`;
  const kernel = cachedKernel(body, key, () => {
    const target = body(indexedContext(shape.length, operands, null, scalars));
    const value = asElement(target.value, output.dtype.name);
    const store = { operand: 0, coordinates: target.coordinates, mode, value };
    return makeKernel({
      name: kernelName("scatter", body),
      operands: [{ type: output.dtype.name, access: "random" }, ...operands.map(pointSlot)],
      scalars: scalars.map((scalar) => scalar.type),
      stages: [stage({ over: "point", stores: [store] })],
      inOrder: true,
    });
  });
  backend.run({
    kernel,
    parallel: shape,
    fold: [],
    operands: [
      { tensor: output, strides: stateOf(output).strides },
      ...operands.map((tensor) => broadcastOperand(tensor, shape)),
    ],
    scalars: scalars.map((scalar) => scalar.value),
  });
}

/**
 * The kernel of a fold over `operands`; outputs are operands 0 … outputs.length - 1. They get the results when the fold
 * is complete (`once`), or after every step (`sweep`).
 */
function foldKernel(
  fold: Fold,
  outputs: readonly TensorBase[],
  operands: readonly TensorBase[],
  computeTypes: readonly ValueType[],
  scalars: Indexed["scalars"],
  results: "once" | "sweep",
): Kernel {
  const key = `${results}|${outputs.map((output) => output.dtype.name).join()}|${computeTypes.join()}|${signatureOf(operands, scalars, "")}`;
  return cachedKernel(fold, key, () => {
    const inputs = operands.map((operand, index) =>
      cast(load(outputs.length + index, operand.dtype.name), at(computeTypes, index)),
    );
    const scalarExpressions = scalars.map((scalar, slot): Expression => ({
      kind: "scalar",
      type: scalar.type,
      slot,
    }));
    const steps = fold.states(inputs, foldPosition, scalarExpressions);
    const current = steps.map(({ type }, state): Expression => ({ kind: "state", type, state }));
    const others = steps.map(({ type }, state): Expression => ({
      kind: "otherState",
      type,
      state,
    }));
    const values = fold.results(current, scalarExpressions);
    const stores = outputs.map((output, index) =>
      pointStore(index, asElement(at(values, index), output.dtype.name)),
    );
    const states = steps.map((state) => ({
      type: state.type,
      initial: constant(state.type, state.initial),
      next: state.next(current),
    }));
    const combine = fold.combine?.(current, others) ?? null;
    const sweep = stage({ over: "sweep", states, combine });
    return makeKernel({
      name: kernelName("fold", fold),
      operands: [...outputs, ...operands].map(pointSlot),
      scalars: scalars.map((scalar) => scalar.type),
      stages:
        results === "once" ? [sweep, stage({ over: "once", stores })] : [{ ...sweep, stores }],
    });
  });
}

function runReduction(reduction: Reduction, outputs: readonly TensorBase[]): void {
  const { fold, operands, computeTypes, dims, scalars } = reduction;
  const shape = operands.reduce<Shape>(
    (joined, operand) => broadcastShapes(joined, operand.shape),
    [],
  );
  const kept = shape.map((_, axis) => axis).filter((axis) => !dims.includes(axis));
  const order = [...kept, ...dims];
  const inputs = operands.map((tensor): LaunchOperand => {
    const strides = broadcastOperand(tensor, shape).strides;
    return { tensor, strides: order.map((axis) => at(strides, axis)) };
  });
  const results = outputs.map((tensor): LaunchOperand => {
    const strides = stateOf(tensor).strides;
    const own = tensor.ndim === kept.length ? strides : kept.map((axis) => at(strides, axis));
    return { tensor, strides: [...own, ...dims.map(() => 0)] };
  });
  const parallel = kept.map((axis) => at(shape, axis));
  const folded = dims.map((axis) => at(shape, axis));
  const division = partsOf(parallel, folded);
  const inParts = division === null ? null : foldInParts(reduction);
  if (division !== null && inParts !== null)
    return runInParts(reduction, inParts, { parallel, folded, ...division, inputs, results });
  backend.run({
    kernel: foldKernel(fold, outputs, operands, computeTypes, scalars, "once"),
    parallel,
    fold: folded,
    operands: [...results, ...inputs],
    scalars: scalars.map((scalar) => scalar.value),
  });
}

interface DividedReduction {
  readonly parallel: Shape;
  readonly folded: Shape;
  /** Of the fold axes, the one that is divided. */
  readonly axis: number;
  readonly parts: number;
  /** Over parallel axes, then fold axes. */
  readonly inputs: readonly LaunchOperand[];
  readonly results: readonly LaunchOperand[];
}

/** Folds the parts into tensors of states, with an axis for the parts behind the parallel ones; then these. */
function runInParts(
  { operands, computeTypes, scalars }: Reduction,
  { part, join, stateTypes }: FoldInParts,
  { parallel, folded, axis, parts, inputs, results }: DividedReduction,
): void {
  const rank = parallel.length;
  const shape = [...parallel, parts];
  const partials = stateTypes.map((type) =>
    emptyTensor(shape, dtypes[type], null, { zeroed: false }),
  );
  const places = partials.map((tensor) => ({ tensor, strides: stateOf(tensor).strides }));
  const size = at(folded, axis) / parts;
  const ofPart = folded.map((own, index) => (index === axis ? size : own));
  const values = scalars.map((scalar) => scalar.value);
  backend.run({
    kernel: foldKernel(part, partials, operands, computeTypes, scalars, "once"),
    parallel: shape,
    fold: ofPart,
    operands: [
      ...places.map(({ tensor, strides }) => ({
        tensor,
        strides: [...strides, ...ofPart.map(() => 0)],
      })),
      ...inputs.map(({ tensor, strides }) => ({
        tensor,
        strides: strides.toSpliced(rank, 0, at(strides, rank + axis) * size),
      })),
    ],
    scalars: values,
  });
  const outputs = results.map(({ tensor }) => tensor);
  backend.run({
    kernel: foldKernel(join, outputs, partials, stateTypes, scalars, "once"),
    parallel,
    fold: [parts],
    operands: [
      ...results.map(({ tensor, strides }) => ({
        tensor,
        strides: [...strides.slice(0, rank), 0],
      })),
      ...places,
    ],
    scalars: values,
  });
}

function runScan(
  { fold, operands, computeTypes, dim }: Scan,
  outputs: readonly TensorBase[],
): void {
  const shape = at(operands, 0).shape;
  const kept = shape.map((_, axis) => axis).filter((axis) => axis !== dim);
  const order = shape.length === 0 ? [] : [...kept, dim];
  const place = (tensor: TensorBase): LaunchOperand => {
    const strides = stateOf(tensor).strides;
    return { tensor, strides: shape.length === 0 ? [0] : order.map((axis) => at(strides, axis)) };
  };
  backend.run({
    kernel: foldKernel(fold, outputs, operands, computeTypes, [], "sweep"),
    parallel: kept.map((axis) => at(shape, axis)),
    fold: [shape.length === 0 ? 1 : at(shape, dim)],
    operands: [...outputs, ...operands].map(place),
    scalars: [],
  });
}
