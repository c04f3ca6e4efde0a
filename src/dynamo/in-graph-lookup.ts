import { lazy } from "../base/lazy.ts";
import { inGraphFunctions, type InGraphFunction, tensorMethods } from "../api/in-graph.ts";
import { customOpOf } from "../api/custom-op.ts";
import { leafName } from "./leaf-function.ts";
import { isAllowedInGraph } from "./opaque-functions.ts";
import { Tensor } from "../api/tensor.ts";

/** A function whose calls become nodes, as the interpreter needs to know it. */
export interface CapturableFunction {
  /** As graphs print it: `torch.sin`, or `sin` for a method. */
  readonly name: string;
  readonly isMethod: boolean;
  /** Changes one of its arguments. */
  readonly mutates: boolean;
  /** Does something besides giving its result, so that a call counts though nothing uses the result. */
  readonly hasEffects: boolean;
  /** May throw for some data though the metadata is right: an index out of range, a custom operator's own error. */
  readonly mayThrow: boolean;
  /** Code of the program runs where the graph calls it, and may look at modes. */
  readonly runsProgram: boolean;
  /** What a number means at a position (the receiver counts) or under an option's name. */
  parameterKind(position: number | string): string;
}

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

const capturableFunctions: () => ReadonlyMap<unknown, CapturableFunction> = lazy(() => {
  const found = new Map<unknown, CapturableFunction>();
  for (const [name, method] of tensorMethods()) {
    const value: unknown = Object.getOwnPropertyDescriptor(Tensor.prototype, name)?.value;
    if (typeof value === "function" && !method.isProperty)
      found.set(value, new ApiFunction(method, name, true));
  }
  for (const [value, fn] of inGraphFunctions())
    found.set(value, new ApiFunction(fn, fn.name, false));
  for (const name of metadataMethods) {
    const value: unknown = Reflect.get(Tensor.prototype, name);
    if (typeof value === "function") found.set(value, metadataMethod(name));
  }
  for (const name of ["item", "tolist"] as const)
    found.set(Tensor.prototype[name], metadataMethod(name));
  return found;
});

const metadataMethod = (name: string): CapturableFunction => ({
  name,
  isMethod: true,
  mutates: false,
  hasEffects: false,
  mayThrow: false,
  runsProgram: false,
  parameterKind: () => "int",
});

/** A function of the public surface; the table is asked when the interpreter meets a call of it. */
class ApiFunction implements CapturableFunction {
  readonly runsProgram = false;
  readonly name: string;
  readonly isMethod: boolean;
  readonly #fn: InGraphFunction;

  constructor(fn: InGraphFunction, name: string, isMethod: boolean) {
    this.#fn = fn;
    this.name = name;
    this.isMethod = isMethod;
  }

  get mutates(): boolean {
    return this.#fn.mutates;
  }

  get hasEffects(): boolean {
    return this.#fn.mutates;
  }

  get mayThrow(): boolean {
    return this.#fn.overloads.some((op) => op.checksData);
  }

  parameterKind(position: number | string): string {
    const { parameters } = this.#fn;
    if (typeof position === "string")
      return parameters.find((parameter) => parameter.name === position)?.kind ?? "structure";
    const offset = this.isMethod ? 1 : 0;
    const parameter = parameters[position - offset] ?? parameters.at(-1);
    return position < offset ? "tensor" : (parameter?.kind ?? "structure");
  }
}

const opaqueFunction = (name: string, hasEffects: boolean): CapturableFunction => ({
  name,
  isMethod: false,
  mutates: false,
  hasEffects,
  mayThrow: true,
  runsProgram: true,
  parameterKind: () => "structure",
});

export function findInGraph(fn: Function): CapturableFunction | null {
  const known = capturableFunctions().get(fn);
  if (known !== undefined) return known;
  if (isAllowedInGraph(fn)) return opaqueFunction(fn.name || "allowed_function", false);
  const leaf = leafName(fn);
  if (leaf !== null) return opaqueFunction(leaf, true);
  const custom = customOpOf(fn);
  if (custom === null) return null;
  return {
    name: `torch.ops.${custom.namespace}.${custom.name}`,
    isMethod: false,
    mutates: custom.mutates_args.length > 0,
    hasEffects: custom.mutates_args.length > 0,
    mayThrow: true,
    runsProgram: true,
    parameterKind: (position) =>
      typeof position === "number" && custom.parameters[position]?.type === "float"
        ? "scalar"
        : "structure",
  };
}
