/** Programs of one graph, by what they were made for: sizes may differ from call to call. */
import { metaOf, type TensorMeta } from "../core/tensor-meta.ts";
import { isTensor } from "../core/tensor.ts";
import type { Program } from "./program.ts";

/** Bounded, since sizes may be new in every call. */
const maximumPrograms = 256;

/** What a program is right for. */
type Numbers = Pick<Program, "fixedNumbers" | "wholeNumbers">;

const anyNumbers: Numbers = { fixedNumbers: new Map(), wholeNumbers: new Map() };

interface Entry<Prepared> {
  /** By input; null for what is no tensor. */
  readonly metas: readonly (TensorMeta | null)[];
  readonly numbers: Numbers;
  readonly prepared: Prepared;
}

/** Hot path (bench: call-cost): what served last is tried first. */
export class ProgramCache<Prepared> {
  readonly #entries: Entry<Prepared>[] = [];

  find(inputs: readonly unknown[]): Prepared | null {
    const index = this.#entries.findIndex((each) => fits(each, inputs));
    const found = this.#entries[index];
    if (found === undefined) return null;
    if (index > 0) {
      this.#entries.splice(index, 1);
      this.#entries.unshift(found);
    }
    return found.prepared;
  }

  /** Without numbers the entry is right for all of them. */
  add(inputs: readonly unknown[], numbers: Numbers | null, prepared: Prepared): void {
    const metas = inputs.map((input) => (isTensor(input) ? metaOf(input) : null));
    this.#entries.unshift({ metas, numbers: numbers ?? anyNumbers, prepared });
    if (this.#entries.length > maximumPrograms) this.#entries.pop();
  }
}

function fits<Prepared>({ metas, numbers }: Entry<Prepared>, inputs: readonly unknown[]): boolean {
  for (let index = 0; index < inputs.length; index++) {
    const input = inputs[index];
    if (isTensor(input) ? metaOf(input) !== metas[index] : metas[index] !== null) return false;
  }
  for (const [index, value] of numbers.fixedNumbers)
    if (!Object.is(inputs[index], value)) return false;
  for (const [index, isWhole] of numbers.wholeNumbers)
    if (Number.isInteger(inputs[index]) !== isWhole) return false;
  return true;
}
