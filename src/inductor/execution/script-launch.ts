/** A launch that runs as JavaScript on the arrays of its operands. Hot path for small tensors. */
import { at } from "../../core/shape.ts";
import type { StoredArray } from "../../core/storage.ts";
import { type ScriptLaunch, resolveScript } from "../../loops/javascript/javascript-backend.ts";
import type { Frame } from "../frame.ts";
import type { Buffer, LaunchStep, ScalarValue } from "../program.ts";

export class PreparedScript {
  readonly step: LaunchStep;
  readonly #run: ScriptLaunch;
  readonly #slots: readonly number[];
  readonly #offsets: readonly number[];
  readonly #scalars: (number | bigint)[];
  readonly #changing: readonly { readonly slot: number; readonly scalar: ScalarValue }[];

  constructor(step: LaunchStep, slotOf: ReadonlyMap<Buffer, number>) {
    this.step = step;
    this.#run = resolveScript(step);
    this.#slots = step.operands.map(({ buffer }) => slotOf.get(buffer) ?? -1);
    this.#offsets = step.operands.map(({ offset }) => offset);
    this.#changing = step.scalars.flatMap((scalar, slot) =>
      typeof scalar === "object" ? [{ slot, scalar }] : [],
    );
    this.#scalars = step.scalars.map((scalar) => (typeof scalar === "object" ? 0 : scalar));
  }

  execute(frame: Frame): void {
    const count = this.#slots.length;
    const arrays = new Array<StoredArray>(count);
    const offsets = new Array<number>(count);
    for (let operand = 0; operand < count; operand++) {
      const slot = at(this.#slots, operand);
      arrays[operand] = frame.storageAt(slot).array;
      offsets[operand] = at(this.#offsets, operand) + frame.startOf(slot);
    }
    for (const { slot, scalar } of this.#changing) this.#scalars[slot] = frame.scalarNow(scalar);
    this.#run(arrays, offsets, this.#scalars);
  }
}
