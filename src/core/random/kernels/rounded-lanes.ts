/** Float32 arithmetic with fused products and sums, for four numbers at a time. */
import type { FunctionBuilder, Local } from "../../../wasm/function-builder.ts";
import { f64x2 } from "../../../wasm/vector-constant.ts";

/** Four float32 numbers as float64: the first two, the last two. */
export type Lanes = readonly [Local, Local];

/**
 * Emits operations on float32 numbers kept as float64, in which the product of two of them is exact: so product and sum
 * have one rounding, on every machine. The two halves are computed in turn, for the processor to overlap them.
 */
export class RoundedLanes {
  readonly #f: FunctionBuilder;

  constructor(f: FunctionBuilder) {
    this.#f = f;
  }

  constant(value: number): Lanes {
    const local = this.#f.constant(f64x2(Math.fround(value)));
    return [local, local];
  }

  /** From four float32 numbers. */
  widened(vector: Local): Lanes {
    return this.#each((half) => {
      this.#f.get(vector);
      if (half === 1) {
        this.#f.get(vector);
        this.#f.shuffleWords([2, 3, 2, 3]);
      }
      this.#f.emit("f64x2.promote_low_f32x4");
    });
  }

  /** As four float32 numbers. */
  narrowed([low, high]: Lanes): Local {
    const f = this.#f;
    const vector = f.local("v128");
    f.get(low);
    f.emit("f32x4.demote_f64x2_zero");
    f.get(high);
    f.emit("f32x4.demote_f64x2_zero");
    f.shuffleWords([0, 1, 4, 5]);
    f.set(vector);
    return vector;
  }

  /** `a * b + c`, rounded once. */
  fused(a: Lanes, b: Lanes, c: Lanes): Lanes {
    return this.#rounded((half) => {
      this.#f.get(a[half]);
      this.#f.get(b[half]);
      this.#f.emit("f64x2.mul");
      this.#f.get(c[half]);
      this.#f.emit("f64x2.add");
    });
  }

  product(a: Lanes, b: Lanes): Lanes {
    return this.#rounded((half) => {
      this.#f.get(a[half]);
      this.#f.get(b[half]);
      this.#f.emit("f64x2.mul");
    });
  }

  sum(a: Lanes, b: Lanes): Lanes {
    return this.#rounded((half) => {
      this.#f.get(a[half]);
      this.#f.get(b[half]);
      this.#f.emit("f64x2.add");
    });
  }

  negated(a: Lanes): Lanes {
    return this.#each((half) => {
      this.#f.get(a[half]);
      this.#f.emit("f64x2.neg");
    });
  }

  #rounded(value: (half: 0 | 1) => void): Lanes {
    return this.#each((half) => {
      value(half);
      this.#f.emit("f32x4.demote_f64x2_zero");
      this.#f.emit("f64x2.promote_low_f32x4");
    });
  }

  #each(value: (half: 0 | 1) => void): Lanes {
    const halves: Lanes = [this.#f.local("v128"), this.#f.local("v128")];
    for (const half of [0, 1] as const) {
      value(half);
      this.#f.set(halves[half]);
    }
    return halves;
  }
}
