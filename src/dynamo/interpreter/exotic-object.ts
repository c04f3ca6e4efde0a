import { nodeBuiltin } from "../../base/node-builtin.ts";

/** An ES module namespace, or the object that a module runner or a bundler uses in its place. */
export const isModuleNamespace = (value: object): boolean =>
  !isProxy(value) && // a Proxy's traps would see the questions that follow
  (Object.getPrototypeOf(value) === null // else a getter of the program may answer
    ? Object.prototype.toString.call(value) === "[object Module]"
    : isBundledNamespace(value));

/** Found to be one, with how many members: these cannot be replaced, but others could be added. */
const bundledNamespaces = new WeakMap<object, number>();

/** esbuild and Rolldown write `export * as name` as an object with a getter for each variable of the module. */
function isBundledNamespace(value: object): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  const names = Object.keys(value);
  if (names.length === 0 || bundledNamespaces.get(value) === names.length) return names.length > 0;
  if (!names.every((name) => isLiveBinding(Object.getOwnPropertyDescriptor(value, name))))
    return false;
  bundledNamespaces.set(value, names.length);
  return true;
}

const isLiveBinding = (member: PropertyDescriptor | undefined): boolean =>
  member !== undefined &&
  member.set === undefined &&
  member.configurable === false &&
  readsVariable(member.get);

const functionText = Function.prototype.toString;

/** A getter that does nothing but give a variable's value, so that calling it is not noticed. */
const readsVariable = (getter: (() => unknown) | undefined): boolean =>
  getter !== undefined &&
  /^(?:\(\) ?=> ?|function ?\(\) ?\{ ?return )[\w$]+(?:;? ?\})?$/.test(functionText.call(getter));

const types = nodeBuiltin("util")?.types;

/** Browsers cannot tell a Proxy from its target; there an object only has to look ordinary. */
export const isProxy = (value: object): boolean => types?.isProxy(value) ?? false;

/** Whether a property that an ordinary object lacks would be asked of a Proxy among its prototypes, or it is one. */
export function reachesProxy(value: object): boolean {
  for (let link: object | null = value; link !== null;) {
    if (isProxy(link)) return true;
    link = Object.getPrototypeOf(link) as object | null; // [[Prototype]] is an object or null (§10.1.1)
  }
  return false;
}
