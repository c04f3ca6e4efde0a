import type { Storage } from "../../core/storage.ts";
import { at } from "../../core/shape.ts";
import type { Frame } from "../frame.ts";
import type { FrameLayout } from "../frame-layout.ts";
import type { Buffer, Program } from "../program.ts";
import { accessOf } from "../schedule/step-access.ts";

/** Packing smaller factors takes a few microseconds. */
const smallestElements = 2 ** 14;
/** Packed factors that a program may keep beside the factors themselves. */
const mostBytes = 2 ** 28;
/** Calls that must have had the same one after the first: the arguments of a test or two are no constants. */
const wantedRepetitions = 2;
/** Then there are none. */
const mostCalls = 50;

interface Candidate {
  readonly buffer: Buffer;
  readonly slot: number;
  storage: WeakRef<Storage> | null;
  version: number;
}

/** Finds the factors of products that are the same from call to call, by looking at the first calls of a program. */
export class ConstantFactors {
  readonly #candidates: readonly Candidate[];
  #calls = 0;
  #repetitions = 0;
  #isDone: boolean;

  constructor(program: Program, layout: FrameLayout) {
    this.#candidates = candidatesOf(program).map((buffer) => ({
      buffer,
      slot: layout.slotOf.get(buffer) ?? -1,
      storage: null,
      version: -1,
    }));
    this.#isDone = this.#candidates.length === 0;
  }

  /** Looks at a call. Gives what was found when it is known, once. */
  note(frame: Frame): ReadonlySet<Buffer> | null {
    if (this.#isDone) return null;
    const same = this.#candidates.filter((candidate) => {
      const storage = frame.storageAt(candidate.slot);
      const isSame =
        !storage.isStaged &&
        candidate.storage?.deref() === storage &&
        candidate.version === storage.version;
      candidate.storage = new WeakRef(storage);
      candidate.version = storage.version;
      return isSame;
    });
    this.#calls += 1;
    this.#repetitions = same.length > 0 ? this.#repetitions + 1 : 0;
    const isFound = this.#repetitions >= wantedRepetitions;
    this.#isDone = isFound || this.#calls >= mostCalls;
    if (!isFound) return null;
    return new Set(same.map(({ buffer }) => buffer));
  }
}

/** Large factors that come from outside and that no step writes, as many as may be kept. */
function candidatesOf(program: Program): readonly Buffer[] {
  const written = new Set(program.steps.flatMap((step) => [...accessOf(program, step).writes]));
  const found = new Set<Buffer>();
  let bytes = 0;
  for (const step of program.steps) {
    if (step.kind !== "template") continue;
    for (const operand of [2, 1]) {
      const { buffer } = at(step.operands, operand);
      if (buffer.origin.kind !== "input" || written.has(buffer) || found.has(buffer)) continue;
      if (buffer.length < smallestElements) continue;
      bytes += buffer.length * buffer.dtype.itemsize;
      if (bytes <= mostBytes) found.add(buffer);
    }
  }
  return [...found];
}
