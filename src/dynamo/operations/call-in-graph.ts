import { InternalError, NotImplementedError, RuntimeError } from "../../base/errors.ts";
import { DataDependentError } from "../../core/data-dependent-error.ts";
import { stateOf } from "../../core/tensor.ts";
import { runFake } from "../../core/fake-tensor.ts";
import { Tensor } from "../../api/tensor.ts";
import type { Argument, Node } from "../../fx/node.ts";
import { type Expression, evaluateExpression, leavesOf } from "../../symbolic/expression.ts";
import { unbackedCustomResult, unbackedResult } from "../shapes/unbacked-result.ts";
import { MissingFakeError, customOpOf } from "../../api/custom-op.ts";
import { TorchRuntimeError } from "../exc.ts";
import { userStack } from "../units/user-stack.ts";
import { checkedCustomOp } from "./checked-custom-op.ts";
import { standInSize } from "../shapes/unbacked-shapes.ts";
import { constantRef, type ShapeRef } from "../shapes/shape-ref.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { findHandler } from "../interpreter/find-handler.ts";
import { arrayItems } from "../interpreter/contents.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ArrayVariable,
  ConstantVariable,
  type ForcedVariable,
  InGraphVariable,
  type NumberLeaf,
  type NumberVariable,
  TensorVariable,
  type Variable,
  describeForUser,
  describeVariable,
} from "../variables/variable.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import { keepLoggedTensors } from "./keep-logged-tensors.ts";
import { writeTextsFirst } from "./pending-text.ts";
import { elementCountOf, shapeOf, sizeOf } from "./tensor-property.ts";
import { tensorItem } from "./tensor-item.ts";
import { ownDataProperties } from "./own-data-properties.ts";

/** The faces of an argument: what the op sees while capturing, what the graph's node holds, and what a replay is given. */
interface CapturedArgument {
  readonly fake: unknown;
  readonly node: Argument;
  readonly shape: ShapeRef;
}

const constantArgument = (value: unknown): CapturedArgument => ({
  fake: value,
  node: value,
  shape: constantRef(value),
});

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
  const fakes = captured.map((argument) => argument.fake);
  if (callee.function.mayThrow || (callee.function.mutates && mayOverlap(machine, capture.tensors)))
    breakWhereCaught(machine, callee);
  const refs = captured.map((argument) => argument.shape);
  const call = {
    name: callee.name,
    fn: callee.value,
    receiver: receiver === null ? null : (refs.shift() ?? null),
    args: refs,
  };
  const result = callOnFakes(
    machine,
    callee,
    call,
    receiver === null ? undefined : fakes.shift(),
    fakes,
    inputs,
  );
  noteShapes(machine, call, result);
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
  if (findHandler(machine.tracer.frames) === null) return;
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
    target.birth < branch.birth || target.mayAlias || stateOf(target.fake).base !== null;
  if (targets.some(isOutside)) {
    breakGraph(
      "branchMutatesInput",
      { operator: branch.operator, operand: machine.expressionText() },
      "in-place operation in a branch",
    );
  }
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
  const fixed = (ref: ShapeRef): ShapeRef =>
    ref.kind === "number" && !isKnownAtEntry(ref.expression)
      ? constantRef(standInValue(ref.expression))
      : ref.kind === "list"
        ? { kind: "list", items: ref.items.map(fixed) }
        : ref;
  shapes.addCall({ ...call, args: call.args.map(fixed) }, result, guardPlace);
}

/** The value of a size that depends on data, with the stand-in for what is not known. */
const standInValue = (expression: Expression<NumberLeaf>): number | boolean =>
  evaluateExpression(expression, (leaf) =>
    leaf.kind === "source" || leaf.kind === "size" ? leaf.hint : standInSize,
  ) ?? standInSize;

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
      if (error.kind === "shape")
        return breakGraph("dynamicShapeOperator", { operator: callee.name }, context);
      return breakGraph("dataDependentOperator", { operator: callee.name }, context);
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
        "fakeCallRuntimeError",
        { operator: callee.name, message: error.message },
        `${error.name} ${callee.name}: ${error.message}`,
      );
    }
    throw error;
  }
}

/** Whether a number may stay a symbol where shapes depend on it: known at entry, or computed in the graph. */
function isSize({ hint, expression }: NumberVariable): boolean {
  if (isKnownAtEntry(expression)) return typeof hint === "number";
  return [...leavesOf(expression)].every(
    (leaf) => leaf.kind !== "item" && !(leaf.kind === "node" && leaf.type === "boolean"),
  );
}

