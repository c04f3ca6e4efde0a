/** Writes the argument block of a kernel. Hot path of every launch. */
import { at } from "../../core/shape.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import { kernelRuntime } from "../../runtime/kernel-runtime.ts";
import type { ValueType } from "../expression.ts";
import type { Kernel } from "../kernel.ts";
import type { ArgumentLayout } from "./argument-layout.ts";
import { bytesOf } from "./lower-expression.ts";
import type { LoopPlan } from "./plan-loops.ts";

/** Vectors may be read beyond the end of an operand, up to this many bytes. */
export const slackBytes = 64;

/** Everything but addresses and scalars, into the block at `block`. */
export function writeGeometry(
  memory: KernelMemory,
  block: number,
  { operands, rows }: Kernel,
  { sizes, steps, rowLength }: LoopPlan,
  layout: ArgumentLayout,
): void {
  if (rows.length > 0) {
    const rowBytes = rowBufferBytes(rowLength);
    kernelRuntime().reserveScratch(rowBytes * rows.length);
    rows.forEach((_, row) => writeWord(memory, block + layout.row(row), rowBytes * row));
  }
  sizes.forEach((size, axis) => writeWord(memory, block + layout.size(axis), size));
  steps.forEach((own, operand) => {
    const bytes = bytesOf[at(operands, operand).type];
    own.forEach((step, axis) =>
      writeWord(memory, block + layout.step(operand, axis), step * bytes),
    );
  });
}

/** The eight bytes of the widest element, and room for a vector beyond the end. */
export function rowBufferBytes(rowLength: number): number {
  return Math.ceil((rowLength * 8 + slackBytes) / 64) * 64;
}

let words: DataView<ArrayBufferLike> = new DataView(new ArrayBuffer(0));

/** Writes a number as the type that the kernel reads it as. */
export function writeScalar(
  memory: KernelMemory,
  address: number,
  type: ValueType,
  value: number | bigint,
): void {
  if (words.buffer !== memory.buffer) words = new DataView(memory.buffer);
  switch (type) {
    case "float32":
      words.setFloat32(address, Number(value), true);
      return;
    case "float64":
      words.setFloat64(address, Number(value), true);
      return;
    case "int64":
    case "index":
      words.setBigInt64(address, BigInt(value), true);
      return;
    default:
      words.setInt32(address, Number(value), true);
  }
}

export function writeWord(memory: KernelMemory, address: number, value: number): void {
  memory.i32[address >>> 2] = value;
}
