/** Kernels by structure, shared by all graphs: what a backend compiled for one serves the others. */
import { type Expression, childrenOf } from "../../loops/expression.ts";
import type { Kernel } from "../../loops/kernel.ts";
import { ownKey } from "./intern-expressions.ts";

const kernels = new Map<string, Kernel>();

/** Beyond this the cache starts anew: programs that compile without end must not keep all of it. */
const maximumKernels = 4096;

/** The one kernel of this structure and name. */
export function internKernel(kernel: Kernel): Kernel {
  const key = keyOf(kernel);
  const known = kernels.get(key);
  if (known !== undefined) return known;
  if (kernels.size >= maximumKernels) kernels.clear();
  kernels.set(key, kernel);
  return kernel;
}

function keyOf(kernel: Kernel): string {
  const ids = new Map<Expression, number>();
  const parts: string[] = [
    kernel.name,
    kernel.operands.map(({ type, access }) => `${type} ${access}`).join(),
    kernel.scalars.join(),
    kernel.rows.join(),
    String(kernel.keepsParallel),
    String(kernel.keepsFold),
  ];
  const idOf = (expression: Expression): number => {
    const known = ids.get(expression);
    if (known !== undefined) return known;
    const children = childrenOf(expression).map(idOf).join();
    parts.push(`${ownKey(expression)}(${children})`);
    ids.set(expression, ids.size);
    return ids.size - 1;
  };
  for (const { over, states, combine, rows, stores } of kernel.stages) {
    const stateKeys = states.map(
      ({ type, initial, next }) => `${type} ${idOf(initial)} ${idOf(next)}`,
    );
    const rowKeys = rows.map(({ row, value }) => `${row} ${idOf(value)}`);
    const storeKeys = stores.map(
      ({ operand, mode, value, coordinates }) =>
        `${operand} ${mode} ${idOf(value)} [${coordinates?.map(idOf).join() ?? ""}]`,
    );
    const combineKeys = combine?.map(idOf).join() ?? "-";
    parts.push([over, stateKeys, combineKeys, rowKeys, storeKeys].join("|"));
  }
  return parts.join("\n");
}
