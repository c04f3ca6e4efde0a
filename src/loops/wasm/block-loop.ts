/** Runs the pieces of a program one after the other over blocks of elements along the vectorised axis. */
import { at } from "../../core/shape.ts";
import { blockElements } from "../../runtime/memory-layout.ts";
import type { Local } from "../../wasm/function-builder.ts";
import type { KernelFrame } from "./kernel-frame.ts";
import { emitterFor, finishProgram, type Place } from "./run-program.ts";
import type { Piece } from "./split-program.ts";

export function blockLoop(
  k: KernelFrame,
  pieces: readonly Piece[],
  place: Place,
  units: number,
  states: ReadonlyMap<string, readonly Local[]>,
  first: number,
): void {
  const f = k.f;
  const elements = units * 4;
  const emitters = pieces.map(({ code }) => emitterFor(k, code, place, units, false).emitter);
  const blockCount = f.local("i32", "block_count");
  const left = f.local("i32", "left");
  const position = at(k.positions, k.vectorAxis);
  const moving = [...place.pointers.values(), k.count, position].map(
    (local) => [local, f.local("i32")] as const,
  );
  f.block((done) => {
    k.whenTooFew(elements, () => f.brIf(done));
    for (const emitter of emitters) emitter.emit(1);
    f.loop((nextBlock) => {
      smallerOf(k, k.count, blockElements);
      f.set(blockCount);
      for (const [local, start] of moving) copy(k, local, start);
      pieces.forEach(({ code, operands }, piece) => {
        const emitter = at(emitters, piece);
        const isLast = piece === pieces.length - 1;
        const used = [...place.pointers].filter(([operand]) => isLast || operands.has(operand));
        copy(k, k.blockStart(), k.blockPointer());
        copy(k, blockCount, left);
        f.loop((again) => {
          emitter.emit(2);
          finishProgram(k, code, emitter, place.pointers, units, 4, "full", states, first);
          f.increment(k.blockPointer(), elements * 4);
          if (isLast) k.advanceRows(elements);
          k.advanceElements(new Map(used), elements, k.shape.innerSteps);
          f.increment(left, -elements);
          f.get(left);
          f.i32Const(elements);
          f.emit("i32.ge_s");
          f.brIf(again);
        });
        // Every piece but the last is followed by another over the same elements.
        if (!isLast) for (const [local, start] of moving) copy(k, start, local);
      });
      f.get(k.count);
      f.i32Const(elements);
      f.emit("i32.ge_s");
      f.brIf(nextBlock);
    });
  });
  for (const emitter of emitters) emitter.release();
}

function copy({ f }: KernelFrame, from: Local, to: Local): void {
  f.get(from);
  f.set(to);
}

/** min(local, number), on the stack. */
function smallerOf({ f }: KernelFrame, local: Local, number: number): void {
  f.get(local);
  f.i32Const(number);
  f.get(local);
  f.i32Const(number);
  f.emit("i32.lt_s");
  f.emit("select");
}
