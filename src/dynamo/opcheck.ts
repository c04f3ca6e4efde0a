import { customOpOf, type CustomOpRecord } from "../api/custom-op.ts";
import { Tensor } from "../api/tensor.ts";
import { RuntimeError, ValueError } from "../base/errors.ts";
import { copyElements, copyStored } from "../core/elements.ts";
import { stateOf } from "../core/tensor.ts";
import { emptyTensor } from "../core/make-tensor.ts";
import { eager } from "./backends.ts";
import { checkPromise, describeResult, promisedResult } from "./operations/checked-custom-op.ts";
import { CompiledFunction } from "./units/compiled-function.ts";

/** A custom operator does not do what its declaration says. */
export class OpCheckError extends RuntimeError {
  static {
    Object.defineProperty(this.prototype, "name", {
      value: "OpCheckError",
      configurable: true,
      writable: true,
    });
  }
}

type Operator = (...args: readonly unknown[]) => unknown;
type OpCheck = (record: CustomOpRecord, op: Operator, args: readonly unknown[]) => void;

/** Each throws an error that says what is wrong. */
const checks = {
  test_schema: checkSchema,
  test_faketensor: checkFake,
  test_aot_dispatch_dynamic: checkCompiled,
} as const satisfies Record<string, OpCheck>;
type OpCheckName = keyof typeof checks;

export type OpCheckResults = { readonly [Name in OpCheckName]?: "SUCCESS" | OpCheckError };

export interface OpCheckOptions {
  /** The tests to make; default all of them. */
  readonly test_utils?: readonly OpCheckName[];
  /** False: errors are among the results instead of thrown. */
  readonly raise_exception?: boolean;
}

/**
 * `torch.library.opcheck`: whether a custom operator does what its declaration says, for these arguments. `test_schema`:
 * it changes only what `mutates_args` names, and results share no memory with arguments. `test_faketensor`: its fake gives
 * the metadata of what the implementation gives. `test_aot_dispatch_dynamic`: compiled it does the same, for other sizes too.
 *
 * @returns for each test "SUCCESS" or the error.
 * @throws OpCheckError for the first test that fails, unless `raise_exception` is false.
 * @example
 * ```ts
 * const twice = torch.library.custom_op(
 *   "demo::twice", { schema: "(Tensor x) -> Tensor", mutates_args: [] },
 *   (x: torch.Tensor) => x.mul(2),
 * );
 * twice.register_fake((x) => torch.empty_like(x));
 * torch.library.opcheck(twice, [torch.ones(3)]);
 * ```
 * @see https://docs.pytorch.org/docs/stable/library.html
 */
export function opcheck(
  op: Function,
  args: readonly unknown[],
  options: OpCheckOptions = {},
): OpCheckResults {
  const record = typeof op === "function" ? customOpOf(op) : null;
  if (record === null)
    throw new ValueError("opcheck needs an operator that torch.library.custom_op gave");
  const results: Record<string, "SUCCESS" | OpCheckError> = {};
  for (const name of options.test_utils ?? (Object.keys(checks) as OpCheckName[])) {
    const check = Object.hasOwn(checks, name) ? checks[name] : null;
    if (check === null)
      throw new ValueError(
        `opcheck has no test "${name}"; the tests are ${Object.keys(checks).join(", ")}`,
      );
    const error = failureOf(() => check(record, op as Operator, args), name); // its arguments are checked by itself
    if (error !== null && (options.raise_exception ?? true)) throw error;
    results[name] = error ?? "SUCCESS";
  }
  return results;
}

function failureOf(check: () => void, name: string): OpCheckError | null {
  try {
    check();
    return null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return new OpCheckError(`${name}: ${message}`, { cause: error });
  }
}

function checkSchema(record: CustomOpRecord, op: Operator, args: readonly unknown[]): void {
  const given = args.map(copyOf);
  const before = given.map(copyOf);
  op(...given); // refuses results that share memory with arguments
  for (const [index, parameter] of record.parameters.entries()) {
    if (record.mutates_args.includes(parameter.name) || isSame(given[index], before[index]))
      continue;
    throw new RuntimeError(
      `${nameOf(record)} changed its argument ${parameter.name}, but mutates_args names ${record.mutates_args.length === 0 ? "none" : record.mutates_args.join(", ")}. Name it there, or change a clone() of it.`,
    );
  }
}

function checkFake(record: CustomOpRecord, op: Operator, args: readonly unknown[]): void {
  if (!record.hasFake())
    throw new RuntimeError(`There was no fake impl registered for ${nameOf(record)}`);
  checkPromise(op, promisedResult(op, args), op(...args.map(copyOf)));
}

function checkCompiled(record: CustomOpRecord, op: Operator, args: readonly unknown[]): void {
  // The operator is an argument: how a variable around this function is reached is no part of the check.
  const call = (operator: Operator, ...given: readonly unknown[]): unknown => operator(...given);
  const compiled = new CompiledFunction(
    call,
    { fullgraph: true, dynamic: true, recompileLimit: null },
    eager,
    "eager",
  );
  const other = args.map(resized);
  for (const inputs of accepts(op, other) ? [args, other] : [args]) {
    const [forEager, forCompiled] = [inputs.map(copyOf), inputs.map(copyOf)];
    const expected = op(...forEager);
    const actual = compiled.call(undefined, [op, ...forCompiled]);
    const differs = !isSame(actual, expected);
    if (differs || !isSame(forCompiled, forEager)) {
      throw new RuntimeError(
        `${nameOf(record)} ${differs ? "gives another result" : "changes its arguments in another way"} when it is compiled, for ${inputs.map((input) => describeResult(input)).join(", ")}`,
      );
    }
  }
}

const nameOf = ({ namespace, name }: CustomOpRecord): string => `${namespace}::${name}`;

function accepts(op: Operator, args: readonly unknown[]): boolean {
  try {
    op(...args.map(copyOf));
    return true;
  } catch {
    return false; // the sizes of one argument may have to follow from another's numbers
  }
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  return value instanceof Tensor ? value.clone() : value;
}

/** The same with every size above 1 one larger, its elements repeated: sizes that were equal stay equal. */
function resized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resized);
  if (!(value instanceof Tensor)) return value;
  const shape = value.shape.map((size) => (size > 1 ? size + 1 : size));
  const larger = emptyTensor(shape, value.dtype, null, { fake: false });
  const [from, to] = [copyStored(value), stateOf(larger).storage.array];
  for (let index = 0; index < to.length; index++) Reflect.set(to, index, from[index % from.length]);
  return larger;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!(a instanceof Tensor) || !(b instanceof Tensor)) return Object.is(a, b);
  if (describeResult(a) !== describeResult(b)) return false;
  const [left, right] = [copyElements(a), copyElements(b)];
  for (let index = 0; index < left.length; index++)
    if (!Object.is(left[index], right[index])) return false;
  return true;
}
