/** State of lowering one function: its unit, slots of variables, children, and the control constructs around the current point. */

import type { AnyNode, Identifier, VariableDeclaration } from "acorn";
import type { Capture, Child, Code, Span } from "../code.ts";
import type { Instruction } from "../instructions/table.ts";
import {
  type Analysis,
  constantGlobal,
  type Reference,
  type Scope,
  type Unit,
  type Variable,
} from "../parse/scope.ts";
import { UnsupportedSyntax } from "../unsupported-syntax.ts";
import type { DerivedThis } from "./derived-constructor.ts";
import { type Draft, Emitter, Label } from "./emitter.ts";

/** What a jump out of a statement has to pass on its way, outermost first. */
export type Control =
  /** A place that `break` or `continue` can go to. */
  | {
      readonly kind: "place";
      readonly labels: readonly string[];
      readonly breakTo: Label | null;
      readonly continueTo: Label | null;
      /** True if a `break` without a label means it. */
      readonly takesPlainBreak: boolean;
    }
  /** A `for…of` in progress: leaving closes the iterator. */
  | {
      readonly kind: "iterator";
      readonly slot: number;
      readonly isAsync: boolean;
      readonly regionCount: number;
    }
  /** A `try` with `finally`: leaving runs it first. */
  | {
      readonly kind: "finally";
      readonly token: number;
      readonly value: number;
      readonly entry: Label;
      readonly regionCount: number;
      readonly exits: Exit[];
    };

/** Where an abrupt completion is going; `controlCount` is how many controls stay around it. */
export interface Exit {
  readonly to: Label | "return";
  readonly controlCount: number;
}

/** What the function tree shares. */
export interface Source {
  readonly analysis: Analysis;
  /** What was parsed; node offsets point into it. */
  readonly parsedText: string;
  /** The function's own text. */
  readonly text: string;
  readonly base: number;
}

export type ChildFactory = (
  node: AnyNode,
  unit: Unit,
  captures: readonly Capture[],
  options: ChildOptions,
) => Child;

export interface ChildOptions {
  readonly methodKind: "method" | "getter" | "setter" | null;
}

export class Lowering {
  readonly source: Source;
  readonly unit: Unit;
  readonly emitter = new Emitter();
  readonly controls: Control[] = [];
  readonly children: Child[] = [];
  readonly captures: readonly Variable[];
  readonly #slots = new Map<Variable, number>();
  readonly #makeChild: ChildFactory;
  readonly suspends: Code["suspends"];
  /** Of the constructor of a class that extends another: where its `this` comes from. */
  derived: DerivedThis | null = null;
  /** Labels of the statement about to be lowered. */
  pendingLabels: readonly string[] = [];

  constructor(
    source: Source,
    unit: Unit,
    makeChild: ChildFactory,
    suspends: Code["suspends"] = null,
  ) {
    this.suspends = suspends;
    this.source = source;
    this.unit = unit;
    this.captures = [...unit.captures.keys()];
    this.#makeChild = makeChild;
  }

  emit(node: AnyNode, draft: Draft): void {
    this.emitter.emit(this.spanOf(node), draft);
  }

  spanOf(node: AnyNode): Span {
    return { start: node.start - this.source.base, end: node.end - this.source.base };
  }

  unsupported(node: AnyNode, construct: string): never {
    const { start, end } = this.spanOf(node);
    throw new UnsupportedSyntax(construct, start, end);
  }

  // ---- variables

  reference(identifier: Identifier): Reference {
    const reference = this.source.analysis.references.get(identifier);
    if (reference === undefined)
      throw new Error(`no reference was recorded for ${identifier.name} at ${identifier.start}`);
    return reference;
  }

  slotOf(variable: Variable): number {
    let slot = this.#slots.get(variable);
    if (slot === undefined) {
      slot = this.emitter.allocate(
        variable.name,
        variable.isCaptured,
        variable.kind !== "arguments",
      );
      this.#slots.set(variable, slot);
    }
    return slot;
  }

  isOwn(variable: Variable): boolean {
    return variable.scope.unit === this.unit;
  }

  captureIndex(variable: Variable): number {
    const index = this.captures.indexOf(variable);
    if (index < 0) throw new Error(`${variable.name} is not among the captures`);
    return index;
  }

  /** Makes the slots of a scope's variables: cells, and dead zones where a reference may come too early. */
  enterScope(node: AnyNode, scope: Scope): void {
    for (const variable of scope.variables.values()) {
      const slot = this.slotOf(variable);
      if (variable.isCaptured) {
        this.emit(node, {
          op: "createCell",
          slot,
          name: variable.name,
          initialized: !variable.hasDeadZone,
        });
      } else if (variable.needsCheck) this.emit(node, { op: "markUninitialized", slot });
    }
  }

