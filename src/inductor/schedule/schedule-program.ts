/** Decides which launches become one kernel: a program of fewer and larger steps with the same effects. */
import { at } from "../../core/shape.ts";
import { isFake, isTensor, stateOf } from "../../core/tensor.ts";
import { mapArgument, printedTarget } from "../../fx/node.ts";
import type { Buffer, LaunchStep, Program, Step } from "../program.ts";
import { buildLaunch } from "./build-kernel.ts";
import { FusionGroup, type GroupStore } from "./fusion-group.ts";
import { mayThrow } from "./may-throw.ts";

/** Launches that run as one, or a step that stays as it is. */
type Item =
  | { readonly kind: "group"; readonly group: FusionGroup }
  | { readonly kind: "step"; readonly step: Step };

/** The program with its launches fused. */
export function scheduleProgram(program: Program): Program {
  const items = new Scheduler(program).run();
  return { ...program, steps: withoutDeadStores(program, items) };
}

/** What a step reads and writes. */
interface Access {
  readonly reads: ReadonlySet<Buffer>;
  readonly writes: ReadonlySet<Buffer>;
}

class Scheduler {
  readonly #program: Program;
  readonly #items: Item[] = [];
  /** By buffer: the last item that writes it, and the last one that reads it. */
  readonly #lastWrite = new Map<Buffer, number>();
  readonly #lastRead = new Map<Buffer, number>();
  /** Nothing may join what stands before this item: something may throw here. */
  #barrier = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  run(): readonly Item[] {
    for (const step of this.#program.steps) this.#add(step);
    return this.#items;
  }

  #add(step: Step): void {
    if (step.kind === "launch" && step.parallel.includes(0)) return; // there is nothing to do
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
      if (item?.kind !== "group") continue;
      const isRelated =
        item.group.touches(reads) || item.group.touches(writes) || item.group.isSmall;
      if (isRelated && item.group.join(step)) return position;
    }
    return null;
  }
}

/** How many groups behind the first possible one are tried. */
const searchLimit = 16;

function raise(positions: Map<Buffer, number>, buffer: Buffer, position: number): void {
  positions.set(buffer, Math.max(positions.get(buffer) ?? 0, position));
}

function accessOf(program: Program, step: Step): Access {
  const reads = new Set<Buffer>();
  const writes = new Set<Buffer>();
  switch (step.kind) {
    case "launch": {
      const stores = step.kernel.stages.flatMap((stage) => stage.stores);
      const stored = new Set(stores.map(({ operand }) => operand));
      // Scatters leave what they do not touch, or add to it.
      const keepsRest = stores.some(
        ({ coordinates, mode }) => coordinates !== null || mode !== "set",
      );
      step.operands.forEach(({ buffer }, index) => {
        if (stored.has(index)) writes.add(buffer);
        if (!stored.has(index) || keepsRest) reads.add(buffer);
      });
      break;
    }
    case "template":
      step.operands.forEach(({ buffer }, index) => (index === 0 ? writes : reads).add(buffer));
      break;
    case "routine":
      for (const buffer of buffersIn(program, Object.values(step.call.args))) reads.add(buffer);
      for (const buffer of buffersIn(program, [step.call.args["self"], ...step.call.outputs]))
        writes.add(buffer);
      break;
    case "call":
      for (const buffer of buffersIn(program, [step.args, step.result])) {
        reads.add(buffer);
        writes.add(buffer);
      }
      break;
    case "version":
      break;
  }
  return { reads, writes };
}

/** The memory of all tensors inside a value. */
function buffersIn(program: Program, value: unknown): ReadonlySet<Buffer> {
  const buffers = new Set<Buffer>();
  mapArgument(value, (leaf) => {
    if (isTensor(leaf) && isFake(leaf)) {
      const buffer = program.bufferOf.get(stateOf(leaf).storage);
      if (buffer !== undefined) buffers.add(buffer);
    }
    return leaf;
  });
  return buffers;
}

/** From the last item to the first: stores that nobody reads are left out, and groups without stores. */
function withoutDeadStores(program: Program, items: readonly Item[]): readonly Step[] {
  const needed = new Set<Buffer>(buffersIn(program, program.outputs));
  for (const buffer of program.buffers) if (buffer.origin.kind !== "made") needed.add(buffer);
  const steps: Step[] = [];
  for (const item of [...items].reverse()) {
    const step = item.kind === "step" ? item.step : neededLaunch(item.group, needed);
    if (step === null) continue;
    steps.push(step);
    if (step.kind === "version") continue;
    const { reads } = accessOf(program, step);
    for (const buffer of reads) needed.add(buffer);
  }
  return steps.reverse();
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
