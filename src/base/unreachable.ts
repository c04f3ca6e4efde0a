import { InternalError } from "./errors.ts";

/** The `default` of an exhaustive switch: a new kind fails to compile at the call, and throws if it gets here anyway. */
export function unreachable(value: never): never {
  throw new InternalError(`unreachable case: ${JSON.stringify(value)}`);
}
