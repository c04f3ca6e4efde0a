/** Numbers that a compiled graph gets at each call, while the graph is recorded. */
import { get_default_dtype } from "./default-dtype.ts";
import { type DType, int64 } from "./dtype.ts";

/** Something asked for the value of a number that is not known before the graph runs. */
class UnknownScalarError extends Error {
  constructor() {
    super("the value of this number is not known before the graph runs");
  }
}

/**
 * Stands for a number of the program while operators are recorded. Operators may pass it on, convert it to a dtype and
 * ask which dtype it counts as; whatever looks at its value throws, so that no value can be baked into a kernel.
 */
export class RuntimeScalar {
  /** Its place among the numbers of the graph. */
  readonly slot: number;
  /** Whether the number is known to be whole; decides its dtype, as for plain numbers. */
  readonly isIntegral: boolean;
  /** The dtype it is converted to before a kernel gets it; null before it is. */
  readonly converted: DType | null;

  constructor(slot: number, isIntegral: boolean, converted: DType | null = null) {
    this.slot = slot;
    this.isIntegral = isIntegral;
    this.converted = converted;
    Object.freeze(this);
  }

  get dtype(): DType {
    return this.isIntegral ? int64 : get_default_dtype();
  }

  /**
   * The same number as `dtype`, in the place of the converted value.
   * Typed as that value: nothing that computes with it gets by without `Symbol.toPrimitive`, which throws.
   */
  as(dtype: DType): number {
    // Converting twice would go back on the rounding to a float of 16 bits, which is a float32 as well.
    const converted = this.converted?.words ? this.converted : dtype;
    return new RuntimeScalar(this.slot, this.isIntegral, converted) as unknown as number;
  }

  [Symbol.toPrimitive](): never {
    throw new UnknownScalarError();
  }
}
