/** Division by what neighbouring channels hold. */
import { ValueError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { TensorBase } from "../../core/tensor.ts";
import { arg } from "../arg.ts";
import { defineOp, wideFloatDTypes } from "../define-op.ts";
import { notForWords } from "../not-implemented.ts";
import { elementAt, naive, naiveFill } from "../naive-array.ts";
import { add, div, mul } from "../pointwise/arithmetic.ts";
import { pow } from "../pointwise/exponential.ts";
import { runOp } from "../run-op.ts";
import { pad } from "../shape/pad.ts";
import { narrow } from "../view/select.ts";

export const local_response_norm = defineOp({
  name: "local_response_norm",
  api: ["torch.nn.functional.local_response_norm"],
  args: {
    self: arg.tensor,
    size: arg.int,
    alpha: arg.withDefault(arg.number, 1e-4),
    beta: arg.withDefault(arg.number, 0.75),
    k: arg.withDefault(arg.number, 1),
  },
  doc: {
    summary:
      "Divides by `(k + alpha * mean of squares) ** beta`, the mean over `size` neighbouring channels (dimension 1).",
    example: "torch.nn.functional.local_response_norm(torch.ones(1, 4, 2), 2)",
  },
  derivative: "pending",
  dtypes: wideFloatDTypes,
  decomposition: ({ self, size, alpha, beta, k }) => {
    if (self.ndim < 3) {
      throw new ValueError(
        `Expected 3D or higher dimensionality                          input (got ${self.ndim} dimensions)`,
      );
    }
    notForWords("avg_pool3d_out_frame")(self.dtype);
    const squares = runOp(mul, { self, other: self });
    const sides = [...Array.from({ length: 2 * (self.ndim - 2) }, () => 0), Math.floor(size / 2)];
    const widened = runOp(pad, {
      self: squares,
      pad: [...sides, Math.floor((size - 1) / 2)],
    });
    const channels = at(self.shape, 1);
    const parts = Array.from({ length: size }, (_, start) =>
      runOp(narrow, { self: widened, dim: 1, start, length: channels }),
    );
    const total = parts.reduce((sum: TensorBase, other) => runOp(add, { self: sum, other }));
    const scaled = runOp(add, {
      self: runOp(mul, { self: total, other: alpha / size }),
      other: k,
    });
    return runOp(div, { self, other: runOp(pow, { self: scaled, exponent: beta }) });
  },
  reference: ({ self, size, alpha, beta, k }) => {
    const source = naive(self);
    const channels = at(self.shape, 1);
    return naiveFill(self.shape, (point) => {
      const channel = at(point, 1);
      let total = 0;
      for (let offset = -Math.floor(size / 2); offset <= Math.floor((size - 1) / 2); offset++) {
        const other = channel + offset;
        if (other < 0 || other >= channels) continue;
        total += elementAt(source, [at(point, 0), other, ...point.slice(2)]) ** 2;
      }
      return elementAt(source, point) / (k + (alpha * total) / size) ** beta;
    });
  },
  samples: function* (make) {
    yield { self: make.tensor([2, 5, 3]), size: 3, alpha: 0.5 };
    yield { self: make.strided([1, 4, 2, 3]), size: 2, alpha: 1, beta: 0.5, k: 2 };
    yield { self: make.tensor([0, 4, 2]), size: 2 };
  },
});
