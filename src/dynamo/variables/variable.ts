import type { Expression, Scalar } from "../../symbolic/expression.ts";
import type { Tensor } from "../../api/tensor.ts";
import type { Node } from "../../fx/node.ts";
import type { Code } from "../bytecode/code.ts";
import type { Builtin } from "../builtins/builtin.ts";
import type { CapturableFunction } from "../in-graph-lookup.ts";
import type { PrivateName } from "../source/private-name.ts";
import { isProxy } from "../interpreter/exotic-object.ts";
import type { GeneratorVariable, ProtocolVariable } from "./iterator-variables.ts";
import type { Source } from "./source.ts";

/**
 * What the symbolic interpreter knows about a value of the program.
 * A variable with a source exists outside the captured region already; one without was made inside it.
 */
export type Variable =
  | LazyVariable
  | ConstantVariable
  | NumberVariable
  | TensorVariable
  | ArrayVariable
  | ObjectVariable
  | MapVariable
  | SetVariable
  | UserFunctionVariable
  | ClosureVariable
  | BuiltinVariable
  | InGraphVariable
  | BoundFunctionVariable
  | CursorVariable
  | GeneratorVariable
  | ProtocolVariable
  | TemplateVariable
  | OpaqueVariable;

export type VariableKind = Variable["kind"];

let births = 0;
/** When a variable was made: tells what a branch of a higher-order operator made itself from what it found. */
export const nextBirth = (): number => births++;

/** A value from outside that nothing has looked at yet: it has no guard, and costs nothing if it stays unused. */
export class LazyVariable {
  readonly kind = "lazy";
  forced: ForcedVariable | null = null;
  readonly value: unknown;
  readonly source: Source;
  constructor(value: unknown, source: Source) {
    this.value = value;
    this.source = source;
  }
}
export type ForcedVariable = Exclude<Variable, LazyVariable>;

