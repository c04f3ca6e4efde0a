/** Questions about two whole tensors. */
import { itemOf } from "../../core/elements.ts";
import { sameShape } from "../../core/shape.ts";
import { arg } from "../arg.ts";
import { defineOp } from "../define-op.ts";
import { eq } from "../pointwise/comparison.ts";
import { isclose } from "../pointwise/special-values.ts";
import { all } from "../reduction/logic.ts";
import { returns } from "../returns.ts";
import { runOp } from "../run-op.ts";

export const equal = defineOp({
  name: "equal",
  api: ["torch.equal", "Tensor.equal"],
  args: { self: arg.tensor, other: arg.tensor },
  returns: returns.value<boolean>("boolean"),
  doc: {
    summary: "Whether two tensors have the same shape and elements. NaN is not equal to NaN.",
    example: "torch.equal(torch.ones(2), torch.ones(2))",
  },
  derivative: "not-differentiable",
  needsData: "scalar",
  decomposition: ({ self, other }) => {
    return (
      sameShape(self.shape, other.shape) &&
      itemOf(runOp(all, { self: runOp(eq, { self, other }) })) === true
    );
  },
  reference: null,
  samples: function* (make) {
    yield { self: make.tensor([2]), other: make.tensor([3]) };
  },
});

export const allclose = defineOp({
  name: "allclose",
  api: ["torch.allclose", "Tensor.allclose"],
  args: {
    self: arg.tensor,
    other: arg.tensor,
    rtol: arg.withDefault(arg.number, 1e-5),
    atol: arg.withDefault(arg.number, 1e-8),
    equal_nan: arg.withDefault(arg.bool, false),
  },
  returns: returns.value<boolean>("boolean"),
  doc: {
    summary: "Whether all elements differ by at most `atol + rtol * |other|`.",
    example: "torch.allclose(torch.ones(2), torch.ones(2))",
  },
  derivative: "not-differentiable",
  needsData: "scalar",
  decomposition: (args) => itemOf(runOp(all, { self: runOp(isclose, args) })) === true,
  reference: null,
  samples: function* (make) {
    yield { self: make.tensor([2]), other: make.tensor([2]) };
  },
});
