/**
 * Floats of 16 bits as words: JavaScript has no array of them on every engine.
 *
 * A number is first rounded to float32, as PyTorch does, then to the format: to nearest, ties to even.
 */

export interface WordFormat {
  /** The largest finite number. */
  readonly largest: number;
  readonly decode: (word: number) => number;
  readonly encode: (value: number) => number;
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** A float32 whose bits are given. */
function floatOf(word: number): number {
  bits[0] = word;
  return float[0] ?? 0;
}

function bitsOf(value: number): number {
  float[0] = value;
  return bits[0] ?? 0;
}

/** IEEE 754 binary16: 5 bits of exponent, which are read in float32's place, and 10 of fraction. */
export const float16Words: WordFormat = {
  largest: 65504,
  decode: (word) => {
    const magnitude = word & 0x7fff;
    const value =
      magnitude < 0x7c00
        ? floatOf(magnitude << 13) * 2 ** 112
        : magnitude === 0x7c00
          ? Infinity
          : NaN;
    return word < 0x8000 ? value : -value;
  },
  encode: (value) => {
    const word = bitsOf(value);
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) return 0x7e00;
    // From 65520 on the nearest float of 16 bits would be 65536.
    if (magnitude >= 0x477ff000) return sign | 0x7c00;
    // Below 2^-14 they are 2^-24 apart; doubles are 1 apart from 2^52 on.
    if (magnitude < 0x38800000) return sign | (floatOf(magnitude) * 2 ** 24 + 2 ** 52 - 2 ** 52);
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  },
};

/** The upper half of a float32. */
export const bfloat16Words: WordFormat = {
  largest: 2 ** 128 - 2 ** 120,
  decode: (word) => floatOf(word << 16),
  encode: (value) => {
    const word = bitsOf(value);
    if ((word & 0x7fffffff) > 0x7f800000) return 0x7fc0;
    return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  },
};