/** Whether the numbers of an expression are there, or follow from sizes that are there, before the graph runs. */
const isKnownAtEntry = (expression: Expression<NumberLeaf>): boolean =>
  [...leavesOf(expression)].every((leaf) => leaf.kind === "source" || leaf.kind === "size");

/** Number.isInteger: the remainder is NaN for infinities and NaN. */
const isIntegral = (value: Expression<NumberLeaf>): Expression<NumberLeaf> => ({
  kind: "binary",
  operator: "===",
  left: { kind: "binary", operator: "%", left: value, right: { kind: "constant", value: 1 } },
  right: { kind: "constant", value: 0 },
});

/** Number parameters whose value only takes part in the arithmetic, not in shapes: they may stay symbolic. */
const scalarKinds: ReadonlySet<string> = new Set(["operand", "scalar", "data"]);
/** Number parameters that shapes depend on: a symbol stays one, and what follows from it is checked by a replay. */
const sizeKinds: ReadonlySet<string> = new Set(["int", "number", "size", "sizes", "index"]);

class ArgumentCapture {
  readonly tensors: TensorVariable[] = [];
  readonly #machine: Machine;
  readonly #callee: InGraphVariable;
  readonly #allFloating: boolean;

  constructor(machine: Machine, callee: InGraphVariable, inputs: readonly Variable[]) {
    this.#machine = machine;
    this.#callee = callee;
    const tensors = inputs
      .map((input) => machine.force(input))
      .filter((input) => input.kind === "tensor");
    this.#allFloating =
      tensors.length > 0 && tensors.every((tensor) => tensor.fake.dtype.is_floating_point);
  }

  of(variable: Variable, position: number | string): CapturedArgument {
    const value = this.#machine.force(variable);
    switch (value.kind) {
      case "tensor":
        this.tensors.push(value);
        return {
          fake: value.fake,
          node: this.#machine.tracer.nodeOf(value),
          shape: { kind: "tensor", fake: value.fake },
        };
      case "constant":
        return constantArgument(value.value);
      case "number":
        return this.#number(value, position);
      case "array": {
        const items = arrayItems(this.#machine, value).map((item) =>
          this.of(item ?? new ConstantVariable(undefined), position),
        );
        return {
          fake: items.map((item) => item.fake),
          node: items.map((item) => item.node),
          shape: { kind: "list", items: items.map((item) => item.shape) },
        };
      }
      case "object":
        return this.#options(value);
      default:
        return this.#refuse(value);
    }
  }

  #number(value: NumberVariable, position: number | string): CapturedArgument {
    const { tracer } = this.#machine;
    const kind = this.#callee.function.parameterKind(position);
    const { expression } = value;
    if (sizeKinds.has(kind) && isSize(value)) {
      return {
        fake: isKnownAtEntry(expression) ? value.hint : standInValue(expression),
        node: tracer.graph.scalar(expression),
        shape: { kind: "number", expression },
      };
    }
    if (!scalarKinds.has(kind))
      return constantArgument(tracer.specialize(value, "a size, dimension or index"));
    // A symbolic number's stand-in: fractional, so that nothing is taken for an integer by accident.
    let standIn: unknown = typeof value.hint === "boolean" ? true : 0.5;
    if (!this.#allFloating && typeof standIn === "number") {
      // Some integers do not fit a dtype or an operation (`x.pow(-1)`): an error of the running graph could not be caught.
      if (findHandler(tracer.frames) !== null) {
        return constantArgument(
          tracer.specialize(value, "an operand of integers where errors are caught"),
        );
      }
      // Typing is value-based: an integral number keeps an integer tensor's dtype. Which it is becomes a guard.
      const integral = tracer.decideExpression(isIntegral(value.expression));
      if (integral === undefined) return this.#refuse(value);
      if (integral) standIn = 2;
    }
    return {
      fake: standIn,
      node: tracer.graph.scalar(value.expression),
      shape: constantRef(standIn),
    };
  }

  #options(value: Extract<ForcedVariable, { kind: "object" }>): CapturedArgument {
    const fake: Record<string, unknown> = {};
    const node: Record<string, Argument> = {};
    const entries: [string, ShapeRef][] = [];
    for (const [key, property] of ownDataProperties(this.#machine, value)) {
      if (typeof key === "symbol") return this.#refuse(value);
      const captured = this.of(property, key === "__proto__" ? "" : String(key));
      fake[key] = captured.fake;
      node[key] = captured.node;
      entries.push([String(key), captured.shape]);
    }
    return { fake, node, shape: { kind: "options", entries } };
  }

  #refuse(value: ForcedVariable): never {
    return breakGraph(
      "argumentNotInGraph",
      {
        operator: this.#machine.expressionText(),
        argument: describeVariable(value),
        kind: describeForUser(value),
      },
      `convert ${describeVariable(value)}`,
    );
  }
}

