/** What kernels may find wrong with their data, by the numbers they report it with. */
import { InternalError, RuntimeError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { KernelFailure } from "../../runtime/kernel-failure.ts";
import { boundsError } from "../bounds-error.ts";
import type { BoundsFailure } from "../expression.ts";

/** Why a kernel gives up. */
export type Failure =
  | { readonly kind: "bounds"; readonly failure: BoundsFailure }
  | { readonly kind: "zeroDivision" };

export const failureKinds = { bounds: 1, zeroDivision: 2 } as const;

/** Failures of bounds by number, for as long as kernels that report them may run. */
const boundsFailures: BoundsFailure[] = [];

/** The number under which a kernel reports a failure; the same for failures that read the same. */
export function failureId(failure: Failure): number {
  if (failure.kind === "zeroDivision") return 0;
  const { error, message } = failure.failure;
  const known = boundsFailures.findIndex(
    (other) => other.error === error && other.message === message,
  );
  return known >= 0 ? known : boundsFailures.push(failure.failure) - 1;
}

/** The error that a reported failure means. */
export function errorOf({ kind, id, index, size }: KernelFailure): Error {
  switch (kind) {
    case failureKinds.bounds:
      return boundsError(at(boundsFailures, id), Number(index), Number(size));
    case failureKinds.zeroDivision:
      return new RuntimeError("ZeroDivisionError");
    default:
      return new InternalError(`a kernel reports a failure of unknown kind ${kind}`);
  }
}