/** A primitive, or an object that only its identity matters of (a dtype, a symbol registry entry, an engine object). */
export class ConstantVariable {
  readonly kind = "constant";
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** A number or boolean whose value may change from call to call. */
export class NumberVariable {
  readonly kind = "number";
  readonly expression: Expression<NumberLeaf>;
  /** The value in the call being captured; undefined when only running the graph tells it. */
  readonly hint: Scalar | undefined;
  constructor(expression: Expression<NumberLeaf>, hint: Scalar | undefined) {
    this.expression = expression;
    this.hint = hint;
  }
}

/**
 * `source`: read from outside at entry. `item`: `tensor.item()`, run natively at the end of the segment.
 * `size`: a size of a tensor that the graph makes, which varies with the sizes of its inputs. `node`: computed inside the graph.
 */
export type NumberLeaf =
  | {
      readonly kind: "source";
      readonly source: Source;
      readonly hint: Scalar;
      readonly fromTensor: boolean;
    }
  | { readonly kind: "item"; readonly tensor: TensorVariable }
  | {
      readonly kind: "size";
      readonly tensor: TensorVariable;
      readonly dim: number;
      readonly hint: number;
    }
  | {
      readonly kind: "node";
      readonly node: Node;
      readonly type: "number" | "boolean";
      /** A size of a tensor: whole and not negative. */
      readonly isSize?: boolean;
    };

/** A tensor: a fake one while capturing; `node` once it takes part in the graph. */
export class TensorVariable {
  readonly kind = "tensor";
  readonly birth = nextBirth();
  readonly fake: Tensor;
  node: Node | null;
  readonly source: Source | null;
  readonly value: Tensor | null;
  /** Out of an operator that may hand back a tensor it was given: only running it tells which tensors are one. */
  mayAlias = false;
  constructor(fake: Tensor, node: Node | null, source: Source | null, value: Tensor | null) {
    this.fake = fake;
    this.node = node;
    this.source = source;
    this.value = value;
  }
}

/** An ordinary array (or `arguments` object). `null` items are holes. */
export class ArrayVariable {
  readonly kind = "array";
  readonly birth = nextBirth();
  /** null until something looks inside an array from outside. */
  items: (Variable | null)[] | null;
  /** What was pushed while nothing had looked inside: a list that grows by a call needs no guard on its length. */
  readonly appended: Variable[] = [];
  readonly source: Source | null;
  readonly value: readonly unknown[] | null;
  /** Own properties beside the elements, as named tuples have. */
  readonly named: ReadonlyMap<string, Variable>;
  readonly flavour: "array" | "arguments";
  frozen: boolean;
  constructor(init: {
    readonly items?: (Variable | null)[];
    readonly source?: Source;
    readonly value?: readonly unknown[];
    readonly named?: ReadonlyMap<string, Variable>;
    readonly flavour?: "array" | "arguments";
    readonly frozen?: boolean;
  }) {
    this.items = init.items ?? null;
    this.source = init.source ?? null;
    this.value = init.value ?? null;
    this.named = init.named ?? new Map();
    this.flavour = init.flavour ?? "array";
    this.frozen = init.frozen ?? false;
  }
}

/** A property that the captured region wrote, or that an object made inside it has. */
export type PropertySlot =
  | { readonly kind: "data"; readonly value: Variable; readonly enumerable: boolean }
  | {
      readonly kind: "accessor";
      readonly get: Variable | null;
      readonly set: Variable | null;
      readonly enumerable: boolean;
    }
  | { readonly kind: "deleted" };

/** How an Error was made inside the region. */
export interface MadeError {
  readonly constructor: Function;
  /** The class that was constructed, where that extends `constructor`. */
  readonly newTarget?: Function;
  readonly message: Variable | null;
}

/** A plain object or an instance of a class written in JavaScript: only ordinary internal methods (ECMA-262 §10.1). */
export class ObjectVariable {
  readonly kind = "object";
  readonly birth = nextBirth();
  /** Complete for an object made inside the region; otherwise only what the region wrote. */
  readonly properties = new Map<PropertyKey, PropertySlot>();
  /** Keys of an object from outside that were deleted and then written again: they are last in order now. */
  readonly recreated = new Set<PropertyKey>();
  /** What the region wrote to private fields. */
  readonly privates = new Map<PrivateName, Variable>();
  readonly prototype: object | null;
  readonly source: Source | null;
  readonly value: object | null;
  /** The constructor and arguments of an Error made inside the region. */
  readonly error: MadeError | null;
  frozen = false;
  constructor(init: {
    readonly prototype: object | null;
    readonly source?: Source;
    readonly value?: object;
    readonly error?: MadeError;
  }) {
    this.prototype = init.prototype;
    this.source = init.source ?? null;
    this.value = init.value ?? null;
    this.error = init.error ?? null;
  }
}

export interface MapEntry {
  readonly key: Variable;
  readonly value: Variable;
}

export class MapVariable {
  readonly kind = "map";
  readonly birth = nextBirth();
  entries: MapEntry[] | null;
  readonly source: Source | null;
  readonly value: ReadonlyMap<unknown, unknown> | null;
  constructor(
    entries: MapEntry[] | null,
    source: Source | null,
    value: ReadonlyMap<unknown, unknown> | null,
  ) {
    this.entries = entries;
    this.source = source;
    this.value = value;
  }
}

export class SetVariable {
  readonly kind = "set";
  readonly birth = nextBirth();
  keys: Variable[] | null;
  readonly source: Source | null;
  readonly value: ReadonlySet<unknown> | null;
  constructor(keys: Variable[] | null, source: Source | null, value: ReadonlySet<unknown> | null) {
    this.keys = keys;
    this.source = source;
    this.value = value;
  }
}

/** A function object from outside that is written in JavaScript; calls to it are inlined. */
export class UserFunctionVariable {
  readonly kind = "function";
  readonly value: Function;
  readonly source: Source | null;
  constructor(value: Function, source: Source | null) {
    this.value = value;
    this.source = source;
  }
}

/** A function made inside the region: it becomes a real function only if it escapes. */
export class ClosureVariable {
  readonly kind = "closure";
  readonly birth = nextBirth();
  readonly parent: Code;
  readonly child: number;
  readonly captures: readonly CellVariable[];
  readonly frame: ClosureFrame;
  /** The name that the place of creation gives an anonymous function. */
  name: string | null;
  readonly properties = new Map<PropertyKey, PropertySlot>();
  constructor(
    parent: Code,
    child: number,
    captures: readonly CellVariable[],
    frame: ClosureFrame,
    name: string | null,
  ) {
    this.parent = parent;
    this.child = child;
    this.captures = captures;
    this.frame = frame;
    this.name = name;
  }
}
/** What an arrow function takes from the frame that made it. */
export interface ClosureFrame {
  readonly thisValue: Variable;
  readonly newTarget: Variable;
}

/** A function of the engine that the interpreter has a rule for. */
export class BuiltinVariable {
  readonly kind = "builtin";
  readonly value: Function;
  readonly builtin: Builtin;
  constructor(value: Function, builtin: Builtin) {
    this.value = value;
    this.builtin = builtin;
  }
}

/** A `torch.*` function or Tensor method: a call to it becomes a node of the graph. */
export class InGraphVariable {
  readonly kind = "inGraph";
  readonly value: Function;
  readonly function: CapturableFunction;
  constructor(value: Function, capturable: CapturableFunction) {
    this.value = value;
    this.function = capturable;
  }
  get name(): string {
    return this.function.name;
  }
  get isMethod(): boolean {
    return this.function.isMethod;
  }
}

export class BoundFunctionVariable {
  readonly kind = "bound";
  readonly target: Variable;
  readonly thisValue: Variable;
  readonly args: readonly Variable[];
  constructor(target: Variable, thisValue: Variable, args: readonly Variable[]) {
    this.target = target;
    this.thisValue = thisValue;
    this.args = args;
  }
}

/** What an iteration goes over; arrays, Maps and Sets are iterated live. */
export type IterationMode = "keys" | "values" | "entries";

/** Where an iteration is; the iterator object and the record of a loop over it share it. */
export interface CursorState {
  readonly over: ArrayVariable | MapVariable | SetVariable;
  readonly mode: IterationMode;
  /** For the keys of `for (k in object)`: keys deleted meanwhile are left out. */
  readonly keysOf: Variable | null;
  /** Where the iteration stood when the region began, if that varies; `index` counts from there. */
  readonly start: Expression<NumberLeaf> | null;
  index: number;
  done: boolean;
  /** True once the program itself holds the iterator object: a loop that leaves it does not end it. */
  shared: boolean;
  readonly birth: number;
}

/** Whether two records of one loop stand at the same place. */
export const isSamePlace = (a: CursorVariable, b: CursorVariable): boolean =>
  a.state.over === b.state.over &&
  a.state.index === b.state.index &&
  a.state.done === b.state.done &&
  a.current === b.current;

/** A built-in iterator: `object` as the program sees it, `record` as a loop holds it. */
export class CursorVariable {
  readonly kind = "cursor";
  readonly flavour: "object" | "record";
  readonly state: CursorState;
  /** What the last step of a record found. */
  current: Variable | null = null;
  /** A record of its own at the same place; null where the program holds the iterator, too. */
  copy(): CursorVariable | null {
    const { over, mode, index, done, keysOf, start, shared } = this.state;
    if (shared) return null;
    const copy = new CursorVariable({
      over,
      mode,
      flavour: this.flavour,
      index,
      done,
      ...(keysOf === null ? {} : { keysOf }),
      ...(start === null ? {} : { start }),
    });
    copy.current = this.current;
    return copy;
  }

