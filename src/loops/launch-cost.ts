/** How much a launch computes and moves, by its definition: what it reaches of a machine's limits is judged by these. */
import { dtypes } from "../core/dtype.ts";
import { at, numelOf, type Shape } from "../core/shape.ts";
import { stateOf } from "../core/tensor.ts";
import type { Launch, LaunchOperand } from "./backend.ts";
import type { Expression } from "./expression.ts";
import { expressionsOf, type Kernel, visitExpressions } from "./kernel.ts";
import type { ContractionLaunch } from "./template.ts";

export interface WorkCost {
  /** Elements read and elements written, each counted once however often the kernel comes back to it. */
  readonly bytes: number;
  /** Floating-point operations; a function such as `exp` counts as one. */
  readonly flops: number;
}

export function costOfLaunch(launch: Launch): WorkCost {
  const { kernel, parallel, fold, operands } = launch;
  const facts = factsOf(kernel);
  const points = numelOf(parallel);
  const folded = points * numelOf(fold);
  const sizes = [...parallel, ...fold];
  let bytes = 0;
  operands.forEach((operand, index) => {
    const { type, access } = at(kernel.operands, index);
    const elements =
      access === "random"
        ? Math.min(stateOf(operand.tensor).storage.length, folded)
        : elementsOf(operand, sizes);
    const passes = Number(facts.isRead.has(index)) + Number(facts.isWritten.has(index));
    bytes += elements * dtypes[type].itemsize * passes;
  });
  return { bytes, flops: facts.flopsPerPoint * points + facts.flopsPerFoldPoint * folded };
}

export function costOfContraction({ kernel, axes, operands }: ContractionLaunch): WorkCost {
  const sizes = [...axes.batch, ...axes.rows, ...axes.columns, ...axes.inner];
  const results = numelOf([...axes.batch, ...axes.rows, ...axes.columns]);
  let bytes = 0;
  operands.forEach((operand, index) => {
    bytes += elementsOf(operand, sizes) * dtypes[at(kernel.operands, index)].itemsize;
  });
  const flops = 2 * results * numelOf(axes.inner) + flopsOf([kernel.value]) * results;
  return { bytes, flops };
}

/** The elements that steps along all axes reach; axes that an operand is repeated along have step 0. */
function elementsOf({ tensor, strides }: LaunchOperand, sizes: Shape): number {
  let elements = 1;
  sizes.forEach((size, axis) => {
    if (size === 0 || strides[axis] !== 0) elements *= size;
  });
  return Math.min(elements, stateOf(tensor).storage.length);
}

interface KernelFacts {
  readonly isRead: ReadonlySet<number>;
  readonly isWritten: ReadonlySet<number>;
  readonly flopsPerPoint: number;
  readonly flopsPerFoldPoint: number;
}

const known = new WeakMap<Kernel, KernelFacts>();

function factsOf(kernel: Kernel): KernelFacts {
  let facts = known.get(kernel);
  if (facts === undefined) known.set(kernel, (facts = findFacts(kernel)));
  return facts;
}

function findFacts({ stages }: Kernel): KernelFacts {
  const isRead = new Set<number>();
  const isWritten = new Set<number>();
  let flopsPerPoint = 0;
  let flopsPerFoldPoint = 0;
  for (const stage of stages) {
    visitExpressions(expressionsOf(stage), (expression) => {
      if (expression.kind === "load" || expression.kind === "gather")
        isRead.add(expression.operand);
    });
    for (const { operand, mode } of stage.stores) {
      isWritten.add(operand);
      if (mode !== "set") isRead.add(operand);
    }
    const roots = [
      ...stage.states.map(({ next }) => next),
      ...stage.rows.map(({ value }) => value),
      ...stage.stores.map(({ value }) => value),
    ];
    if (stage.over === "sweep") flopsPerFoldPoint += flopsOf(roots);
    else flopsPerPoint += flopsOf(roots);
  }
  return { isRead, isWritten, flopsPerPoint, flopsPerFoldPoint };
}

function flopsOf(roots: readonly Expression[]): number {
  let flops = 0;
  visitExpressions(roots, ({ kind, type }) => {
    const isFloat = type === "float32" || type === "float64";
    if (isFloat && (kind === "arithmetic" || kind === "unary")) flops += 1;
  });
  return flops;
}
