import { ValueError } from "../base/errors.ts";

type AnyFunction = (this: never, ...args: never[]) => unknown;

const inGraph = new WeakSet<Function>();
const constantResults = new WeakSet<Function>();
const substitutes = new WeakMap<Function, Function>();

export const isAllowedInGraph = (fn: Function): boolean => inGraph.has(fn);
export const hasConstantResult = (fn: Function): boolean => constantResults.has(fn);
/** What is interpreted in the place of a function, or null. */
export const substituteOf = (fn: Function): Function | null => substitutes.get(fn) ?? null;

function checkFunction(name: string, fn: unknown): asserts fn is Function {
  if (typeof fn !== "function")
    throw new TypeError(`torch.compiler.${name} needs a function, but got ${typeof fn}`);
}

/**
 * `torch.compiler.allow_in_graph`: a call to the function becomes one node of the graph, and is not looked into.
 * While capturing it runs once on tensors without data. What it changes outside itself, and values it closes over, are
 * not guarded: that is the caller's promise.
 *
 * @throws TypeError if `fn` is not a function.
 * @example
 * ```ts
 * const scaled = torch.compiler.allow_in_graph((x: torch.Tensor) => x.mul(2).add(1));
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch.compiler.allow_in_graph.html
 */
export function allow_in_graph<Fn extends AnyFunction>(fn: Fn): Fn {
  checkFunction("allow_in_graph", fn);
  inGraph.add(fn);
  return fn;
}

/**
 * `torch._dynamo.nonstrict_trace`: like `allow_in_graph`; arguments and results may be arrays and plain objects of tensors.
 * Graph breaks inside the function do not count, since it is not looked into.
 *
 * @throws TypeError if `fn` is not a function.
 * @see https://docs.pytorch.org/docs/stable/generated/torch._dynamo.nonstrict_trace.html
 */
export function nonstrict_trace<Fn extends AnyFunction>(fn: Fn): Fn {
  checkFunction("nonstrict_trace", fn);
  inGraph.add(fn);
  return fn;
}

/**
 * `torch.compiler.assume_constant_result`: the function is called once while capturing, and its result is taken for granted
 * from then on, without a guard.
 *
 * @throws TypeError if `fn` is not a function.
 * @example
 * ```ts
 * const deviceCount = torch.compiler.assume_constant_result(() => 1);
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch.compiler.assume_constant_result.html
 */
export function assume_constant_result<Fn extends AnyFunction>(fn: Fn): Fn {
  checkFunction("assume_constant_result", fn);
  constantResults.add(fn);
  return fn;
}

/**
 * `torch.compiler.substitute_in_graph`: compiled code looks into the decorated function wherever the program calls
 * `original`, which has no source of its own. Both must do the same.
 *
 * @throws TypeError if the two take different numbers of arguments, unless `skip_signature_check`; ValueError if
 *   `original` has a substitute already.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.compiler.substitute_in_graph.html
 */
export function substitute_in_graph(
  original: AnyFunction,
  options: { readonly skip_signature_check?: boolean } = {},
): <Fn extends AnyFunction>(substitute: Fn) => Fn {
  checkFunction("substitute_in_graph", original);
  return (substitute) => {
    checkFunction("substitute_in_graph", substitute);
    if (substitutes.has(original))
      throw new ValueError(`there is already a substitute for ${original.name} in graphs`);
    if (options.skip_signature_check !== true && original.length !== substitute.length) {
      throw new TypeError(
        `the substitute of ${original.name} must take as many arguments: ${original.length}, not ${substitute.length}`,
      );
    }
    substitutes.set(original, substitute);
    return substitute;
  };
}