/** Turns the results on fakes into variables, adding the node only if there is something for the graph to do. */
class ResultWrapper {
  readonly #machine: Machine;
  readonly #callee: InGraphVariable;
  readonly #captured: readonly CapturedArgument[];
  readonly #inputs: readonly TensorVariable[];
  #node: Node | null = null;

  constructor(
    machine: Machine,
    callee: InGraphVariable,
    captured: readonly CapturedArgument[],
    inputs: readonly TensorVariable[],
  ) {
    this.#machine = machine;
    this.#callee = callee;
    this.#captured = captured;
    this.#inputs = inputs;
  }

  wrap(result: unknown): Variable {
    // The fake's number is not the implementation's, and nothing can be computed with one that is not there yet.
    if (customOpOf(this.#callee.value) !== null && hasPlainValue(result)) {
      return breakGraph(
        "notATensorResult",
        { operator: this.#callee.name, result: String(result) },
        `call ${this.#callee.name}`,
      );
    }
    if (result instanceof Tensor) return this.#tensor(result, () => this.#call(result));
    if (Array.isArray(result) && result.some((item) => item instanceof Tensor))
      return this.#tuple(result);
    if (this.#callee.function.mutates) this.#call(result);
    if (Array.isArray(result)) {
      const items = result.map((item: unknown) => new ConstantVariable(item));
      return new ArrayVariable({ items, frozen: Object.isFrozen(result) });
    }
    if (
      (typeof result === "object" && result !== null && !isMetadata(result)) ||
      typeof result === "function"
    ) {
      return breakGraph(
        "notATensorResult",
        { operator: this.#callee.name, result: String(result) },
        `call ${this.#callee.name}`,
      );
    }
    return new ConstantVariable(result);
  }

  #tensor(fake: Tensor, node: () => Node): Variable {
    const same = this.#inputs.find((input) => input.fake === fake);
    if (same === undefined) return new TensorVariable(fake, node(), null, null);
    // An in-place op gives its receiver back; an op that merely returns an input (x.contiguous()) needs no node.
    if (this.#callee.function.mutates) node();
    return same;
  }

  #tuple(results: readonly unknown[]): Variable {
    const items: Variable[] = results.map((item, index) => {
      if (!(item instanceof Tensor)) return new ConstantVariable(item);
      return this.#tensor(item, () =>
        this.#machine.tracer.graph.getItem(this.#call(results), index, item, this.#machine.place()),
      );
    });
    const named = new Map<string, Variable>();
    for (const key of Object.keys(results)) {
      if (/^\d+$/.test(key)) continue;
      const position = results.indexOf(Reflect.get(results, key));
      const item = items[position];
      if (item !== undefined) named.set(key, item);
    }
    return new ArrayVariable({ items, named, frozen: Object.isFrozen(results) });
  }

  #call(result: unknown): Node {
    const { graph } = this.#machine.tracer;
    const args = this.#captured.map((argument) => argument.node);
    this.#node ??= this.#callee.isMethod
      ? graph.callMethod(this.#callee.name, args, result, this.#machine.place())
      : graph.callFunction(
          this.#target(result),
          this.#callee.name,
          args,
          result,
          this.#machine.place(),
        );
    return this.#node;
  }

  /** What the graph calls: of a custom operator, a check that its fake told the truth belongs to the call. */
  #target(result: unknown): Function {
    const { value } = this.#callee;
    if (customOpOf(value) === null) return value;
    const { shapes, unbacked } = this.#machine.tracer;
    const mayVary = [result, ...this.#inputs.map(({ fake }) => fake)]
      .flat()
      .some(
        (part) => part instanceof Tensor && (shapes.isDynamic(part) || unbacked.isUnbacked(part)),
      );
    return checkedCustomOp(value, result, mayVary);
  }
}

function hasPlainValue(result: unknown): boolean {
  if (Array.isArray(result)) return result.some(hasPlainValue);
  return result !== undefined && result !== null && !(result instanceof Tensor);
}

/** Objects that stand for themselves: dtypes and devices. */
const isMetadata = (value: object): boolean => Object.isFrozen(value) && !Array.isArray(value);
