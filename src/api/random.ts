/** The default generator of random numbers, by the names PyTorch gives to its functions. */
import { defaultGenerator } from "../core/random/default-generator.ts";
import type { Generator } from "../core/random/generator.ts";
import type { Tensor } from "./tensor.ts";

export { Generator } from "../core/random/generator.ts";

/** The generator that random functions draw from when none is given. */
export const default_generator: Generator = defaultGenerator;

/** Makes the random numbers that follow repeatable; returns the default generator. */
export function manual_seed(seed: number | bigint): Generator {
  return defaultGenerator.manual_seed(seed);
}

/** Restarts the default generator from a seed that cannot be predicted, and returns that seed. */
export function seed(): number {
  return defaultGenerator.seed();
}

/** The seed that the default generator started from. */
export function initial_seed(): number | bigint {
  return defaultGenerator.initial_seed();
}

/** The state of the default generator, as a uint8 tensor that PyTorch could read. */
export function get_rng_state(): Tensor {
  // Every tensor is made by the registered class, which is Tensor.
  return defaultGenerator.get_state() as Tensor;
}

/** Continues the default generator from a saved state. */
export function set_rng_state(newState: Tensor): void {
  defaultGenerator.set_state(newState);
}
