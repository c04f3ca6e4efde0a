/** Where the arguments of a kernel lie in the block whose address it gets. Byte offsets; all words have 32 bits. */
import { at } from "../../core/shape.ts";
import type { Kernel } from "../kernel.ts";
import type { LoopShape } from "./loop-shape.ts";

const wordBytes = 4;

export class ArgumentLayout {
  readonly #sizes: number;
  readonly #rows: number;
  readonly #operands: readonly number[];
  readonly sizeBytes: number;

  constructor(kernel: Kernel, shape: LoopShape) {
    const axes = shape.parallelAxes + shape.foldAxes;
    this.#sizes = kernel.scalars.length * 8;
    this.#rows = this.#sizes + axes * wordBytes;
    let next = this.#rows + kernel.rows.length * wordBytes;
    const operands: number[] = [];
    kernel.operands.forEach((slot, operand) => {
      operands.push(next);
      const steps = slot.access === "random" ? at(shape.randomRanks, operand) : axes;
      next += (1 + steps) * wordBytes;
    });
    this.#operands = operands;
    this.sizeBytes = Math.ceil(next / 16) * 16;
  }

  /** Eight bytes. */
  scalar(slot: number): number {
    return slot * 8;
  }

  /** The size of an axis, parallel ones first. */
  size(axis: number): number {
    return this.#sizes + axis * wordBytes;
  }

  /** Where a row buffer starts in the scratch space. */
  row(row: number): number {
    return this.#rows + row * wordBytes;
  }

  /** The address of an operand's first element. */
  address(operand: number): number {
    return at(this.#operands, operand);
  }

  /** An operand's step along an axis (along its own dimension, where it is read at random), in bytes. */
  step(operand: number, axis: number): number {
    return at(this.#operands, operand) + (1 + axis) * wordBytes;
  }
}
