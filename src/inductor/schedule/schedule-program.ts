/** Decides which launches become one kernel: a program of fewer and larger steps with the same effects. */
import { at, isNonOverlappingAndDense, numelOf, type Shape } from "../../core/shape.ts";
import { printedTarget } from "../../fx/node.ts";
import type { Buffer, LaunchStep, Place, Program, Step } from "../program.ts";
import { buildLaunch } from "./build-kernel.ts";
import { FusionGroup, type GroupStore } from "./fusion-group.ts";
import type { Item } from "./item.ts";
import { mayOverflow, mayThrow } from "./may-throw.ts";
import { mergeGroups } from "./merge-groups.ts";
import { TemplateGroup } from "./template-group.ts";
import { type Access, accessOf, visibleBuffers } from "./step-access.ts";

export interface Scheduled {
  readonly program: Program;
  /** Whether it fits every recording that differs from this one in sizes only: see `SchedulePattern`. */
  readonly isMatched: boolean;
}

/** The program with its launches fused. */
export function scheduleProgram(program: Program): Program {
  return schedule(program).program;
}

export function schedule(program: Program): Scheduled {
  const items = new Scheduler(program).run();
  const steps = withoutDeadStores(program, items);
  return {
    program: withSteps(program, steps),
    isMatched: items.every((item) => item.kind === "step" || item.group.isMatched),
  };
}

/** The program with other steps that do the same. */
export function withSteps(program: Program, steps: readonly Step[]): Program {
  return { ...program, steps, overwritten: overwrittenBuffers(program, steps) };
}

class Scheduler {
  readonly #program: Program;
  readonly #items: Item[] = [];
  /** By buffer: the last item that writes it, and the last one that reads it. */
  readonly #lastWrite = new Map<Buffer, number>();
  readonly #lastRead = new Map<Buffer, number>();
  /** Nothing may join what stands before this item: something may throw here. */
  #barrier = 0;

  /** How many steps read a buffer; what callers see has endlessly many readers. */
  readonly #readers = new Map<Buffer, number>();

  constructor(program: Program) {
    this.#program = program;
    for (const step of program.steps)
      for (const buffer of accessOf(program, step).reads)
        this.#readers.set(buffer, (this.#readers.get(buffer) ?? 0) + 1);
    for (const buffer of visibleBuffers(program)) this.#readers.set(buffer, Infinity);
  }

  readonly #hasOneReader = (buffer: Buffer): boolean => this.#readers.get(buffer) === 1;

