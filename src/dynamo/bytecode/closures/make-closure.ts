/** Real functions and classes for the children of a frame, sharing its cells. */

import type { Variable } from "../parse/scope.ts";
import { appendElement } from "../append-element.ts";
import { type BindingCell, Cell } from "../cell.ts";
import type { Child, Code } from "../code.ts";
import { isVariableName } from "../codegen/identifier.ts";
import { syntaxOf } from "../lower/source-of.ts";
import { withPristineBuiltins } from "../pristine-builtins.ts";
import { apply, isObject } from "../intrinsics.ts";
import {
  canPassByValue,
  type ClosureFactory,
  compileFactory,
  type GivenName,
  type Passing,
} from "./closure-factory.ts";

/** What the frame gives to arrow functions and classes in it. */
export interface LexicalFrame {
  readonly this: unknown;
  readonly newTarget: unknown;
}

export interface ClosureOptions {
  /** The name that an anonymous function or class gets. Methods need one. */
  readonly name?: PropertyKey | null;
  /** Captures that are plain globals: used by bare name. */
  readonly globalNames?: ReadonlySet<string> | undefined;
}

/** What is known of a function that `makeClosure` made. */
export interface ClosureInfo {
  readonly child: Child;
  /** Its bytecode; null where it is opaque. */
  readonly code: Code | null;
  /** Aligned with `child.captures` and `code.captures`. */
  readonly captures: readonly BindingCell[];
  /** `this` and `new.target` of the frame that made it: what an arrow function uses. */
  readonly frame: LexicalFrame;
}

/**
 * Marks closures in a private field: unlike an entry of a WeakMap it costs the garbage collector nothing (0.01 µs
 * instead of 3 µs a closure, bench: residual code, callbacks), and the program cannot see it.
 */
const Mark = class extends (function give(object: object) {
  return object;
} as unknown as new (object: object) => object) {
  readonly #info: ClosureInfo;

  constructor(closure: object, info: ClosureInfo) {
    super(closure);
    this.#info = info;
  }

  static infoOf(value: object): ClosureInfo | null {
    return #info in value ? value.#info : null;
  }
};

export function closureInfo(value: unknown): ClosureInfo | null {
  return isObject(value) ? Mark.infoOf(value) : null;
}

/** @param captures cells aligned with the child's `captures` */
export function makeClosure(
  code: Code,
  childIndex: number,
  captures: readonly BindingCell[],
  frame: LexicalFrame,
  options: ClosureOptions = {},
): unknown {
  const child = code.children[childIndex];
  if (child === undefined)
    throw new Error(`${code.name} has ${code.children.length} children, asked for ${childIndex}`);
  const name = options.name ?? null;
  const site = siteOf(child);
  const entry = siteEntry(site, captures, name, options.globalNames);
  const closure = callFactory(entry, captures, frame);
  if (isObject(closure)) markClosure(closure, child, captures, frame);
  return closure;
}

/** Notes what a closure is that generated code made. Gives the closure back. */
export function markClosure(
  closure: object,
  child: Child,
  captures: readonly BindingCell[],
  frame: LexicalFrame,
): object {
  new Mark(closure, new FrameClosure(child, captures, frame));
  return closure;
}

/** Lowers the child only when somebody asks for its code. */
class FrameClosure implements ClosureInfo {
  readonly child: Child;
  readonly captures: readonly BindingCell[];
  readonly frame: LexicalFrame;

  constructor(child: Child, captures: readonly BindingCell[], frame: LexicalFrame) {
    this.child = child;
    this.captures = captures;
    this.frame = frame;
  }

  get code(): Code | null {
    return this.child.code;
  }
}

/** A compiled factory, for the names and the states of the captures it was made for. */
interface SiteEntry {
  readonly name: PropertyKey | null;
  readonly passing: readonly Passing[];
  readonly factory: ClosureFactory;
}

/** What is known of one function or class in the source. */
interface ClosureSite {
  readonly child: Child;
  readonly variables: readonly Variable[];
  readonly factories: Map<string, ClosureFactory>;
  /** The one that served last: nearly always the one that serves next. */
  latest: SiteEntry | null;
}

const sites = new WeakMap<Child, ClosureSite>();

function siteOf(child: Child): ClosureSite {
  let site = sites.get(child);
  if (site === undefined) {
    site = { child, variables: syntaxOf(child).variables, factories: new Map(), latest: null };
    sites.set(child, site);
  }
  return site;
}

function siteEntry(
  site: ClosureSite,
  captures: readonly BindingCell[],
  name: PropertyKey | null,
  globalNames: ReadonlySet<string> | undefined,
): SiteEntry {
  const { variables, latest } = site;
  let isLatest = latest !== null && latest.name === name;
  const passing: Passing[] = [];
  for (let i = 0; i < variables.length; i++) {
    const how = passingOf(site, i, captures[i], globalNames);
    if (isLatest && latest?.passing[i] === how) continue;
    if (isLatest) for (let k = 0; k < i; k++) appendElement(passing, latest?.passing[k] ?? "cell");
    isLatest = false;
    appendElement(passing, how);
  }
  if (isLatest && latest !== null) return latest;
  const entry = { name, passing, factory: factoryOf(site, passing, name) };
  site.latest = entry;
  return entry;
}

function passingOf(
  { child, variables }: ClosureSite,
  index: number,
  cell: BindingCell | undefined,
  globalNames: ReadonlySet<string> | undefined,
): Passing {
  const variable = variables[index];
  if (variable === undefined || cell === undefined)
    throw new Error(`no cell for capture ${index} of ${child.name}`);
  if (
    variable.kind === "outer" &&
    globalNames?.has(variable.name) === true &&
    isVariableName(variable.name)
  )
    return "global";
  if (!(cell instanceof Cell) || !cell.isInitialized) return "cell";
  return canPassByValue(variable) ? "value" : "initialized";
}

/** With few captures as an ordinary call, which the engine can look through. */
function callFactory(
  { factory, passing, name }: SiteEntry,
  captures: readonly BindingCell[],
  { this: receiver, newTarget }: LexicalFrame,
): unknown {
  const given = (i: number): unknown => {
    const cell = captures[i];
    return passing[i] === "value" && cell instanceof Cell ? cell.raw : cell;
  };
  switch (passing.length) {
    case 0:
      return factory(receiver, newTarget, name);
    case 1:
      return factory(receiver, newTarget, name, given(0));
    case 2:
      return factory(receiver, newTarget, name, given(0), given(1));
    default: {
      const args: unknown[] = [receiver, newTarget, name];
      for (let i = 0; i < passing.length; i++) appendElement(args, given(i));
      return apply(factory, undefined, args);
    }
  }
}

/** Beyond this many different names a child's name is taken as computed. */
const literalNameLimit = 8;

function factoryOf(
  { child, factories }: ClosureSite,
  passing: readonly Passing[],
  name: PropertyKey | null,
): ClosureFactory {
  const isLiteral = typeof name === "string" && factories.size < literalNameLimit;
  const given: GivenName =
    name === null
      ? { kind: "none" }
      : isLiteral
        ? { kind: "literal", value: name }
        : { kind: "computed" };
  let key = "";
  for (let i = 0; i < passing.length; i++) key += passing[i];
  key += ` ${given.kind} ${given.kind === "literal" ? given.value : ""}`;
  let factory = factories.get(key);
  if (factory === undefined) {
    factory = withPristineBuiltins(() => compileFactory(child, passing, given));
    factories.set(key, factory);
  }
  return factory;
}
