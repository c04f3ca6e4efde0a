/** What a file of the kernel cache holds: a module, what it is for, and a checksum of both. */
import type { StoredModule } from "../../loops/wasm/module-store.ts";

/** Changes with the form of the file. */
const magic = "fgk1";
const headerBytes = 16;

/** `key` says what the module is for. */
export function encodeCacheFile(key: string, { bytes, work }: StoredModule): Uint8Array {
  const description = new TextEncoder().encode(JSON.stringify({ key, work }));
  const file = new Uint8Array(headerBytes + description.length + bytes.length);
  file.set(new TextEncoder().encode(magic));
  file.set(description, headerBytes);
  file.set(bytes, headerBytes + description.length);
  const view = new DataView(file.buffer);
  view.setUint32(12, description.length);
  const [low, high] = digest(file.subarray(12));
  view.setUint32(4, low);
  view.setUint32(8, high);
  return file;
}

/** Null for another key, and for everything that was not written by `encodeCacheFile` as it is. */
export function decodeCacheFile(key: string, file: Uint8Array): StoredModule | null {
  if (file.length < headerBytes) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [low, high] = digest(file.subarray(12));
  const text = new TextDecoder();
  if (text.decode(file.subarray(0, 4)) !== magic) return null;
  if (view.getUint32(4) !== low || view.getUint32(8) !== high) return null;
  const end = headerBytes + view.getUint32(12);
  // The checksum says that this is what `encodeCacheFile` wrote.
  const description = JSON.parse(text.decode(file.subarray(headerBytes, end))) as {
    readonly key: string;
    readonly work: readonly number[];
  };
  // Names of files are short: another key may have the same.
  return description.key === key
    ? { bytes: new Uint8Array(file.subarray(end)), work: description.work }
    : null;
}

/** Two numbers of 32 bits that tell byte sequences apart (FNV-1a by Fowler, Noll and Vo, from two starts). */
export function digest(bytes: ArrayLike<number>): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x2f0b4c27;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte ^ (low >>> 24), 0x01000193);
  }
  return [low >>> 0, high >>> 0];
}
