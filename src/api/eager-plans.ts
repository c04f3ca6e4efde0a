/**
 * Remembers what a call did, so that the next one with arguments of the same kind does it again without asking the op:
 * hot path of eager execution on small tensors, where finding out costs ten times the work (`npm run bench`).
 *
 * What an op does depends on the metadata of its tensors and on its other arguments, never on data; a plan is the answer
 * for one combination of these: one launch, whose operands are the result and arguments of the call.
 */
import { InternalError } from "../base/errors.ts";
import { get_default_dtype } from "../core/default-dtype.ts";
import type { DType } from "../core/dtype.ts";
import { isFakeMode } from "../core/fake-mode.ts";
import { type Geometry, tensorOfSharedGeometry } from "../core/make-tensor.ts";
import { sameShape, type Shape } from "../core/shape.ts";
import { Storage } from "../core/storage.ts";
import { isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import type { Backend, Launch, PreparedLaunch } from "../loops/backend.ts";
import { currentBackend, kernelGeneration, runOnBackend } from "../loops/run-computation.ts";
import { activeRecorder } from "../ops/recorder.ts";
import type { Overload } from "./api-entry.ts";

/** What an argument has to be for a plan to fit: a tensor of this layout, the same tensor as before, or this very value. */
type Slot =
  | {
      readonly kind: "tensor";
      readonly dtype: DType;
      readonly shape: Shape;
      readonly strides: Shape;
    }
  | { readonly kind: "same"; readonly place: number }
  | { readonly kind: "value"; readonly value: unknown };

interface Plan {
  readonly slots: readonly Slot[];
  readonly backend: Backend;
  readonly generation: number;
  readonly defaultDType: DType;
  /** Null: the result is written to `self`. */
  readonly fresh: FreshResult | null;
  /** For each operand of the launch after the result, the argument it is. */
  readonly operandArgs: readonly number[];
  readonly launch: PreparedLaunch;
}

interface FreshResult {
  readonly dtype: DType;
  readonly length: number;
  /** Frozen, as are its arrays. */
  readonly geometry: Geometry;
}

/** The plans of one public name, the one used last first. */
export type PlanCache = Plan[];

const largestCache = 8;

/** The result of the call by a plan; null if there is none for these arguments. */
export function runPlanned(
  plans: PlanCache,
  self: TensorBase | null,
  args: readonly unknown[],
): TensorBase | null {
  for (let place = 0; place < plans.length; place++) {
    const plan = plans[place];
    if (plan === undefined || !fits(plan, self, args)) continue;
    if (place > 0) {
      plans.splice(place, 1);
      plans.unshift(plan);
    }
    return follow(plan, self, args);
  }
  return null;
}

function follow(plan: Plan, self: TensorBase | null, args: readonly unknown[]): TensorBase {
  const output = plan.fresh === null ? self : makeResult(plan.fresh);
  if (output === null) throw new InternalError("an operation in place has no tensor to write to");
  const tensors: TensorBase[] = [output];
  for (const place of plan.operandArgs) {
    // The slots at these places are tensors, and `fits` has found tensors there.
    tensors.push(argumentAt(self, args, place) as TensorBase);
  }
  plan.launch(tensors);
  if (plan.fresh === null) stateOf(output).storage.version += 1;
  return output;
}

function makeResult({ dtype, length, geometry }: FreshResult): TensorBase {
  return tensorOfSharedGeometry(Storage.allocate(dtype, length, false), dtype, geometry);
}

function fits(plan: Plan, self: TensorBase | null, args: readonly unknown[]): boolean {
  const { slots } = plan;
  if (slots.length !== args.length + (self === null ? 0 : 1)) return false;
  for (let place = 0; place < slots.length; place++) {
    const slot = slots[place];
    if (slot === undefined) return false;
    const value = argumentAt(self, args, place);
    if (
      slot.kind === "same" ? value !== argumentAt(self, args, slot.place) : !fitsSlot(slot, value)
    )
      return false;
  }
  return (
    (plan.fresh !== null || !sharesMemory(self, args)) &&
    plan.backend === currentBackend() &&
    plan.generation === kernelGeneration() &&
    plan.defaultDType === get_default_dtype() &&
    activeRecorder() === null &&
    !isFakeMode()
  );
}

/** Whether an operation in place would read, through another tensor, what it writes: that needs care. */
function sharesMemory(self: TensorBase | null, args: readonly unknown[]): boolean {
  if (self === null) return false;
  const { storage } = stateOf(self);
  for (const value of args)
    if (value !== self && isTensor(value) && stateOf(value).storage === storage) return true;
  return false;
}

function fitsSlot(slot: Exclude<Slot, { kind: "same" }>, value: unknown): boolean {
  if (slot.kind === "value") return Object.is(slot.value, value);
  if (!isTensor(value)) return false;
  const state = stateOf(value);
  return (
    state.dtype === slot.dtype &&
    !state.requiresGrad &&
    !state.storage.isFake &&
    sameShape(state.shape, slot.shape) &&
    sameShape(state.strides, slot.strides)
  );
}

function argumentAt(self: TensorBase | null, args: readonly unknown[], place: number): unknown {
  if (self === null) return args[place];
  return place === 0 ? self : args[place - 1];
}

/** Whether calls of this overload are worth watching: one launch does all, and only arguments decide on it. */
function canBePlanned({ op }: Overload): boolean {
  return op.execution.kind === "lowering" && !op.random;
}

/** Makes the call by `run`, and remembers a plan if it turns out to be a single launch. */
export function runWatched(
  plans: PlanCache,
  overload: Overload,
  self: TensorBase | null,
  args: readonly unknown[],
  run: () => unknown,
): unknown {
  if (!canBePlanned(overload) || isFakeMode() || activeRecorder() !== null) return run();
  const all = self === null ? args : [self, ...args];
  const slots: Slot[] = [];
  for (const value of all) {
    const slot = slotOf(value, all.indexOf(value), slots.length);
    if (slot === null) return run();
    slots.push(slot);
  }
  const backend = currentBackend();
  const { launches, watching } = watch(backend);
  const result = runOnBackend(watching, run);
  const [launch] = launches;
  if (launches.length !== 1 || launch === null || launch === undefined || !isTensor(result))
    return result;
  if (overload.inPlace ? result !== self || sharesMemory(self, args) : all.includes(result))
    return result;
  const operandArgs = operandArgsOf(launch, result, all, overload.inPlace);
  if (operandArgs === null) return result;
  plans.unshift({
    slots,
    backend,
    generation: kernelGeneration(),
    defaultDType: get_default_dtype(),
    fresh: overload.inPlace ? null : freshResultLike(result),
    operandArgs,
    launch: backend.prepare?.(launch) ?? again(backend, launch),
  });
  if (plans.length > largestCache) plans.pop();
  return result;
}

/** A backend that notes the launches it passes on; null for what is no launch of loops. */
function watch(backend: Backend): {
  readonly launches: readonly (Launch | null)[];
  readonly watching: Backend;
} {
  const launches: (Launch | null)[] = [];
  const watching: Backend = {
    name: backend.name,
    run: (launch) => {
      launches.push(launch);
      backend.run(launch);
    },
    runTemplate: (launch) => {
      launches.push(null);
      backend.runTemplate(launch);
    },
    reset: () => backend.reset(),
  };
  return { launches, watching };
}

/** Null: arguments of this kind are not compared (options, arrays, tensors that record gradients). */
function slotOf(value: unknown, firstPlace: number, place: number): Slot | null {
  if (isTensor(value)) {
    if (firstPlace < place) return { kind: "same", place: firstPlace };
    const { dtype, shape, strides, requiresGrad, storage } = stateOf(value);
    return requiresGrad || storage.isFake ? null : { kind: "tensor", dtype, shape, strides };
  }
  return typeof value === "object" || typeof value === "function" ? null : { kind: "value", value };
}

/** For each operand after the result, which argument it is; null if the launch does not have that form. */
function operandArgsOf(
  { kernel, operands }: Launch,
  result: TensorBase,
  args: readonly unknown[],
  mayReadResult: boolean,
): readonly number[] | null {
  const [first, ...inputs] = operands;
  // A result that is not wholly written needs what was there before.
  if (first?.tensor !== result || kernel.operands[0]?.access !== "point") return null;
  if (!mayReadResult && inputs.some(({ tensor }) => tensor === result)) return null;
  const places = inputs.map(({ tensor }) => args.indexOf(tensor));
  return places.includes(-1) ? null : places;
}

function freshResultLike(result: TensorBase): FreshResult {
  const { storage, shape, strides, offset, dtype } = stateOf(result);
  return {
    dtype,
    length: storage.length,
    geometry: Object.freeze({ shape, strides, offset }),
  };
}

/** The launch with other tensors, for backends that prepare nothing. */
function again(backend: Backend, launch: Launch): PreparedLaunch {
  const { operands } = launch;
  return (tensors) =>
    backend.run({
      ...launch,
      operands: operands.map((operand, place) => ({
        tensor: tensors[place] ?? operand.tensor,
        strides: operand.strides,
      })),
    });
}
