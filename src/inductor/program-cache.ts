/** Programs of one graph, by what they were made for: sizes may differ from call to call. */
import { metaOf, type TensorMeta } from "../core/tensor-meta.ts";
import { isTensor } from "../core/tensor.ts";

/** Bounded, since sizes may be new in every call. */
const maximumPrograms = 256;

/** What a program was made for. */
interface Prepared<Program> {
  /** By input; null for what is no tensor. */
  readonly metas: readonly (TensorMeta | null)[];
  readonly fixedNumbers: ReadonlyMap<number, number>;
  readonly program: Program;
}

/** Hot path (bench: call-cost): the program that served last is tried first. */
export class ProgramCache<Program> {
  readonly #prepared: Prepared<Program>[] = [];

  find(inputs: readonly unknown[]): Program | null {
    const index = this.#prepared.findIndex((each) => fits(each, inputs));
    const found = this.#prepared[index];
    if (found === undefined) return null;
    if (index > 0) {
      this.#prepared.splice(index, 1);
      this.#prepared.unshift(found);
    }
    return found.program;
  }

  add(
    inputs: readonly unknown[],
    fixedNumbers: ReadonlyMap<number, number>,
    program: Program,
  ): void {
    const metas = inputs.map((input) => (isTensor(input) ? metaOf(input) : null));
    this.#prepared.unshift({ metas, fixedNumbers, program });
    if (this.#prepared.length > maximumPrograms) this.#prepared.pop();
  }
}

function fits<Program>(
  { metas, fixedNumbers }: Prepared<Program>,
  inputs: readonly unknown[],
): boolean {
  for (let index = 0; index < inputs.length; index++) {
    const input = inputs[index];
    if (isTensor(input) ? metaOf(input) !== metas[index] : metas[index] !== null) return false;
  }
  for (const [index, value] of fixedNumbers) if (!Object.is(inputs[index], value)) return false;
  return true;
}
