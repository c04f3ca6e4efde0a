import { didYouMean } from "./did-you-mean.ts";
import { environmentVariable } from "./environment-variable.ts";

/** One configuration flag: everything the project knows about it. */
export type Flag = { readonly doc: string; readonly env?: string } & (
  | { readonly kind: "boolean"; readonly default: boolean }
  | { readonly kind: "int"; readonly default: number }
  | { readonly kind: "optionalString"; readonly default: string | null }
  | {
      readonly kind: "choice";
      readonly choices: readonly [string, ...string[]];
      readonly default: string;
    }
  | { readonly kind: "functionSet" }
);

export type FlagTable = Readonly<Record<string, Flag>>;

/** The type of a flag's value, by the flag's kind. */
interface FlagValues {
  readonly boolean: boolean;
  readonly int: number;
  readonly optionalString: string | null;
  readonly choice: string;
  readonly functionSet: Set<Function>;
}

/** The flags of a table as plain readable and writable properties. */
export type ConfigValues<T extends FlagTable> = {
  -readonly [Name in keyof T]: T[Name] extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : FlagValues[T[Name]["kind"]];
};

/** The operations every configuration object has beside its flags. */
export interface ConfigOperations<T extends FlagTable> {
  /** Gives every flag its default again: that of the environment where it sets one. */
  reset(): void;
  /** Runs `fn` with some flags overridden; what a promise returned by `fn` does is covered too. */
  patch<Result>(overrides: Partial<ConfigValues<T>>, fn: () => Result): Result;
}

export type Config<T extends FlagTable> = ConfigValues<T> & ConfigOperations<T>;

/**
 * Makes the configuration object of a table of flags. `path` is what users write to reach it
 * ("torch._dynamo.config"); it appears in the error messages.
 */
export function defineConfig<const T extends FlagTable>(path: string, table: T): Config<T> {
  const flags = new Map<string, Flag>(Object.entries(table));
  const values = new Map<string, unknown>();
  const reset = (): void => {
    for (const [name, flag] of flags) values.set(name, initialValue(path, name, flag));
  };
  const assign = (name: string, value: unknown): void => {
    const flag = flags.get(name);
    if (flag === undefined) throw unknownFlag(path, name, flags.keys());
    checkValue(path, name, flag, value);
    values.set(name, value);
  };
  const patch = (overrides: Readonly<Record<string, unknown>>, fn: () => unknown): unknown => {
    const saved = new Map<string, unknown>();
    const restore = (): void => saved.forEach((value, name) => values.set(name, value));
    for (const name of Object.keys(overrides)) saved.set(name, values.get(name));
    let result: unknown;
    try {
      for (const [name, value] of Object.entries(overrides)) assign(name, value);
      result = fn();
    } catch (error) {
      restore();
      throw error;
    }
    if (result instanceof Promise) return result.finally(restore);
    restore();
    return result;
  };
  reset();
  const config: object = Object.create(unknownNameTrap(path, flags));
  for (const name of flags.keys()) {
    Object.defineProperty(config, name, {
      enumerable: true,
      get: () => values.get(name),
      set: (value: unknown) => {
        assign(name, value);
      },
    });
  }
  Object.defineProperty(config, "reset", { value: reset });
  Object.defineProperty(config, "patch", { value: patch });
  // The loop above defined exactly the properties of `ConfigValues<T>`, checked on every write.
  return Object.preventExtensions(config) as Config<T>;
}

// As prototype of the configuration object: own accessors stay plain properties, only misses come here.
function unknownNameTrap(path: string, flags: ReadonlyMap<string, Flag>): object {
  return new Proxy(Object.prototype, {
    get(target, name) {
      // Names that the language and printers probe for on any object are simply absent.
      if (typeof name === "symbol" || name in target || name === "then" || name === "toJSON") {
        return Reflect.get(target, name);
      }
      throw unknownFlag(path, name, flags.keys());
    },
    set(_target, name) {
      throw unknownFlag(path, String(name), flags.keys());
    },
  });
}

function unknownFlag(path: string, name: string, known: Iterable<string>): TypeError {
  return new TypeError(`${path}.${name} does not exist.${didYouMean(name, known)}`);
}

function initialValue(path: string, name: string, flag: Flag): unknown {
  if (flag.kind === "functionSet") return new Set<Function>();
  const text = flag.env === undefined ? undefined : environmentVariable(flag.env);
  if (text === undefined || text === "") return flag.default;
  const origin = `environment variable ${flag.env} (${path}.${name})`;
  switch (flag.kind) {
    case "boolean": {
      const value = booleanWords.get(text.toLowerCase());
      if (value === undefined) throw new TypeError(`${origin} must be 1 or 0, but is "${text}"`);
      return value;
    }
    case "int": {
      const value = Number(text);
      if (!Number.isSafeInteger(value))
        throw new TypeError(`${origin} must be an integer, but is "${text}"`);
      return value;
    }
    case "optionalString":
      return text;
    case "choice":
      if (!flag.choices.includes(text))
        throw new TypeError(`${origin} must be ${oneOf(flag.choices)}, but is "${text}"`);
      return text;
  }
}

const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false],
]);

function checkValue(path: string, name: string, flag: Flag, value: unknown): void {
  const rule = flag.kind === "choice" ? ruleOfChoices(flag.choices) : valueRules[flag.kind];
  if (rule.accepts(value)) return;
  throw new TypeError(`${path}.${name} must be ${rule.expected}, but got ${describe(value)}`);
}

interface ValueRule {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

function ruleOfChoices(choices: readonly string[]): ValueRule {
  return {
    expected: oneOf(choices),
    accepts: (value) => typeof value === "string" && choices.includes(value),
  };
}

function oneOf(choices: readonly string[]): string {
  return choices.map((choice) => `"${choice}"`).join(" or ");
}

const valueRules: Record<Exclude<Flag["kind"], "choice">, ValueRule> = {
  boolean: { expected: "a boolean", accepts: (value) => typeof value === "boolean" },
  int: { expected: "an integer", accepts: (value) => Number.isSafeInteger(value) },
  optionalString: {
    expected: "a string or null",
    accepts: (value) => value === null || typeof value === "string",
  },
  functionSet: {
    expected: "a Set of functions",
    accepts: (value) =>
      value instanceof Set && [...value].every((member) => typeof member === "function"),
  },
};

function describe(value: unknown): string {
  if (typeof value === "string") return `the string "${value}"`;
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return `an object of class ${value.constructor?.name ?? "Object"}`;
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  return `the ${typeof value} ${String(value)}`;
}
