/** `beta * added + alpha * product` as the epilogue of a contraction. */
import type { DType } from "../../core/dtype.ts";
import type { Scalar } from "../../core/scalar.ts";
import type { TensorBase } from "../../core/tensor.ts";
import type { Epilogue } from "../../loops/computation.ts";
import { add, compare, type Expression, mul, select } from "../../loops/expression.ts";

const plusAdded = (sum: Expression, added: Expression): Expression => add(added, sum);

const scaled = (sum: Expression, alpha: Expression): Expression => mul(sum, alpha);

// With beta 0 the input is ignored altogether: NaN and infinity in it do not matter. Compared in the kernel, since the
// number may be one that only a call of the compiled graph brings.
const scaledPlusAdded = (
  sum: Expression,
  added: Expression,
  beta: Expression,
  alpha: Expression,
): Expression => add(select(compare("eq", beta, 0), beta, mul(added, beta)), mul(sum, alpha));

export interface AddedProduct {
  readonly added: TensorBase;
  readonly beta: Scalar;
  readonly alpha: Scalar;
}

export function addedProduct({ added, beta, alpha }: AddedProduct): Epilogue | null {
  const computeType = added.dtype;
  const [own, other] = [factorIn(computeType, alpha), factorIn(computeType, beta)];
  if (other === 0) return own === 1 ? null : { body: scaled, operands: [own], computeType };
  if (own === 1 && other === 1) return { body: plusAdded, operands: [added], computeType };
  return { body: scaledPlusAdded, operands: [added, other, own], computeType };
}

/** Factors are converted to the dtype of the tensors: PyTorch drops the fraction for integers. */
function factorIn(dtype: DType, factor: Scalar): Scalar {
  return !dtype.is_floating_point && typeof factor === "number" ? Math.trunc(factor) : factor;
}
