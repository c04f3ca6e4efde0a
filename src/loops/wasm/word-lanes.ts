/** Floats of 16 bits, one word in each 32-bit lane, to and from float32. The rounding is that of `core/word-format.ts`. */
import type { WordTypeName } from "../../core/dtype.ts";
import type { ProgramBuilder, Register } from "./program.ts";

interface WordLanes {
  readonly unpack: (b: ProgramBuilder, words: Register) => Register;
  readonly pack: (b: ProgramBuilder, x: Register) => Register;
}

/** What the bits of a binary16's exponent and fraction lack as those of a float32. */
const bias = 112 << 23;
/** 2^-14, the smallest normal number: below, numbers are 2^-24 apart. */
const smallestNormal = 0x38800000;

export const wordLanes: Readonly<Record<WordTypeName, WordLanes>> = {
  float16: {
    unpack: (b, words) => {
      const magnitude = b.shift("i32x4.shl", b.plain("v128.and", words, b.i32(0x7fff)), 13);
      // Infinity and NaN have the largest exponent in both.
      const isSpecial = b.plain("i32x4.gt_s", magnitude, b.i32(0x0f7fffff));
      const rest = b.plain("v128.and", isSpecial, b.i32(bias));
      const normal = b.plain("i32x4.add", b.plain("i32x4.add", magnitude, b.i32(bias)), rest);
      const above = b.plain("i32x4.add", magnitude, b.i32(smallestNormal));
      const subnormal = b.plain("f32x4.sub", above, b.f32(2 ** -14));
      const isSubnormal = b.plain("i32x4.lt_s", magnitude, b.i32(0x00800000));
      const value = b.choose("i32x4", subnormal, normal, isSubnormal);
      const sign = b.plain("v128.and", words, b.i32(0x8000));
      return b.plain("v128.or", value, b.shift("i32x4.shl", sign, 16));
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
  },
  bfloat16: {
    unpack: (b, words) => b.shift("i32x4.shl", words, 16),
    pack: (b, x) => {
      const word = b.shift("i32x4.shr_u", roundedUp(b, x, 16, 0), 16);
      return b.choose("i32x4", b.i32(0x7fc0), word, b.plain("f32x4.ne", x, x));
    },
  },
};

/** With half a unit of bit `count` added, or a little less where that bit is even: cutting the bits below then rounds. */
function roundedUp(b: ProgramBuilder, bits: Register, count: number, offset: number): Register {
  const odd = b.plain("v128.and", b.shift("i32x4.shr_u", bits, count), b.i32(1));
  const up = b.plain("i32x4.add", bits, b.i32(2 ** (count - 1) - 1 + offset));
  return b.plain("i32x4.add", up, odd);
}
