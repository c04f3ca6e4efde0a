import type { ObjectVariable } from "../variables/variable.ts";

/** V8 gives every Error a property `stack` of its own, which exists once the Error does: after the region. */
export const isErrorStack = (target: ObjectVariable, key: PropertyKey): boolean =>
  target.error !== null && key === "stack";
