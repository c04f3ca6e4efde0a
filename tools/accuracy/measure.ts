/** Largest error of a function of float32 over many of its 2^32 arguments. */
import * as torch from "../../src/index.ts";
import type { FunctionFacts } from "./functions.ts";

export interface Measured {
  readonly worst: number;
  readonly at: number;
  readonly count: number;
}

const chunk = 2 ** 20;
/** Numbers on either side of a zero, pole or end of a range. */
const neighbours = 1000;

/**
 * Distance from the exact value in units of the last place of float32; infinite where one of them is NaN or infinite and the
 * other is not, or where an exact zero has the wrong sign.
 */
export function ulpsBetween(got: number, exact: number): number {
  if (Object.is(got, exact)) return 0;
  const rounded = Math.fround(exact);
  if (Number.isNaN(got) || Number.isNaN(rounded) || exact === 0) return Infinity;
  if (Math.abs(got) === Infinity && Math.abs(rounded) === Infinity)
    return got === rounded ? 0 : Infinity;
  const exponent = Math.min(127, Math.max(Math.floor(Math.log2(Math.abs(exact))), -126));
  // After the largest number comes 2^128.
  const bounded = Math.sign(got) * Math.min(Math.abs(got), 2 ** 128);
  return Math.abs(bounded - exact) / 2 ** (exponent - 23);
}

/** Bit patterns at a distance of `step`: an odd one reaches all exponents, subnormal numbers, infinities and NaN. */
export function* spreadArguments(step: number): Generator<Float32Array> {
  const total = Math.ceil(2 ** 32 / step);
  for (let from = 0; from < total; from += chunk) {
    const count = Math.min(chunk, total - from);
    const bits = Uint32Array.from({ length: count }, (_, i) => (from + i) * step);
    yield new Float32Array(bits.buffer);
  }
}

/** Special numbers, and all around the places where the function is difficult. */
export function difficultArguments(near: readonly number[]): Float32Array {
  const special = [0, -0, 1, -1, 0.5, -0.5, 1e-45, -1e-45, 1.1754942e-38, 1.17549435e-38];
  const ends = [Infinity, -Infinity, NaN, 3.4028234663852886e38, -3.4028234663852886e38];
  const around = near.flatMap((place) => {
    const [bits = 0] = new Uint32Array(Float32Array.of(place).buffer);
    const numbers = Uint32Array.from(
      { length: 2 * neighbours + 1 },
      (_, i) => bits + i - neighbours,
    );
    return [...new Float32Array(numbers.buffer)];
  });
  return Float32Array.from([...special, ...ends, ...around]);
}

/** Runs the function with the backend that is set. */
export function measure(facts: FunctionFacts, argumentsOf: Iterable<Float32Array>): Measured {
  let worst = 0;
  let place = NaN;
  let count = 0;
  for (const inputs of argumentsOf) {
    const results = facts.compute(torch.tensor(inputs)).toTypedArray();
    for (let i = 0; i < inputs.length; i++) {
      const x = Number(inputs[i]);
      const [got, exact] = [Number(results[i]), facts.exact(x)];
      if (Math.abs(got - exact) <= (facts.absolute?.(x) ?? 0)) continue;
      const error = ulpsBetween(got, exact);
      if (error > worst) [worst, place] = [error, x];
    }
    count += inputs.length;
  }
  return { worst, at: place, count };
}
