import { dtypes } from "../../../core/dtype.ts";
import { at } from "../../../core/shape.ts";
import type { Launch } from "../../backend.ts";
import { add, constant, type Expression, load, mul } from "../../expression.ts";
import { type Kernel, makeKernel, stage } from "../../kernel.ts";
import type { ContractionKernel, ContractionLaunch } from "../../template.ts";

let kernels = new WeakMap<ContractionKernel, Kernel>();

export function resetPlainContractions(): void {
  kernels = new WeakMap();
}

/**
 * A contraction as a loop kernel: a sum of products for each element of the output. What runs for small sizes and for
 * dtypes the template does not take, and what tests compare the template to.
 */
export function plainContraction({ kernel, axes, operands, scalars }: ContractionLaunch): Launch {
  return {
    kernel: plainKernel(kernel),
    parallel: [...axes.batch, ...axes.rows, ...axes.columns],
    fold: axes.inner,
    operands,
    scalars,
  };
}

/** The kernel of that: batch, rows and columns are parallel. */
export function plainKernel(kernel: ContractionKernel): Kernel {
  let loops = kernels.get(kernel);
  if (loops === undefined) kernels.set(kernel, (loops = loopKernel(kernel)));
  return loops;
}

function loopKernel(kernel: ContractionKernel): Kernel {
  const type = dtypes[at(kernel.operands, 1)].computeName;
  const factor = (operand: 1 | 2): Expression => load(operand, at(kernel.operands, operand));
  const sum: Expression = { kind: "state", type, state: 0 };
  const next = add(sum, mul(factor(1), factor(2)));
  return makeKernel({
    name: kernel.name,
    operands: kernel.operands.map((own) => ({ type: own, access: "point" })),
    scalars: kernel.scalars,
    stages: [
      stage({ over: "sweep", states: [{ type, initial: constant(type, 0), next }] }),
      stage({
        over: "once",
        stores: [{ operand: 0, coordinates: null, mode: "set", value: kernel.value }],
      }),
    ],
  });
}
