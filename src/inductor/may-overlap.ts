/** Whether tensors that a graph is called with share memory in a way the recording did not know. */
import type { Storage } from "../core/storage.ts";
import { isTensor, stateOf } from "../core/tensor.ts";

/** `written` are the positions of inputs that the graph writes to. */
export function inputsOverlap(inputs: readonly unknown[], written: readonly number[]): boolean {
  for (const position of written) {
    const target = inputs[position];
    if (!isTensor(target)) continue;
    const { storage } = stateOf(target);
    for (let other = 0; other < inputs.length; other++) {
      const input = inputs[other];
      if (other !== position && isTensor(input) && shareMemory(storage, stateOf(input).storage))
        return true;
    }
  }
  return false;
}

/** Storages are distinct objects also where the user made two over one ArrayBuffer. */
function shareMemory(a: Storage, b: Storage): boolean {
  if (a === b) return true;
  const x = a.array;
  const y = b.array;
  return (
    x.buffer === y.buffer &&
    x.byteOffset < y.byteOffset + y.byteLength &&
    y.byteOffset < x.byteOffset + x.byteLength
  );
}
