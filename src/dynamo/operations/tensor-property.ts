import { runFake } from "../../core/fake-tensor.ts";
import { Tensor } from "../../api/tensor.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Tracer } from "../interpreter/tracer.ts";
import type { Expression } from "../../symbolic/expression.ts";
import type { Source } from "../variables/source.ts";
import { scalarExpression } from "./scalar-expression.ts";
import {
  ArrayVariable,
  ConstantVariable,
  InGraphVariable,
  type NumberLeaf,
  TensorVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";

const shapes = new WeakMap<
  TensorVariable,
  { readonly of: readonly number[]; readonly variable: ArrayVariable }
>();

/** A property of a tensor: metadata is a constant (the tensor is guarded), methods and derived tensors go into the graph. */
export function tensorProperty(
  machine: Machine,
  target: TensorVariable,
  key: PropertyKey,
): Variable {
  const unsupported = (why: string): never =>
    breakGraph(
      "unknownProperty",
      { object: "a Tensor", property: `${String(key)} (${why})` },
      `getProperty TensorVariable() ${String(key)}`,
    );
  if (target.value !== null && Object.hasOwn(target.value, key))
    return unsupported("it was added to this tensor object by the program");
  if (!Reflect.has(target.fake, key)) {
    if (target.source !== null)
      machine.tracer.addGuard({ kind: "NOT_PRESENT", source: target.source, key });
    return undefinedVariable;
  }
  const method = findMethod(target, key);
  if (method !== null) {
    // The program may yet give this object, or all tensors, another method.
    const { source } = target;
    if (source !== null)
      machine.tracer.addGuard({
        kind: "ID_MATCH",
        source: { kind: "member", base: source, key },
        value: method.value,
      });
    return method;
  }
  if (!capturableProperties.has(key))
    return unsupported("it needs the tensor's data or its object");
  if (key === "shape") return shapeOf(machine.tracer, target);
  const read = (tensor: Tensor): unknown => Reflect.get(tensor, key);
  const value = runFake(() => read(target.fake));
  const { shapes, unbacked } = machine.tracer;
  const call = { fn: read, receiver: null, args: [{ kind: "tensor", fake: target.fake }] } as const;
  if (unbacked.isUnbacked(target.fake)) {
    const problem = unbacked.check(call, value);
    if (problem !== null) return unsupported(problem);
  }
  if (shapes.isDynamic(target.fake) && key !== "dtype" && key !== "device") {
    shapes.addCall({ name: String(key), ...call }, value, machine.tracer.guardPlace);
  }
  if (value instanceof Tensor) {
    if (value === target.fake) return target;
    const { graph } = machine.tracer;
    return new TensorVariable(
      value,
      graph.getItem(machine.tracer.nodeOf(target), key, value, machine.place()),
      null,
      null,
    );
  }
  return new ConstantVariable(value);
}

const capturableProperties: ReadonlySet<PropertyKey> = new Set([
  "shape",
  "dtype",
  "device",
  "ndim",
  "requires_grad",
  "is_leaf",
  "T",
  "mT",
  "H",
  "mH",
  "itemsize",
  "nbytes",
]);

/** Methods that give the elements as JavaScript values. */
const copying: ReadonlySet<string> = new Set(["toTypedArray", "toJSON"]);

function findMethod(target: TensorVariable, key: PropertyKey): InGraphVariable | null {
  let holder: object | null = Tensor.prototype;
  while (holder !== null && !Object.hasOwn(holder, key))
    holder = Object.getPrototypeOf(holder) as object | null;
  const descriptor = holder === null ? undefined : Object.getOwnPropertyDescriptor(holder, key);
  const fn: unknown = descriptor?.value;
  if (typeof fn !== "function") return null;
  const known = findInGraph(fn);
  if (known !== null) return new InGraphVariable(fn, known);
  const method = String(key);
  const context = `call_method TensorVariable() ${method}`;
  if (copying.has(method)) return breakGraph("tensorToArray", { method }, context, target);
  if (method === "requires_grad_") return breakGraph("requiresGradCall", {}, context);
  return breakGraph("unhandledTensorMethod", { method }, context);
}

const owners = new WeakMap<ArrayVariable, TensorVariable>();

/** The tensor that an array is the shape of: two shapes are one array exactly if their tensors are one. */
export const shapeOwner = (variable: ArrayVariable): TensorVariable | null =>
  owners.get(variable) ?? null;

/** The same array for the same tensor, as in eager, for as long as the shape stays. */
export function shapeOf(tracer: Tracer, target: TensorVariable): ArrayVariable {
  const { shape } = target.fake;
  const known = shapes.get(target);
  if (known?.of === shape) return known.variable;
  const variable = new ArrayVariable({
    items: shape.map((_, dim) => sizeOf(tracer, target, dim)),
    frozen: true,
  });
  shapes.set(target, { of: shape, variable });
  owners.set(variable, target);
  return variable;
}

/** A size of a tensor: a number that varies if the tensor's sizes may. */
export function sizeOf(tracer: Tracer, target: TensorVariable, dim: number): Variable {
  const { fake, source } = target;
  const hint = fake.shape[dim] ?? NaN;
  if (tracer.unbacked.isUnbackedDim(fake, dim)) {
    // What is known of a size of an input holds in all sub-graphs.
    const graph = source === null ? tracer.graph : tracer.rootGraph;
    const node = graph.size(tracer.nodeOf(target), dim, undefined);
    return tracer.number({
      kind: "leaf",
      leaf: { kind: "node", node, type: "number", isSize: true },
    });
  }
  if (!tracer.shapes.isDynamic(fake)) return new ConstantVariable(hint);
  const dims = tracer.dynamicDims.get(fake);
  if (dims !== undefined && !dims.includes(dim)) return new ConstantVariable(hint);
  if (source === null)
    return tracer.number({ kind: "leaf", leaf: { kind: "size", tensor: target, dim, hint } });
  const place: Source = { kind: "size", base: source, dim };
  return tracer.number({
    kind: "leaf",
    leaf: { kind: "source", source: place, hint, fromTensor: false },
  });
}

/** The number of elements: the product of the sizes. */
export function elementCountOf(tracer: Tracer, target: TensorVariable): Variable {
  const sizes = target.fake.shape.map((_, dim) =>
    scalarExpression(tracer.force(sizeOf(tracer, target, dim))),
  );
  const product = sizes.reduce<Expression<NumberLeaf> | null>(
    (left, right) =>
      left === null || right === null ? null : { kind: "binary", operator: "*", left, right },
    { kind: "constant", value: 1 },
  );
  return product === null ? new ConstantVariable(target.fake.numel()) : tracer.number(product);
}
