/** Who is told of every tensor that is made, while somebody wants to know. */
import type { TensorBase } from "./tensor.ts";

export type TensorListener = (tensor: TensorBase) => void;

let listener: TensorListener | null = null;

/** Has `next` called with every tensor that is made from now on; null: nobody. */
export function listenToTensors(next: TensorListener | null): void {
  listener = next;
}

/** On the hot path of every operation: one comparison while nobody listens. */
export function noteTensor(tensor: TensorBase): void {
  if (listener !== null) listener(tensor);
}
