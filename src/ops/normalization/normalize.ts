/** Division by norms. */
import { convertScalar } from "../../core/scalar.ts";
import { arg } from "../arg.ts";
import { defineOp, floatDTypes } from "../define-op.ts";
import { elementAt, naive, naiveFill, naiveReduce } from "../naive-array.ts";
import { div } from "../pointwise/arithmetic.ts";
import { clamp } from "../pointwise/choice.ts";
import { foldedDims } from "../reduction/fold-dims.ts";
import { norm } from "../reduction/norm.ts";
import { runOp } from "../run-op.ts";

export const normalize = defineOp({
  name: "normalize",
  api: ["torch.nn.functional.normalize"],
  args: {
    self: arg.tensor,
    p: arg.withDefault(arg.number, 2),
    dim: arg.withDefault(arg.dims, [1]),
    eps: arg.withDefault(arg.number, 1e-12),
  },
  doc: {
    summary: "Divides by the norm of order `p` over `dim`, or by `eps` if that is larger.",
    example: "torch.nn.functional.normalize(torch.tensor([[3, 4]]))",
  },
  derivative: "pending",
  dtypes: floatDTypes,
  decomposition: ({ self, p, dim, eps }) => {
    const length = runOp(norm, { self, p, dim, keepdim: true });
    return runOp(div, { self, other: runOp(clamp, { self: length, min: eps }) });
  },
  reference: ({ self, p, dim, eps }) => {
    const dims = foldedDims(self.shape, dim);
    const lengths = naiveReduce(self, dims, true, (values) => {
      const magnitudes = values.map(Math.abs);
      if (p === Infinity) return Math.max(...magnitudes);
      return magnitudes.reduce((total, x) => total + x ** p, 0) ** (1 / p);
    });
    const source = naive(self);
    const least = Number(convertScalar(eps, self.dtype));
    return naiveFill(
      self.shape,
      (point) => elementAt(source, point) / Math.max(elementAt(lengths, point), least),
    );
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 3]) };
    yield { self: make.strided([2, 3, 4]), p: 1, dim: [-1] };
    yield { self: make.tensor([2, 3]), p: Infinity, dim: [0], eps: 3 };
    yield { self: make.of([1, 2], [0, 0]) };
    yield { self: make.tensor([3]), p: 3, dim: [0] };
    yield { self: make.tensor([0, 3]) };
  },
});