  constructor(
    init:
      | {
          readonly over: CursorState["over"];
          readonly mode: IterationMode;
          readonly flavour: "object" | "record";
          readonly index?: number;
          readonly done?: boolean;
          readonly keysOf?: Variable;
          readonly start?: Expression<NumberLeaf>;
        }
      | CursorVariable,
  ) {
    if (init instanceof CursorVariable) {
      this.flavour = "record";
      this.state = init.state;
      this.state.shared = true;
      return;
    }
    this.flavour = init.flavour;
    this.state = {
      over: init.over,
      mode: init.mode,
      keysOf: init.keysOf ?? null,
      start: init.start ?? null,
      index: init.index ?? 0,
      done: init.done ?? false,
      shared: init.flavour === "object",
      birth: nextBirth(),
    };
  }
}

/** A string with holes that only the running graph can fill: `loss ${loss}`. */
export class TemplateVariable {
  readonly kind = "template";
  readonly parts: readonly (string | Variable)[];
  constructor(parts: readonly (string | Variable)[]) {
    this.parts = parts;
  }
}

/** A value that the interpreter does not look into: any use of it is a graph break. */
export class OpaqueVariable {
  readonly kind = "opaque";
  readonly value: unknown;
  readonly source: Source;
  readonly description: string;
  constructor(value: unknown, source: Source, description: string) {
    this.value = value;
    this.source = source;
    this.description = description;
  }
}

/** A variable binding that closures share (ECMA-262 §9.1.1.1 declarative environment record, one binding). */
export class CellVariable {
  readonly kind = "cell";
  readonly birth = nextBirth();
  readonly name: string;
  /** The cell object at run time, for cells that exist outside the region. */
  readonly source: Source | null;
  #content: Variable | null;
  #read: (() => Variable | null) | null = null;
  /** No such variable exists anywhere: `typeof` says "undefined", reading throws. */
  isUnresolvable = false;
  /** A global variable defined by a getter or setter, which only the program's own uses may run. */
  isAccessor = false;
  /** Of a global variable: whether an assignment only sets its value. */
  isAssignable: (() => boolean) | null = null;

