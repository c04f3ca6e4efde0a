/** The memory that programs keep intermediates in while they run: one block for all, as large as the largest needs. */
import type { OwnedBlock } from "../../runtime/owned-block.ts";
import { kernelMemory } from "../../runtime/kernel-memory.ts";

// The block belongs to the programs that used it last: when they are gone, so is the memory.
let newest: WeakRef<OwnedBlock> | null = null;
let newestAddress = -1;
let newestBytes = 0;
let isLent = false;

/** Whether a program is running in it: another one that runs in the middle of that must do without. */
export function arenaIsLent(): boolean {
  return isLent;
}

/** The arena, for one run. `held` is what the borrower had the last time. */
export function lendArena(bytes: number, held: OwnedBlock | null): OwnedBlock {
  let block = held !== null && held.address === newestAddress ? held : null;
  block ??= newestBytes >= bytes ? (newest?.deref() ?? null) : null;
  if (block === null) {
    block = kernelMemory().own(bytes, false);
    newest = new WeakRef(block);
    newestAddress = block.address;
    newestBytes = bytes;
  }
  isLent = true;
  return block;
}

export function giveArenaBack(): void {
  isLent = false;
}
