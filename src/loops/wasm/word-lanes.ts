/** Floats of 16 bits, one word in each 32-bit lane, to and from float32. The rounding is that of `core/word-format.ts`. */
import type { WordTypeName } from "../../core/dtype.ts";
import type { ProgramBuilder, Register } from "./program.ts";

interface WordLanes {
  readonly unpack: (b: ProgramBuilder, words: Register) => Register;
  readonly pack: (b: ProgramBuilder, x: Register) => Register;
  /** What packing and unpacking makes of a float32, in fewer steps. */
  readonly round: (b: ProgramBuilder, x: Register) => Register;
}

/** What the bits of a binary16's exponent and fraction lack as those of a float32. */
const bias = 112 << 23;
/** 2^-14, the smallest normal number: below, numbers are 2^-24 apart. */
const smallestNormal = 0x38800000;

export const wordLanes: Readonly<Record<WordTypeName, WordLanes>> = {
  float16: {
    unpack: (b, words) => {
      const magnitude = b.shift("i32x4.shl", b.plain("v128.and", words, b.i32(0x7fff)), 13);
      const normal = b.plain("i32x4.add", magnitude, b.i32(bias));
      // A subnormal number reads as 2^-15 plus its half there. Twice that less 2^-14 is smaller, as for no other number.
      const twice = b.plain("f32x4.add", normal, normal);
      const subnormal = b.plain("f32x4.sub", twice, b.f32(2 ** -14));
      const finite = b.plain("f32x4.pmin", normal, subnormal);
      // Infinity and NaN have the largest exponent in both.
      const isSpecial = b.plain("i32x4.gt_s", magnitude, b.i32(0x0f7fffff));
      const largest = b.plain("v128.and", isSpecial, b.i32(0x7f800000));
      const sign = b.shift("i32x4.shl", b.plain("v128.and", words, b.i32(0x8000)), 16);
      return b.plain("v128.or", b.plain("v128.or", finite, largest), sign);
    },
    pack: (b, x) => {
      const sign = b.plain("v128.and", b.shift("i32x4.shr_u", x, 16), b.i32(0x8000));
      const magnitude = b.plain("v128.and", x, b.i32(0x7fffffff));
      const normal = b.shift("i32x4.shr_u", roundedUp(b, magnitude, 13, -bias), 13);
      // Adding 1/2 leaves the bits down to 2^-24.
      const half = b.f32(0.5);
      const subnormal = b.plain("i32x4.sub", b.plain("f32x4.add", magnitude, half), half);
      const isSubnormal = b.plain("i32x4.lt_s", magnitude, b.i32(smallestNormal));
      const finite = b.choose("i32x4", subnormal, normal, isSubnormal);
      const word = b.plain("v128.or", b.plain("i32x4.min_s", finite, b.i32(0x7c00)), sign);
      return b.choose("i32x4", b.i32(0x7e00), word, b.plain("f32x4.ne", x, x));
    },
    round: (b, x) => {
      const isMagnitude = b.i32(0x7fffffff);
      // Infinity goes the way of all that is too large; NaN stays.
      const magnitude = b.plain("f32x4.pmin", b.plain("v128.and", x, isMagnitude), b.f32(65536));
      const exponent = b.plain("v128.and", magnitude, b.i32(0x7f800000));
      const least = b.plain("i32x4.max_s", exponent, b.i32(smallestNormal));
      // Beside 2^13 times the power of two, float32 has no more than the 10 bits below that.
      const large = b.plain("i32x4.add", least, b.i32(13 << 23));
      const rounded = b.plain("f32x4.sub", b.plain("f32x4.add", magnitude, large), large);
      // 2^16 times 2^112 is infinite.
      const above = b.plain("f32x4.mul", rounded, b.f32(2 ** 112));
      const value = b.plain("f32x4.mul", above, b.f32(2 ** -112));
      return b.plain("v128.bitselect", value, x, isMagnitude);
    },
  },
  bfloat16: {
    unpack: (b, words) => b.shift("i32x4.shl", words, 16),
    pack: (b, x) => {
      const word = b.shift("i32x4.shr_u", roundedUp(b, x, 16, 0), 16);
      return b.choose("i32x4", b.i32(0x7fc0), word, b.plain("f32x4.ne", x, x));
    },
    round: (b, x) => {
      const value = b.plain("v128.and", roundedUp(b, x, 16, 0), b.i32(-65536));
      return b.choose("i32x4", x, value, b.plain("f32x4.ne", x, x));
    },
  },
};

/** With half a unit of bit `count` added, or a little less where that bit is even: cutting the bits below then rounds. */
function roundedUp(b: ProgramBuilder, bits: Register, count: number, offset: number): Register {
  const odd = b.plain("v128.and", b.shift("i32x4.shr_u", bits, count), b.i32(1));
  const up = b.plain("i32x4.add", bits, b.i32(2 ** (count - 1) - 1 + offset));
  return b.plain("i32x4.add", up, odd);
}