  /** Gives a block scope's slots back for sibling scopes. */
  leaveScope(scope: Scope): void {
    for (const variable of scope.variables.values()) {
      const slot = this.#slots.get(variable);
      if (slot === undefined) continue;
      this.emitter.release(slot);
      this.#slots.delete(variable);
    }
  }

  scopeOf(node: AnyNode): Scope | null {
    return this.source.analysis.scopes.get(node) ?? null;
  }

  loadVariable(node: AnyNode, variable: Variable): void {
    const constant = constantGlobal(variable);
    if (constant !== null) this.emit(node, { op: "pushConstant", value: constant.value });
    else if (!this.isOwn(variable)) {
      this.emit(node, { op: "loadCapture", capture: this.captureIndex(variable) });
    } else if (variable.isCaptured)
      this.emit(node, { op: "loadCell", slot: this.slotOf(variable) });
    else {
      this.checkInitialized(node, variable);
      this.emit(node, { op: "loadLocal", slot: this.slotOf(variable) });
    }
  }

  checkInitialized(node: AnyNode, variable: Variable): void {
    if (variable.needsCheck)
      this.emit(node, { op: "checkInitialized", slot: this.slotOf(variable), name: variable.name });
  }

  /** Pops the value into a variable that is being declared. */
  initializeVariable(node: AnyNode, variable: Variable): void {
    const slot = this.slotOf(variable);
    this.emit(
      node,
      variable.isCaptured ? { op: "initializeCell", slot } : { op: "storeLocal", slot },
    );
  }

  /** Pops the value into a variable by assignment. */
  assignVariable(node: AnyNode, variable: Variable): void {
    if (variable.kind === "const" || variable.kind === "ownName") {
      // The value is evaluated first, then the dead zone is checked, then the assignment fails.
      this.emit(node, { op: "pop" });
      if (variable.kind === "ownName" && !this.unit.isStrict) return;
      if (!this.isOwn(variable) || variable.isCaptured) {
        this.loadVariable(node, variable);
        this.emit(node, { op: "pop" });
      } else this.checkInitialized(node, variable);
      this.emit(node, { op: "throwConstantAssignment", name: variable.name });
    } else if (!this.isOwn(variable)) {
      // Only of a variable around the compiled text it is unknown whether it exists and may be assigned.
      const isLoose = variable.kind === "outer" && !this.unit.isStrict;
      const op = isLoose ? "storeCaptureLoosely" : "storeCapture";
      this.emit(node, { op, capture: this.captureIndex(variable) });
    } else if (variable.isCaptured)
      this.emit(node, { op: "storeCell", slot: this.slotOf(variable) });
    else {
      this.checkInitialized(node, variable);
      this.emit(node, { op: "storeLocal", slot: this.slotOf(variable) });
    }
  }

  /** True if `let`/`const`/`class`: its declaration initializes, while `var` assigns. */
  declares(declaration: VariableDeclaration): boolean {
    return declaration.kind !== "var";
  }

  // ---- children

  /** Registers a nested function or class and gives its index. */
  addChild(node: AnyNode, options: ChildOptions): number {
    const unit = this.source.analysis.units.get(node);
    if (unit === undefined) throw new Error("a nested function has no unit");
    const captures = [...unit.captures.values()].map(({ variable, isAssigned }): Capture => ({
      name: variable.name,
      from: this.isOwn(variable)
        ? { kind: "local", slot: this.slotOf(variable) }
        : { kind: "capture", index: this.captureIndex(variable) },
      assigned: isAssigned,
    }));
    this.children.push(this.#makeChild(node, unit, captures, options));
    return this.children.length - 1;
  }

  /** A jump instruction to a label. */
  jump(
    node: AnyNode,
    op: Extract<Instruction, { readonly target: number }>["op"] & JumpOp,
    target: Label,
  ): void {
    this.emit(node, { op, target });
  }

  /** Whether the frame can be left by its caller in the middle: handlers must let that by. */
  get isGenerator(): boolean {
    return this.suspends === "generator" || this.suspends === "asyncGenerator";
  }

  label(): Label {
    return new Label();
  }
}

export type JumpOp =
  | "jump"
  | "jumpIfTrue"
  | "jumpIfFalse"
  | "jumpIfFalseOrPop"
  | "jumpIfTrueOrPop"
  | "jumpIfNotNullishOrPop"
  | "jumpIfDefinedOrPop"
  | "jumpIfNullish"
  | "jumpIfMethodNullish";
