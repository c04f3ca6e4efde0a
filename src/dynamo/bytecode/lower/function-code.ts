/** `Code` as lowering makes it: tables are checked here and derived facts computed on demand. */

import type { Pattern } from "acorn";
import type { Capture, Child, Code, CodeKind, Local, Region, Span } from "../code.ts";
import type { Instruction } from "../instructions/table.ts";
import { findInitializedCells } from "../initialized-cells.ts";
import { computeLiveness } from "../liveness.ts";
import type { Unit } from "../parse/scope.ts";
import { computeStackDepths } from "./stack-depth.ts";

export interface CodeFacts {
  readonly name: string;
  readonly text: string;
  readonly span: Span;
  readonly kind: CodeKind;
  readonly suspends: Code["suspends"];
  readonly isStrict: boolean;
  readonly parameters: readonly Pattern[];
  readonly instructions: readonly Instruction[];
  readonly spans: readonly Span[];
  readonly draftRegions: readonly Region[];
  readonly locals: readonly Local[];
  readonly captures: readonly Capture[];
  readonly children: readonly Child[];
  readonly classBody: Code["classBody"];
  readonly unit: Unit;
}

const none: ReadonlySet<number> = new Set();

export class FunctionCode implements Code {
  readonly name: string;
  readonly text: string;
  readonly span: Span;
  readonly kind: CodeKind;
  readonly suspends: Code["suspends"];
  readonly isStrict: boolean;
  readonly parameterCount: number;
  readonly length: number;
  readonly instructions: readonly Instruction[];
  readonly spans: readonly Span[];
  readonly regions: readonly Region[];
  readonly locals: readonly Local[];
  readonly captures: readonly Capture[];
  readonly children: readonly Child[];
  readonly classBody: Code["classBody"];
  readonly usesThis: boolean;
  readonly usesArguments: boolean;
  readonly usesNewTarget: boolean;
  readonly maxDepth: number;
  readonly #depths: Int32Array;
  readonly #regionAt: readonly (Region | null)[];
  #live: readonly (readonly number[])[] | null = null;
  #initialized: readonly ReadonlySet<number>[] | null = null;

  constructor(facts: CodeFacts) {
    const { depths, regions, maxDepth } = computeStackDepths(
      facts.instructions,
      facts.draftRegions,
    );
    this.name = facts.name;
    this.text = facts.text;
    this.span = facts.span;
    this.kind = facts.kind;
    this.suspends = facts.suspends;
    this.isStrict = facts.isStrict;
    this.parameterCount = facts.parameters.filter(
      (parameter) => parameter.type !== "RestElement",
    ).length;
    this.length = expectedArgumentCount(facts.parameters);
    this.instructions = Object.freeze(
      facts.instructions.map((instruction) => Object.freeze(instruction)),
    );
    this.spans = Object.freeze(facts.spans);
    this.regions = Object.freeze(regions);
    this.locals = Object.freeze(facts.locals);
    this.captures = Object.freeze(facts.captures);
    this.children = Object.freeze(facts.children);
    this.classBody = facts.classBody;
    this.usesThis = facts.unit.usesThis;
    this.usesNewTarget =
      facts.unit.usesNewTarget ||
      facts.instructions.some((instruction) => instruction.op === "loadNewTarget");
    this.usesArguments = facts.instructions.some(
      (instruction) => instruction.op === "createArguments",
    );
    this.maxDepth = maxDepth;
    this.#depths = depths;
    this.#regionAt = facts.instructions.map(
      (_, pc) => regions.find((region) => pc >= region.start && pc < region.end) ?? null,
    );
  }

  depthAt(pc: number): number {
    return this.#depths[pc] ?? -1;
  }

  regionAt(pc: number): Region | null {
    return this.#regionAt[pc] ?? null;
  }

  liveLocalsAt(pc: number): readonly number[] {
    this.#live ??= computeLiveness(this.instructions, (at) => this.regionAt(at), this.children).map(
      (set) => [...set].sort((a, b) => a - b),
    );
    return this.#live[pc] ?? [];
  }

  liveLocalsDuringCall(pc: number): readonly number[] {
    // The end of a region may be right behind the call: the handler is then not among the ways on from `pc`.
    const region = this.regionAt(pc - 1);
    const afterThrow = region === null ? [] : this.liveLocalsAt(region.handler);
    return [...new Set([...this.liveLocalsAt(pc), ...afterThrow])].sort((a, b) => a - b);
  }

  initializedCellsAt(pc: number): ReadonlySet<number> {
    this.#initialized ??= findInitializedCells(this);
    return this.#initialized[pc] ?? none;
  }
}

/** ExpectedArgumentCount (ECMA-262 15.1.5): parameters before the first default or rest. */
function expectedArgumentCount(parameters: readonly Pattern[]): number {
  const end = parameters.findIndex(
    (parameter) => parameter.type === "AssignmentPattern" || parameter.type === "RestElement",
  );
  return end < 0 ? parameters.length : end;
}
