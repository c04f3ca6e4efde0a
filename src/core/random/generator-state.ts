import { MersenneTwister, stateLength } from "./mersenne-twister.ts";

/** What PyTorch saves of a CPU generator: the engine and the second half of the last normal pair. */
export interface GeneratorState {
  readonly engine: MersenneTwister;
  readonly nextNormal: number | null;
}

/** Size in bytes of a saved CPU generator, as in PyTorch (`CPUGeneratorImplState`). */
export const savedStateBytes = 5056;

// Offsets of the fields of PyTorch's struct. The engine words are stored as 64-bit integers, and the
// float normal sample at the end is never used by PyTorch's own distributions.
const offsets = {
  seed: 0,
  left: 8,
  seeded: 12,
  next: 16,
  words: 24,
  normalY: 5024,
  normalIsValid: 5040,
};

/** The bytes that `torch.get_rng_state()` gives in PyTorch, so that a state can move between the two. */
export function encodeGeneratorState({ engine, nextNormal }: GeneratorState): Uint8Array {
  const bytes = new Uint8Array(savedStateBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(offsets.seed, engine.seed, true);
  view.setInt32(offsets.left, engine.left, true);
  view.setInt32(offsets.seeded, 1, true);
  view.setBigUint64(offsets.next, BigInt(engine.next), true);
  engine.state.forEach((word, index) => {
    view.setUint32(offsets.words + index * 8, word, true);
  });
  view.setFloat64(offsets.normalY, nextNormal ?? 0, true);
  view.setInt32(offsets.normalIsValid, nextNormal === null ? 0 : 1, true);
  return bytes;
}

/** Reads such bytes back; `null` when the engine in them is not in a state that it could ever reach. */
export function decodeGeneratorState(bytes: Uint8Array): GeneratorState | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const engine = new MersenneTwister();
  engine.seed = view.getBigUint64(offsets.seed, true);
  engine.left = view.getInt32(offsets.left, true);
  engine.next = Number(BigInt.asUintN(32, view.getBigUint64(offsets.next, true)));
  for (let index = 0; index < stateLength; index++) {
    engine.state[index] = view.getUint32(offsets.words + index * 8, true);
  }
  const seeded = view.getInt32(offsets.seeded, true) !== 0;
  const reachable =
    seeded && engine.left > 0 && engine.left <= stateLength && engine.next <= stateLength;
  if (!reachable) return null;
  const hasNormal = view.getInt32(offsets.normalIsValid, true) !== 0;
  return { engine, nextNormal: hasNormal ? view.getFloat64(offsets.normalY, true) : null };
}
