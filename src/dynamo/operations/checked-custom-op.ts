import { checkAliasing, tensorsIn } from "../../api/check-custom-op.ts";
import { customOpOf } from "../../api/custom-op.ts";
import { withDynamicSizes } from "../../api/fake-context.ts";
import { RuntimeError } from "../../base/errors.ts";
import { fakeTensor, metaOf, runFake } from "../../core/fake-tensor.ts";
import { leafName } from "../leaf-function.ts";
import { isTensor, stateOf } from "../../core/tensor.ts";

/** What a fake says of a result; sizes that only running the operator tells are left out. */
interface Promised {
  readonly text: string;
  readonly sizesMayVary: boolean;
}

/** So many promises are remembered for one place in a graph. */
const maximumPromises = 64;

/**
 * A custom operator, or a leaf function, as a graph calls it. What was captured relies on what the fake said: where the implementation gives
 * something else, going on would be silently wrong. Where sizes vary the fake is asked again for each of them.
 */
export function checkedCustomOp(op: Function, captured: unknown, sizesVary: boolean): Function {
  const promises = new Map<string, Promised>();
  const fixed: Promised = { text: describeResult(captured), sizesMayVary: false };
  const promisedFor = (args: readonly unknown[]): Promised => {
    const key = describeArguments(args);
    let promised = promises.get(key);
    if (promised === undefined) {
      promised = promisedResult(op, args);
      if (promises.size >= maximumPromises) promises.clear();
      promises.set(key, promised);
    }
    return promised;
  };
  const checked = (...args: readonly unknown[]): unknown => {
    const promised = sizesVary ? promisedFor(args) : fixed;
    const result: unknown = Reflect.apply(op, undefined, args);
    checkPromise(op, promised, result);
    // Custom operators check that themselves; eager code may call a leaf function that hands its argument back.
    const leaf = leafName(op);
    if (leaf !== null) checkAliasing(leaf, tensorsIn(args), tensorsIn(result));
    return result;
  };
  Object.defineProperty(checked, "name", { value: op.name });
  return checked;
}

export function checkPromise(op: Function, promised: Promised, result: unknown): void {
  const given = describeResult(result, promised.sizesMayVary);
  if (given === promised.text) return;
  const record = customOpOf(op);
  const name = record === null ? leafName(op) : `${record.namespace}::${record.name}`;
  throw new RuntimeError(
    `${name}: the function given to register_fake says that the result is ${promised.text}, but the implementation gave ${given}. ` +
      "What is captured relies on the fake: change it to give what the implementation gives (torch.library.opcheck compares them).",
  );
}

/** What the fake says for these arguments. */
export function promisedResult(op: Function, args: readonly unknown[]): Promised {
  const fakes = args.map(fakeOf);
  const [low, high] = (["low", "high"] as const).map((choice) =>
    withDynamicSizes(choice, () => runFake((): unknown => Reflect.apply(op, undefined, fakes))),
  );
  const sizesMayVary = describeResult(low) !== describeResult(high);
  return { text: describeResult(low, sizesMayVary), sizesMayVary };
}

function fakeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fakeOf);
  return isTensor(value) ? fakeTensor(metaOf(value)) : value;
}

const describeArguments = (value: unknown): string =>
  Array.isArray(value)
    ? `(${value.map(describeArguments).join()})`
    : isTensor(value)
      ? describeResult(value)
      : JSON.stringify(value) + String(value);

/** What a capture relies on of a result, the same text for results that are alike. */
export function describeResult(value: unknown, sizesMayVary = false): string {
  if (Array.isArray(value))
    return `(${value.map((item) => describeResult(item, sizesMayVary)).join(", ")})`;
  if (!isTensor(value)) return value === undefined || value === null ? "nothing" : typeof value;
  const { dtype, shape, strides } = stateOf(value);
  if (sizesMayVary) return `a ${dtype.name} tensor with ${shape.length} dimensions`;
  // A dimension of one element has no stride that matters.
  const steps = strides.map((stride, dim) => ((shape[dim] ?? 0) > 1 ? stride : "any"));
  const layout = shape.includes(0) ? "" : ` with strides (${steps.join(", ")})`;
  return `a ${dtype.name} tensor of size (${shape.join(", ")})${layout}`;
}
