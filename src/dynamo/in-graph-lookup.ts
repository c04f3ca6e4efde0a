import { inGraphFunctions, type InGraphFunction, tensorMethods } from "../api/in-graph.ts";
import { customOpOf } from "../api/custom-op.ts";
import { isAllowedInGraph } from "./opaque-functions.ts";
import { Tensor } from "../api/tensor.ts";

/** A function whose calls become nodes, as the interpreter needs to know it. */
export interface CapturableFunction {
  /** As graphs print it: `torch.sin`, or `sin` for a method. */
  readonly name: string;
  readonly isMethod: boolean;
  /** Changes one of its arguments. */
  readonly mutates: boolean;
  /** May throw for some data though the metadata is right: an index out of range, a custom operator's own error. */
  readonly mayThrow: boolean;
  /** What a number means at a position (the receiver counts) or under an option's name. */
  parameterKind(position: number | string): string;
}

const methods = new Map<Function, CapturableFunction>();
for (const [name, method] of tensorMethods) {
  const value: unknown = Object.getOwnPropertyDescriptor(Tensor.prototype, name)?.value;
  if (typeof value === "function" && !method.isProperty)
    methods.set(value, capturable(method, name, true));
}

const functions = new Map<unknown, CapturableFunction>();
for (const [value, fn] of inGraphFunctions) functions.set(value, capturable(fn, fn.name, false));

/** Metadata methods of every tensor: they answer from what is guarded and add nothing to the graph. */
const metadataMethods = [
  "dim",
  "numel",
  "size",
  "stride",
  "element_size",
  "is_contiguous",
  "is_floating_point",
] as const;
for (const name of metadataMethods) {
  const value: unknown = Reflect.get(Tensor.prototype, name);
  if (typeof value === "function") {
    methods.set(value, {
      name,
      isMethod: true,
      mutates: false,
      mayThrow: false,
      parameterKind: () => "int",
    });
  }
}
methods.set(Tensor.prototype.item, {
  name: "item",
  isMethod: true,
  mutates: false,
  mayThrow: false,
  parameterKind: () => "int",
});

function capturable(fn: InGraphFunction, name: string, isMethod: boolean): CapturableFunction {
  const offset = isMethod ? 1 : 0;
  return {
    name,
    isMethod,
    mutates: fn.mutates,
    mayThrow: fn.overloads.some((op) => op.checksData),
    parameterKind: (position) => {
      if (typeof position === "string")
        return fn.parameters.find((parameter) => parameter.name === position)?.kind ?? "structure";
      const parameter = fn.parameters[position - offset] ?? fn.parameters.at(-1);
      return position < offset ? "tensor" : (parameter?.kind ?? "structure");
    },
  };
}

export function findInGraph(fn: Function): CapturableFunction | null {
  const known = functions.get(fn) ?? methods.get(fn);
  if (known !== undefined) return known;
  if (isAllowedInGraph(fn)) {
    return {
      name: fn.name === "" ? "allowed_function" : fn.name,
      isMethod: false,
      mutates: false,
      mayThrow: true,
      parameterKind: () => "structure",
    };
  }
  const custom = customOpOf(fn);
  if (custom === null) return null;
  return {
    name: `torch.ops.${custom.namespace}.${custom.name}`,
    isMethod: false,
    mutates: custom.mutates_args.length > 0,
    mayThrow: true,
    parameterKind: (position) =>
      typeof position === "number" && custom.parameters[position]?.type === "float"
        ? "scalar"
        : "structure",
  };
}
