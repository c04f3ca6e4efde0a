import {
  InternalError,
  NotImplementedError,
  OutOfMemoryError,
  RuntimeError,
} from "../../base/errors.ts";
import { DataDependentError } from "../../core/data-dependent-error.ts";
import { withGradMode } from "../../core/grad-mode-flag.ts";
import { stateOf } from "../../core/tensor.ts";
import { dataCheckCount } from "../../core/fake-mode.ts";
import { runFake } from "../../core/fake-tensor.ts";
import { Tensor } from "../../api/tensor.ts";
import { unbackedCustomResult, unbackedResult } from "../shapes/unbacked-result.ts";
import { MissingFakeError, customOpOf } from "../../api/custom-op.ts";
import { TorchRuntimeError } from "../exc.ts";
import { userStack } from "../units/user-stack.ts";
import { constantRef, mapRef, type ShapePart, type ShapeRef } from "../shapes/shape-ref.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { findHandler } from "../interpreter/find-handler.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { TensorVariable } from "../variables/variable.ts";
import { InGraphVariable, type Variable, describeVariable } from "../variables/variable.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import { noteModeOf, protectsOnlyGradMode } from "./grad-mode.ts";
import { keepLoggedTensors } from "./keep-logged-tensors.ts";
import { refuseMutation } from "./higher-order/checks.ts";
import { writeTextsFirst } from "./pending-text.ts";
import { elementCountOf, shapeOf, sizeOf } from "./tensor-property.ts";
import { ResultWrapper } from "./call-result.ts";
import { ArgumentCapture, isKnownAtEntry, standInValue } from "./captured-argument.ts";
import { tensorItem } from "./tensor-item.ts";
import { tensorToList } from "./tensor-to-list.ts";

/**
 * A call to a torch function or Tensor method. The very function runs on fake tensors: it checks the arguments as in
 * eager and gives the metadata of the results. If it made or changed tensors the call becomes a node of the graph.
 */
export function callInGraph(
  machine: Machine,
  callee: InGraphVariable,
  thisValue: Variable,
  args: readonly Variable[],
): Variable {
  const receiver = callee.isMethod ? machine.force(thisValue) : null;
  if (receiver !== null && receiver.kind !== "tensor") {
    return breakGraph(
      "fakeCallTypeError",
      { operator: callee.name, message: `${callee.name} called on something that is not a Tensor` },
      `call_method ${describeVariable(receiver)} ${callee.name}`,
    );
  }
  if (receiver !== null && callee.name === "item" && args.length === 0)
    return tensorItem(machine, receiver, "item");
  if (receiver !== null && callee.name === "tolist" && args.length === 0)
    return tensorToList(machine, receiver);
  if (receiver !== null) {
    const metadata = metadataCall(machine, callee.name, receiver, args);
    if (metadata !== null) return metadata;
  }
  const inputs = receiver === null ? args : [receiver, ...args];
  const capture = new ArgumentCapture(machine, callee, inputs);
  const captured = inputs.map((input, position) => capture.of(input, position));
  if (callee.function.mutates) {
    refuseMutationInBranch(machine, callee, capture.tensors);
    writeTextsFirst(machine, callee.name);
    const [target] = capture.tensors;
    const changed = callee.isMethod && target !== undefined ? [target] : capture.tensors;
    keepLoggedTensors(machine, callee.name, changed, (tensor) => cloneOf(machine, tensor));
  }
  noteModeOf(machine, callee.name, callee.function, capture.tensors);
  const fakes = captured.map((argument) => argument.fake);
  const { mayThrow, mutates } = callee.function;
  if (mayThrow || capture.mayOverflow || (mutates && mayOverlap(machine, capture.tensors)))
    breakWhereCaught(machine, callee);
  const refs = captured.map((argument) => argument.shape);
  const call = {
    name: callee.name,
    fn: callee.value,
    receiver: receiver === null ? null : (refs.shift() ?? null),
    args: refs,
  };
  const result = withGradMode(machine.tracer.gradMode.now, () => {
    const checksBefore = dataCheckCount();
    const made = callOnFakes(
      machine,
      callee,
      call,
      receiver === null ? undefined : fakes.shift(),
      fakes,
      inputs,
    );
    if (dataCheckCount() > checksBefore) breakWhereCaught(machine, callee);
    noteShapes(machine, call, made);
    return made;
  });
  return new ResultWrapper(machine, callee, captured, capture.tensors).wrap(result);
}

function cloneOf(machine: Machine, tensor: TensorVariable): Variable {
  const method = Tensor.prototype.clone;
  const known = findInGraph(method);
  if (known === null) throw new InternalError("clone is no method that graphs can call");
  return callInGraph(machine, new InGraphVariable(method, known), tensor, []);
}

/** Sizes of a tensor whose sizes may vary are numbers that vary; null for every other call. */
function metadataCall(
  machine: Machine,
  name: string,
  receiver: TensorVariable,
  args: readonly Variable[],
): Variable | null {
  if (name === "size" && args.length === 0) return shapeOf(machine.tracer, receiver);
  const { shapes, unbacked } = machine.tracer;
  if (!shapes.isDynamic(receiver.fake) && !unbacked.isUnbacked(receiver.fake)) return null;
  if (name === "numel" && args.length === 0) return elementCountOf(machine.tracer, receiver);
  const [first] = args;
  if (name !== "size" || first === undefined || args.length !== 1) return null;
  const dim = machine.force(first);
  const rank = receiver.fake.ndim;
  if (dim.kind !== "constant" || !Number.isInteger(dim.value)) return null;
  const index = Number(dim.value) < 0 ? Number(dim.value) + rank : Number(dim.value);
  return index >= 0 && index < rank ? sizeOf(machine.tracer, receiver, index) : null;
}

