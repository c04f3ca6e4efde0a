import { isObject } from "../../base/is-object.ts";

const host: unknown = Reflect.get(globalThis, "process");

const getterOf = (value: object, key: PropertyKey): unknown =>
  Object.getOwnPropertyDescriptor(value, key)?.get;

/** The getters of Node.js, as they were before anything could be put in their place. */
const getters: ReadonlyMap<PropertyKey, unknown> = new Map(
  isObject(host) ? ["stdout", "stderr"].map((name) => [name, getterOf(host, name)] as const) : [],
);

/** Whether `value[key]` is `process.stdout` or `process.stderr`: a getter that always gives the same stream. */
export const isStandardStream = (value: object, key: PropertyKey): boolean =>
  value === host && getters.get(key) !== undefined && getterOf(value, key) === getters.get(key);
