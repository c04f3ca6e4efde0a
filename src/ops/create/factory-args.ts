/** The keyword arguments every function that makes a tensor takes. */
import { arg } from "../arg.ts";

export const factoryArgs = {
  dtype: arg.optional(arg.dtype),
  device: arg.optional(arg.device),
  requires_grad: arg.withDefault(arg.bool, false),
} as const;
