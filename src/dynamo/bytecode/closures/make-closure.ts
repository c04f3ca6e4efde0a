/** Real functions and classes for the children of a frame, sharing its cells. */

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

const infos = new WeakMap<object, ClosureInfo>();

export function closureInfo(value: unknown): ClosureInfo | null {
  return isObject(value) ? (infos.get(value) ?? null) : null;
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
  const { passing, captured } = passCaptures(child, captures, frame, options);
  const factory = factoryOf(child, passing, options.name ?? null);
  const closure = apply(factory, undefined, captured);
  if (isObject(closure)) infos.set(closure, new FrameClosure(child, captures, frame));
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

interface PassedCaptures {
  readonly passing: readonly Passing[];
  /** All arguments of the factory. */
  readonly captured: readonly unknown[];
}

function passCaptures(
  child: Child,
  captures: readonly BindingCell[],
  frame: LexicalFrame,
  { name, globalNames }: ClosureOptions,
): PassedCaptures {
  const variables = syntaxOf(child).variables;
  const passing: Passing[] = [];
  const captured: unknown[] = [frame.this, frame.newTarget, name ?? null];
  for (let i = 0; i < variables.length; i++) {
    const variable = variables[i];
    const cell = captures[i];
    if (variable === undefined || cell === undefined)
      throw new Error(`no cell for capture ${i} of ${child.name}`);
    if (
      variable.kind === "outer" &&
      globalNames?.has(variable.name) === true &&
      isVariableName(variable.name)
    ) {
      appendElement(passing, "global");
      appendElement(captured, cell);
    } else if (cell instanceof Cell && cell.isInitialized && canPassByValue(variable)) {
      appendElement(passing, "value");
      appendElement(captured, cell.raw);
    } else {
      const isInitialized = cell instanceof Cell && cell.isInitialized;
      appendElement(passing, isInitialized ? "initialized" : "cell");
      appendElement(captured, cell);
    }
  }
  return { passing, captured };
}

const factories = new WeakMap<Child, Map<string, ClosureFactory>>();

/** Beyond this many different names a child's name is taken as computed. */
const literalNameLimit = 8;

function factoryOf(
  child: Child,
  passing: readonly Passing[],
  name: PropertyKey | null,
): ClosureFactory {
  let known = factories.get(child);
  if (known === undefined) {
    known = new Map();
    factories.set(child, known);
  }
  const isLiteral = typeof name === "string" && known.size < literalNameLimit;
  const given: GivenName =
    name === null
      ? { kind: "none" }
      : isLiteral
        ? { kind: "literal", value: name }
        : { kind: "computed" };
  let key = "";
  for (let i = 0; i < passing.length; i++) key += passing[i];
  key += ` ${given.kind} ${given.kind === "literal" ? given.value : ""}`;
  let factory = known.get(key);
  if (factory === undefined) {
    factory = withPristineBuiltins(() => compileFactory(child, passing, given));
    known.set(key, factory);
  }
  return factory;
}
