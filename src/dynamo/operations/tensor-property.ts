import { runFake } from "../../core/fake-tensor.ts";
import { Tensor } from "../../api/tensor.ts";
import { findInGraph } from "../in-graph-lookup.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  ArrayVariable,
  ConstantVariable,
  InGraphVariable,
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
  const method = findMethod(key);
  if (method !== null) return method;
  if (!capturableProperties.has(key))
    return unsupported("it needs the tensor's data or its object");
  if (key === "shape") return shapeOf(target);
  const value = runFake(() => Reflect.get(target.fake, key) as unknown);
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

function findMethod(key: PropertyKey): Variable | null {
  let holder: object | null = Tensor.prototype;
  while (holder !== null && !Object.hasOwn(holder, key))
    holder = Object.getPrototypeOf(holder) as object | null;
  const descriptor = holder === null ? undefined : Object.getOwnPropertyDescriptor(holder, key);
  const fn: unknown = descriptor?.value;
  if (typeof fn !== "function") return null;
  const known = findInGraph(fn);
  if (known !== null) return new InGraphVariable(fn, known);
  return breakGraph(
    "unhandledTensorMethod",
    { method: String(key) },
    `call_method TensorVariable() ${String(key)}`,
  );
}

const owners = new WeakMap<ArrayVariable, TensorVariable>();

/** The tensor that an array is the shape of: two shapes are one array exactly if their tensors are one. */
export const shapeOwner = (variable: ArrayVariable): TensorVariable | null =>
  owners.get(variable) ?? null;

/** The same array for the same tensor, as in eager, for as long as the shape stays. */
export function shapeOf(target: TensorVariable): ArrayVariable {
  const { shape } = target.fake;
  const known = shapes.get(target);
  if (known?.of === shape) return known.variable;
  const variable = new ArrayVariable({
    items: shape.map((size) => new ConstantVariable(size)),
    frozen: true,
  });
  shapes.set(target, { of: shape, variable });
  owners.set(variable, target);
  return variable;
}
