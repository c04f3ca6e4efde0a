import { nodeBuiltin } from "../../base/node-builtin.ts";

/** An ES module namespace, or the object that a module runner uses in its place. */
export const isModuleNamespace = (value: object): boolean =>
  !isProxy(value) && // a Proxy's traps would see the questions that follow
  Object.getPrototypeOf(value) === null && // else a getter of the program may answer
  Object.prototype.toString.call(value) === "[object Module]";

const types = nodeBuiltin("util")?.types;

/** Browsers cannot tell a Proxy from its target; there an object only has to look ordinary. */
export const isProxy = (value: object): boolean => types?.isProxy(value) ?? false;
