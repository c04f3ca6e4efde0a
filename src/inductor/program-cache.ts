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

/** Hot path (bench: call-cost, new-sizes): what served last is tried first, others are looked up. */
export class ProgramCache<Prepared> {
  #last: Entry<Prepared> | null = null;
  /** By the metadata of all inputs, those that served last at the end. Several differ in numbers, the last one first. */
  readonly #entries = new Map<string, Entry<Prepared>[]>();
  #count = 0;

  find(inputs: readonly unknown[]): Prepared | null {
    if (this.#last !== null && fits(this.#last, inputs)) return this.#last.prepared;
    const key = keyOf(inputs);
    const alike = this.#entries.get(key);
    const index = alike?.findIndex((each) => fits(each, inputs)) ?? -1;
    const found = alike?.[index];
    if (alike === undefined || found === undefined) return null;
    if (index > 0) {
      alike.splice(index, 1);
      alike.unshift(found);
    }
    this.#entries.delete(key);
    this.#entries.set(key, alike);
    this.#last = found;
    return found.prepared;
  }

  /** Without numbers the entry is right for all of them. */
  add(inputs: readonly unknown[], numbers: Numbers | null, prepared: Prepared): void {
    const metas = inputs.map((input) => (isTensor(input) ? metaOf(input) : null));
    const entry: Entry<Prepared> = { metas, numbers: numbers ?? anyNumbers, prepared };
    const key = keyOf(inputs);
    const alike = this.#entries.get(key) ?? [];
    this.#entries.delete(key);
    alike.unshift(entry);
    this.#entries.set(key, alike);
    this.#last = entry;
    this.#count += 1;
    if (this.#count > maximumPrograms) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [key, alike] of this.#entries) {
      this.#count -= 1;
      alike.pop();
      if (alike.length === 0) this.#entries.delete(key);
      return;
    }
  }
}

const numbersOfMetas = new WeakMap<TensorMeta, number>();
let nextNumber = 0;

/** The same for inputs of the same metadata. */
function keyOf(inputs: readonly unknown[]): string {
  let key = "";
  for (const input of inputs) {
    if (isTensor(input)) {
      const meta = metaOf(input);
      let number = numbersOfMetas.get(meta);
      if (number === undefined) numbersOfMetas.set(meta, (number = nextNumber++));
      key += number;
    }
    key += ",";
  }
  return key;
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
