/** Counts the bytes of live tensor memory. */

let liveBytes = 0;
let liveStorages = 0;

const collected = new FinalizationRegistry<number>((sizeBytes) => forget(sizeBytes));

function forget(sizeBytes: number): void {
  liveBytes -= sizeBytes;
  liveStorages -= 1;
}

/** Smaller pieces are left to the garbage collector uncounted: registering each would cost more than making it. */
const smallestCountedBytes = 1024;

/** Counts `owner`'s memory until it is released or garbage collected. */
export function accountMemory(owner: object, sizeBytes: number): void {
  if (sizeBytes < smallestCountedBytes) return;
  liveBytes += sizeBytes;
  liveStorages += 1;
  collected.register(owner, sizeBytes, owner);
}

/** Ends the account of memory that was released explicitly. */
export function releaseMemory(owner: object, sizeBytes: number): void {
  if (collected.unregister(owner)) forget(sizeBytes);
}

export interface MemoryStatistics {
  readonly liveBytes: number;
  readonly liveStorages: number;
}

/** Tensor memory that is in use, or not yet known to be garbage; pieces below 1 KiB are not counted. */
export function memoryStatistics(): MemoryStatistics {
  return { liveBytes, liveStorages };
}