  constructor(name: string, content: Variable | null, source: Source | null) {
    this.name = name;
    this.#content = content;
    this.source = source;
  }

  /** A cell from outside; its content is read when something asks for it. */
  static outside(name: string, source: Source, read: () => Variable | null): CellVariable {
    const cell = new CellVariable(name, null, source);
    cell.#read = read;
    return cell;
  }

  /** null: not initialised yet (temporal dead zone). */
  get content(): Variable | null {
    if (this.#read !== null) {
      const read = this.#read;
      this.#read = null;
      this.#content = read();
    }
    return this.#content;
  }

  set content(value: Variable | null) {
    this.#read = null;
    this.#content = value;
  }
}

export const undefinedVariable = new ConstantVariable(undefined);

const printedNames = {
  lazy: "LazyVariable",
  constant: "ConstantVariable",
  number: "SymNumberVariable",
  tensor: "TensorVariable",
  array: "ArrayVariable",
  object: "UserObjectVariable",
  map: "MapVariable",
  set: "SetVariable",
  function: "UserFunctionVariable",
  closure: "NestedFunctionVariable",
  builtin: "BuiltinVariable",
  inGraph: "TorchInGraphFunctionVariable",
  bound: "BoundFunctionVariable",
  cursor: "IteratorVariable",
  generator: "LocalGeneratorObjectVariable",
  protocol: "UserIteratorVariable",
  template: "StringFormatVariable",
  opaque: "OpaqueVariable",
} as const satisfies Record<VariableKind, string>;

/** How messages name a variable: `TensorVariable()`, `ConstantVariable(3)`. */
export function describeVariable(variable: Variable): string {
  const shown = variable.kind === "lazy" && variable.forced !== null ? variable.forced : variable;
  switch (shown.kind) {
    case "constant":
      return `ConstantVariable(${describeValue(shown.value)})`;
    case "builtin":
      return `BuiltinVariable(${shown.builtin.name})`;
    case "inGraph":
      return `TorchInGraphFunctionVariable(${shown.name})`;
    case "function":
      return `UserFunctionVariable(${shown.value.name})`;
    case "opaque":
      return `OpaqueVariable(${shown.description})`;
    default:
      return `${printedNames[shown.kind]}()`;
  }
}

export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name === "" ? "anonymous function" : value.name;
  if (typeof value === "object" && value !== null) return classNameOf(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Looked up without running getters or traps of the program: naming a value must not be noticed. */
export function classNameOf(value: object): string {
  for (let link: object | null = value; link !== null && !isProxy(link);) {
    const constructor: unknown = Object.getOwnPropertyDescriptor(link, "constructor")?.value;
    if (typeof constructor === "function" && !isProxy(constructor)) {
      const name: unknown = Object.getOwnPropertyDescriptor(constructor, "name")?.value;
      if (typeof name === "string") return name;
    }
    link = Object.getPrototypeOf(link) as object | null; // [[Prototype]] is an object or null (§10.1.1)
  }
  return "object";
}

const userNames = {
  lazy: "a value from outside",
  constant: "a constant",
  number: "a number that varies",
  tensor: "a Tensor",
  array: "an array",
  object: "an object",
  map: "a Map",
  set: "a Set",
  function: "a function",
  closure: "a function",
  builtin: "a function of the engine",
  inGraph: "a torch function",
  bound: "a bound function",
  cursor: "an iterator",
  generator: "a generator",
  protocol: "an iterator",
  template: "a string with tensor data",
  opaque: "a value that is not looked into",
} as const satisfies Record<VariableKind, string>;

/** How explanations and hints name a value: `a Set`, `a Date`, `the string "x"`. */
export function describeForUser(variable: Variable): string {
  const shown = variable.kind === "lazy" && variable.forced !== null ? variable.forced : variable;
  if (shown.kind === "opaque") return withArticle(shown.description);
  if (shown.kind === "constant") return `\`${describeValue(shown.value)}\``;
  if (shown.kind === "object" && shown.prototype !== null && shown.prototype !== Object.prototype) {
    const name = shown.prototype.constructor?.name ?? "";
    return name === "" ? "an object" : withArticle(name);
  }
  return userNames[shown.kind];
}

const withArticle = (noun: string): string => `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
