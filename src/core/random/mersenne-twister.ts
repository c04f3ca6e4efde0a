/**
 * The 32-bit Mersenne Twister, as PyTorch's CPU generator runs it.
 *
 * Makoto Matsumoto and Takuji Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed
 * uniform pseudo-random number generator", 1998, with the 2002 initialisation. The state is
 * refilled lazily: a freshly seeded engine has `left` = 1, so that the first draw refills it.
 * `left` and `next` are kept as PyTorch keeps them because they are part of its saved state.
 */
export class MersenneTwister {
  readonly state = new Uint32Array(stateLength);
  left = 1;
  next = 0;
  seed = 0n;

  /** Starts the sequence of `seed`; only its low 32 bits select the sequence, all 64 are remembered. */
  reseed(seed: bigint): void {
    this.seed = seed;
    this.left = 1;
    this.next = 0;
    const state = this.state;
    let previous = Number(BigInt.asUintN(32, seed));
    state[0] = previous;
    for (let index = 1; index < stateLength; index++) {
      previous = (Math.imul(1812433253, previous ^ (previous >>> 30)) + index) >>> 0;
      state[index] = previous;
    }
  }

  /** The next 32 random bits, as a number from 0 to 2^32 - 1. */
  nextUint32(): number {
    this.left -= 1;
    if (this.left === 0) this.#refill();
    let bits = wordAt(this.state, this.next);
    this.next += 1;
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    bits ^= bits >>> 18;
    return bits >>> 0;
  }

  #refill(): void {
    const state = this.state;
    for (let index = 0; index < stateLength; index++) {
      const following = wordAt(state, index + 1 < stateLength ? index + 1 : 0);
      const mixed = (wordAt(state, index) & 0x80000000) | (following & 0x7fffffff);
      const twisted = (mixed >>> 1) ^ ((following & 1) === 0 ? 0 : 0x9908b0df);
      const source = index + middle < stateLength ? index + middle : index + middle - stateLength;
      state[index] = wordAt(state, source) ^ twisted;
    }
    this.left = stateLength;
    this.next = 0;
  }
}

export const stateLength = 624;
export const middle = 397;

// Every index is in range by construction; `?? 0` only satisfies the type checker.
function wordAt(state: Uint32Array, index: number): number {
  return state[index] ?? 0;
}
