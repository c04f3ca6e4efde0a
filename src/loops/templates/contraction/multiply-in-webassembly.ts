import { InternalError, OutOfMemoryError } from "../../../base/errors.ts";
import { at, numelOf } from "../../../core/shape.ts";
import { stateOf } from "../../../core/tensor.ts";
import { kernelMemoryOrNull } from "../../../runtime/kernel-memory.ts";
import { kernelRuntime, type KernelRuntime } from "../../../runtime/kernel-runtime.ts";
import { wasmFeatures } from "../../../wasm/features.ts";
import type { Launch } from "../../backend.ts";
import { reasonAgainst } from "../../wasm/vector-support.ts";
import {
  type ContractionGeometry,
  type ContractionKernel,
  type ContractionLaunch,
  hasNoEpilogue,
} from "../../template.ts";
import { multiplyThenFinish } from "./finish-contraction.ts";
import { elements, type ElementName, isElementName } from "./wasm/element.ts";
import { type CompileEpilogue, hasBlockKernel } from "./wasm/block-epilogue.ts";
import {
  type ChainedProduct,
  isChain,
  planChain,
  type ProductChain,
} from "./wasm/plan-attention.ts";
import {
  finishesBlocks,
  isInBlocks,
  planFinishedProduct,
  planProduct,
  type ProductOptions,
  rememberedPlan,
} from "./wasm/plan-product.ts";
import { type ProductPlan, runPlan } from "./wasm/product-plan.ts";

/** Multiplications from which the blocked kernels beat plain loops, their tables included. */
const smallestProduct = 4096;

/**
 * Whether the blocked kernels of the template take a contraction: floats, and large enough. Where WebAssembly cannot be
 * used they take none.
 */
export function takesContraction({
  kernel,
  axes,
}: Pick<ContractionLaunch, "kernel" | "axes">): boolean {
  const [, left = "", right] = kernel.operands;
  if (left !== right || !isElementName(left)) return false;
  const work = numelOf(axes.batch) * numelOf(axes.rows) * numelOf(axes.columns);
  if (work * numelOf(axes.inner) < smallestProduct) return false;
  return wasmFeatures().simd && kernelMemoryOrNull() !== null;
}

/** Whether the epilogue of a contraction can run over each block of the output as soon as that is finished. */
export function finishesInBlocks(
  launch: Pick<ContractionLaunch, "kernel"> & ContractionGeometry,
): boolean {
  const { kernel } = launch;
  const [, name = ""] = kernel.operands;
  if (!isElementName(name) || hasNoEpilogue(kernel) || !takesContraction(launch)) return false;
  return finishesBlocks(name, launch) && hasBlockKernel(kernel);
}

/** The kernels of a contraction that `takesContraction` accepted, without epilogue or one that `finishesInBlocks`. */
export function planContraction(
  kernel: ContractionKernel,
  geometry: ContractionGeometry,
  options: ProductOptions & { readonly compile: CompileEpilogue },
): ProductPlan | null {
  const [, name = ""] = kernel.operands;
  if (!isElementName(name)) throw new InternalError(`no kernels multiply ${name}`);
  const runtime = kernelRuntime();
  if (hasNoEpilogue(kernel)) return planProduct(runtime, name, geometry, options);
  if (!finishesInBlocks({ kernel, ...geometry })) return null;
  return planFinishedProduct(runtime, name, kernel, geometry, options);
}

/** Whether a block of rows at a time can go through both products and the kernel between them. */
export function chainsProducts(chain: ProductChain): boolean {
  const { first, between, second } = chain;
  const [, name = ""] = first.kernel.operands;
  if (!isElementName(name) || second.kernel.operands[1] !== name) return false;
  const suits = (product: ChainedProduct): boolean =>
    takesContraction(product) &&
    // Sums are added up where the result goes.
    product.kernel.operands[0] === name &&
    isInBlocks(name, product) &&
    (hasNoEpilogue(product.kernel) || hasBlockKernel(product.kernel));
  return suits(first) && suits(second) && reasonAgainst(between) === null && isChain(name, chain);
}

/** The kernels of a chain that `chainsProducts` accepted. */
export function planProductChain(
  chain: ProductChain,
  compile: CompileEpilogue,
): ProductPlan | null {
  const [, name = ""] = chain.first.kernel.operands;
  if (!isElementName(name)) throw new InternalError(`no kernels multiply ${name}`);
  return planChain(kernelRuntime(), name, chain, compile);
}

/**
 * Runs a contraction that `takesContraction` accepted; `run` runs the epilogue. False where the memory has no room for what
 * stands beside the operands: plain loops have to do all of it.
 */
export function multiplyInWebAssembly(
  launch: ContractionLaunch,
  run: (launch: Launch) => void,
): boolean {
  const runtime = kernelRuntime();
  const [, name = ""] = launch.kernel.operands;
  if (!isElementName(name)) throw new InternalError(`no kernels multiply ${name}`);
  try {
    multiplyThenFinish(launch, (sums) => multiply(runtime, name, sums), run);
  } catch (error) {
    if (error instanceof OutOfMemoryError) return false;
    throw error;
  }
  return true;
}

function multiply(runtime: KernelRuntime, name: ElementName, launch: ContractionLaunch): void {
  const states = launch.operands.slice(0, 3).map(({ tensor }) => stateOf(tensor));
  const address = (operand: number): number => {
    const { storage, offset } = at(states, operand);
    return storage.address() + offset * elements[name].bytes;
  };
  const addresses = [address(0), address(1), address(2)] as const;
  try {
    runPlan(runtime, rememberedPlan(runtime, name, launch), addresses);
  } finally {
    states.forEach(({ storage }, operand) => storage.endStage(operand === 0));
  }
}
