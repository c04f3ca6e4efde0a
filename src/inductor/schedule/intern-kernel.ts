/** Kernels by structure, shared by all graphs: what a backend compiled for one serves the others. */
import { type Expression, childrenOf } from "../../loops/expression.ts";
import type { Kernel } from "../../loops/kernel.ts";
import type { ContractionKernel } from "../../loops/template.ts";
import { ownKey } from "./intern-expressions.ts";

const kernels = new Map<string, Kernel>();

/** Beyond this the cache starts anew: programs that compile without end must not keep all of it. */
const maximumKernels = 4096;

/** The one kernel of this structure and name. */
export function internKernel(kernel: Kernel): Kernel {
  return intern(kernels, kernelKey(kernel), kernel);
}

const keys = new WeakMap<Kernel, string>();

/** Equal for kernels of equal structure and name only. */
export function kernelKey(kernel: Kernel): string {
  let key = keys.get(kernel);
  if (key === undefined) keys.set(kernel, (key = keyOf(kernel)));
  return key;
}

const contractions = new Map<string, ContractionKernel>();

/** The one contraction of this structure and name. */
export function internContraction(kernel: ContractionKernel): ContractionKernel {
  const printer = new KeyPrinter();
  const value = printer.idOf(kernel.value);
  const { name, operands, scalars } = kernel;
  const key = [name, operands, scalars, ...printer.parts, value].join("\n");
  return intern(contractions, key, Object.freeze(kernel));
}

function intern<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= maximumKernels) known.clear();
  known.set(key, value);
  return value;
}

/** Writes expressions as lines that name each other by number. */
class KeyPrinter {
  readonly parts: string[] = [];
  readonly #ids = new Map<Expression, number>();

  idOf(expression: Expression): number {
    const known = this.#ids.get(expression);
    if (known !== undefined) return known;
    const children = childrenOf(expression)
      .map((child) => this.idOf(child))
      .join();
    this.parts.push(`${ownKey(expression)}(${children})`);
    this.#ids.set(expression, this.#ids.size);
    return this.#ids.size - 1;
  }
}

function keyOf(kernel: Kernel): string {
  const printer = new KeyPrinter();
  const idOf = (expression: Expression): number => printer.idOf(expression);
  const stages = kernel.stages.map(({ over, states, combine, rows, stores }) => {
    const stateKeys = states.map(
      ({ type, initial, next }) => `${type} ${idOf(initial)} ${idOf(next)}`,
    );
    const rowKeys = rows.map(({ row, value }) => `${row} ${idOf(value)}`);
    const storeKeys = stores.map(
      ({ operand, mode, value, coordinates }) =>
        `${operand} ${mode} ${idOf(value)} [${coordinates?.map(idOf).join() ?? ""}]`,
    );
    return [over, stateKeys, combine?.map(idOf).join() ?? "-", rowKeys, storeKeys].join("|");
  });
  return [
    kernel.name,
    kernel.operands.map(({ type, access }) => `${type} ${access}`).join(),
    kernel.scalars.join(),
    kernel.rows.join(),
    String(kernel.keepsParallel),
    String(kernel.keepsFold),
    ...printer.parts,
    ...stages,
  ].join("\n");
}