/** An error of the running graph could not find the `catch` around this call any more: such a call runs natively. */
function breakWhereCaught(machine: Machine, callee: InGraphVariable): void {
  if (findHandler(machine.tracer.frames, protectsOnlyGradMode) === null) return;
  breakGraph(
    "skippedFunction",
    {
      functionName: callee.name,
      why: "it may throw for some data, and the program catches errors here",
    },
    `call ${callee.name} under a handler`,
  );
}

/** Whether what is written to may share memory with another tensor from outside: no guard says, and the operator throws. */
function mayOverlap({ tracer }: Machine, [target, ...others]: readonly TensorVariable[]): boolean {
  const outside = new Set<unknown>();
  for (const { example } of tracer.rootGraph.inputs)
    if (example instanceof Tensor) outside.add(stateOf(example).storage);
  const storageOf = ({ fake }: TensorVariable): unknown => stateOf(fake).storage;
  if (target === undefined || !outside.has(storageOf(target))) return false;
  return others.some(
    (other) => storageOf(other) !== storageOf(target) && outside.has(storageOf(other)),
  );
}

/** A branch of a higher-order operator may change tensors it made, but not others, nor views (which may be of others). */
function refuseMutationInBranch(
  machine: Machine,
  { name }: InGraphVariable,
  tensors: readonly TensorVariable[],
): void {
  const { branch } = machine.tracer;
  if (branch === null) return;
  // `add_` changes what it is called on; another operator, such as a custom one, may change any of its arguments.
  const targets = name.endsWith("_") ? tensors.slice(0, 1) : tensors;
  const isOutside = (target: TensorVariable): boolean =>
    target.birth < branch.birth ||
    target.mayAlias ||
    target.node?.op === "placeholder" ||
    stateOf(target.fake).base !== null;
  if (targets.some(isOutside)) refuseMutation(branch.operator, machine.expressionText());
}

interface ShapeCall {
  readonly name: string;
  readonly fn: Function;
  readonly receiver: ShapeRef | null;
  readonly args: readonly ShapeRef[];
}

/** Records what follows for the sizes of the results, for sizes that vary and for sizes that depend on data. */
function noteShapes({ tracer }: Machine, call: ShapeCall, result: unknown): void {
  const { shapes, unbacked, guardPlace } = tracer;
  if (!unbacked.depends(call)) {
    shapes.addCall(call, result, guardPlace);
    return;
  }
  const problem = unbacked.check(call, result);
  if (problem !== null)
    breakGraph("unbackedSize", { operator: call.name, why: problem }, `call ${call.name}`);
  // For other sizes at entry, what depends on data keeps its stand-in.
  const fixed = (part: ShapePart): ShapeRef =>
    part.kind === "number" && !isKnownAtEntry(part.expression)
      ? constantRef(standInValue(part.expression))
      : part;
  const args = call.args.map((ref) => mapRef(ref, fixed));
  shapes.addCall({ ...call, args }, result, guardPlace);
}

function callOnFakes(
  machine: Machine,
  callee: InGraphVariable,
  call: ShapeCall,
  thisFake: unknown,
  fakes: readonly unknown[],
  inputs: readonly Variable[],
): unknown {
  const context = `${callee.isMethod ? "call_method" : "call_function"} ${callee.name}(${inputs.map(describeVariable).join(", ")})`;
  try {
    return runFake(() => Reflect.apply(callee.value, thisFake, fakes) as unknown);
  } catch (error) {
    // Nobody can have meant this: with a graph break here, nothing would tell that the operator is never captured.
    if (error instanceof MissingFakeError) {
      const stack = userStack(machine.tracer.frames, "", true);
      throw new TorchRuntimeError(error.message, stack, { cause: error });
    }
    if (error instanceof DataDependentError) {
      if (error.kind === "shape" && machine.options.captureDynamicOutputShapes()) {
        const results =
          customOpOf(callee.value) === null
            ? unbackedResult(machine.tracer.unbacked, callee.value, thisFake, fakes)
            : unbackedCustomResult(machine.tracer.unbacked, callee.value, fakes);
        if (results !== null) return results;
      }
      const subject = inputs.find((input) => machine.force(input).kind === "tensor");
      if (error.kind === "shape")
        return breakGraph("dynamicShapeOperator", { operator: callee.name }, context, subject);
      return breakGraph("dataDependentOperator", { operator: callee.name }, context, subject);
    }
    // With other sizes than the stand-in it may well do: only running it tells.
    if (error instanceof Error && machine.tracer.unbacked.depends(call))
      return breakGraph("unbackedSize", { operator: callee.name, why: error.message }, context);
    if (error instanceof TypeError) {
      return breakGraph(
        "fakeCallTypeError",
        { operator: callee.name, message: error.message },
        `TypeError ${callee.name}: ${error.message}`,
      );
    }
    if (error instanceof NotImplementedError) {
      return breakGraph(
        "fakeCallNotImplemented",
        { operator: callee.name, message: error.message },
        context,
      );
    }
    if (error instanceof Error && !(error instanceof RuntimeError)) {
      return breakGraph(
        "fakeCallError",
        { operator: callee.name, errorClass: error.name, message: error.message },
        context,
      );
    }
    if (error instanceof RuntimeError) {
      return breakGraph(
        error instanceof OutOfMemoryError ? "resultTooLarge" : "fakeCallRuntimeError",
        { operator: callee.name, message: error.message },
        `${error.name} ${callee.name}: ${error.message}`,
      );
    }
    throw error;
  }
}