  run(): readonly Item[] {
    for (const step of this.#program.steps) this.#add(step);
    return mergeGroups(this.#program, this.#items, this.#hasOneReader);
  }

  #add(step: Step): void {
    // There is nothing to do, but for a number that is an error wherever it goes.
    const isEmpty = step.kind === "launch" && step.parallel.includes(0);
    if (isEmpty && !step.scalars.some(mayOverflow)) return;
    const access = accessOf(this.#program, step);
    const position = this.#placeFor(step, access);
    for (const buffer of access.reads) raise(this.#lastRead, buffer, position);
    for (const buffer of access.writes) raise(this.#lastWrite, buffer, position);
    if (mayThrow(step)) this.#barrier = this.#items.length;
  }

  /** Puts a step into a group or behind everything else; gives its place. */
  #placeFor(step: Step, access: Access): number {
    if (step.kind === "launch" && !mayThrow(step)) {
      const joined = this.#join(step, access);
      if (joined !== null) return joined;
      return this.#items.push({ kind: "group", group: new FusionGroup(step) }) - 1;
    }
    if (step.kind === "template" && !mayThrow(step))
      return this.#items.push({ kind: "template", group: new TemplateGroup(step) }) - 1;
    return this.#items.push({ kind: "step", step }) - 1;
  }

  /** A group that may run where everything that the launch needs has run. */
  #join(step: LaunchStep, { reads, writes }: Access): number | null {
    let first = this.#barrier;
    for (const buffer of reads) first = Math.max(first, this.#lastWrite.get(buffer) ?? 0);
    for (const buffer of writes)
      first = Math.max(first, this.#lastWrite.get(buffer) ?? 0, this.#lastRead.get(buffer) ?? 0);
    const last = Math.min(this.#items.length, first + searchLimit) - 1;
    for (let position = first; position <= last; position++) {
      const item = this.#items[position];
      if (item === undefined || item.kind === "step") continue;
      if (item.kind === "template") {
        // Only what nobody else reads may be replaced by what is made of it.
        if (this.#readers.get(item.group.output) === 1 && item.group.join(step)) return position;
        continue;
      }
      const isRelated =
        item.group.touches(reads) || item.group.touches(writes) || item.group.isSmall;
      if (isRelated && item.group.join(step, this.#hasOneReader)) return position;
    }
    return null;
  }
}

/** How many groups behind the first possible one are tried. */
const searchLimit = 16;

function raise(positions: Map<Buffer, number>, buffer: Buffer, position: number): void {
  positions.set(buffer, Math.max(positions.get(buffer) ?? 0, position));
}

/** From the last item to the first: stores that nobody reads are left out, and groups without stores. */
function withoutDeadStores(program: Program, items: readonly Item[]): readonly Step[] {
  const needed = visibleBuffers(program);
  const steps: Step[] = [];
  for (const item of [...items].reverse()) {
    const step = neededStep(item, needed);
    if (step === null) continue;
    steps.push(step);
    if (step.kind === "version") continue;
    const { reads } = accessOf(program, step);
    for (const buffer of reads) needed.add(buffer);
  }
  return steps.reverse();
}

function neededStep(item: Item, needed: ReadonlySet<Buffer>): Step | null {
  if (item.kind === "group") return neededLaunch(item.group, needed);
  if (item.kind === "step") return item.step;
  return needed.has(item.group.output) ? item.group.step : null;
}

function neededLaunch(group: FusionGroup, needed: ReadonlySet<Buffer>): LaunchStep | null {
  const [only, second] = group.steps;
  if (only !== undefined && second === undefined) {
    const stores = only.kernel.stages.flatMap((stage) => stage.stores);
    const isNeeded = stores.some(({ operand }) => needed.has(at(only.operands, operand).buffer));
    return isNeeded ? only : null;
  }
  const stores = group.stores.filter(({ place }: GroupStore) => needed.has(place.buffer));
  return stores.length === 0 ? null : buildLaunch(group, stores, nameOf(group));
}

/** Made buffers whose first access is a kernel that writes all of them. */
function overwrittenBuffers(program: Program, steps: readonly Step[]): ReadonlySet<Buffer> {
  const overwritten = new Set<Buffer>();
  const seen = new Set<Buffer>();
  for (const step of steps) {
    const { reads, writes } = accessOf(program, step);
    for (const buffer of reads) seen.add(buffer);
    if (step.kind === "launch" || step.kind === "template")
      for (const { place, sizes } of storesOf(step))
        if (!seen.has(place.buffer) && coversAll(place, sizes)) overwritten.add(place.buffer);
    // Made for the results, which are all there is of them.
    if (step.kind === "routine" && step.sort !== null)
      for (const buffer of writes)
        if (!seen.has(buffer) && buffer.origin.kind === "made") overwritten.add(buffer);
    for (const buffer of writes) seen.add(buffer);
  }
  return overwritten;
}

function storesOf(
  step: Extract<Step, { kind: "launch" | "template" }>,
): readonly { readonly place: Place; readonly sizes: Shape }[] {
  if (step.kind === "template") {
    const { batch, rows, columns } = step.axes;
    return [{ place: at(step.operands, 0), sizes: [...batch, ...rows, ...columns] }];
  }
  return step.kernel.stages.flatMap((stage) =>
    stage.stores
      .filter(({ coordinates, mode }) => coordinates === null && mode === "set")
      .map(({ operand }) => ({
        place: at(step.operands, operand),
        sizes: stage.over === "once" ? step.parallel : [...step.parallel, ...step.fold],
      })),
  );
}

function coversAll({ buffer, offset, strides }: Place, sizes: Shape): boolean {
  const own = strides.slice(0, sizes.length);
  return offset === 0 && numelOf(sizes) === buffer.length && isNonOverlappingAndDense(sizes, own);
}

/** `fused_add_mul`: the operators of the calls that the launches come from. */
function nameOf({ steps }: FusionGroup): string {
  const names = new Set<string>();
  for (const { node } of steps)
    names.add(
      printedTarget(node)
        .replace(/^.*\./, "")
        .replace(/[^A-Za-z0-9_]/g, "_"),
    );
  const shown = [...names].slice(0, 6);
  return `fused_${shown.join("_")}${names.size > shown.length ? "_and_more" : ""}`;
}
