/** Plans contractions, and remembers plans. */
import type { KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import { isTurbo } from "../../../../wasm/turbo.ts";
import type { ContractionGeometry, ContractionKernel } from "../../../template.ts";
import { mergeAxes, separateAxes } from "../merge-axes.ts";
import { arrangeProduct, arrangeWithRight, type ArrangedProduct } from "./arrange-product.ts";
import { blockEpilogue, type BlockEpilogue, type CompileEpilogue } from "./block-epilogue.ts";
import { usualChoice } from "./blocking.ts";
import type { ElementName } from "./element.ts";
import { installContraction } from "./install-contraction.ts";
import { ownPlaces, planBlocks } from "./plan-blocks.ts";
import { asVectorProduct, planVectorProduct, type VectorProduct } from "./plan-vector-product.ts";
import type { ProductPlan } from "./product-plan.ts";
import { tunedChoice } from "./tune-product.ts";
import { installWinograd } from "./winograd/install-winograd.ts";
import { planWinograd } from "./winograd/plan-winograd.ts";
import { asWinograd, type WinogradForm } from "./winograd/winograd-form.ts";

/** How a product is computed. */
type ProductForm =
  | { readonly kind: "winograd"; readonly convolution: WinogradForm }
  | { readonly kind: "vector"; readonly product: VectorProduct }
  | { readonly kind: "blocks" };

/** An epilogue has no part in it. */
function formOf(name: ElementName, { axes, operands }: ContractionGeometry): ProductForm {
  const geometry = { axes, operands: operands.slice(0, 3) };
  const convolution = name === "float32" ? asWinograd(geometry) : null;
  if (convolution !== null) return { kind: "winograd", convolution };
  const product = asVectorProduct(arrangeProduct(mergeAxes(geometry)));
  return product === null ? { kind: "blocks" } : { kind: "vector", product };
}

/** Whether epilogues of such products run over blocks of the output while these are in the cache. */
export function finishesBlocks(name: ElementName, geometry: ContractionGeometry): boolean {
  return formOf(name, geometry).kind !== "vector";
}

/** Whether the product is computed by the blocked kernels alone. */
export function isInBlocks(name: ElementName, geometry: ContractionGeometry): boolean {
  return formOf(name, geometry).kind === "blocks";
}

function arranged(geometry: ContractionGeometry, constant: 1 | 2 | null): ArrangedProduct {
  const merged = mergeAxes(geometry);
  return constant === null ? arrangeProduct(merged) : arrangeWithRight(merged, constant);
}

export interface ProductOptions {
  /** The operand that is the same in most calls: what is packed of it is kept from one call to the next, where it pays. */
  readonly constant: 1 | 2 | null;
  /** Whether to time choices on this machine. */
  readonly tunes: boolean;
}

const usualOptions: ProductOptions = { constant: null, tunes: false };

/** The product alone: of three operands. No size may be 0. */
export function planProduct(
  runtime: KernelRuntime,
  name: ElementName,
  geometry: ContractionGeometry,
  options: ProductOptions = usualOptions,
): ProductPlan {
  const kernels = installContraction(runtime, name);
  const form = formOf(name, geometry);
  switch (form.kind) {
    case "winograd": {
      const direct = planBlocks(name, arranged(geometry, null), kernels);
      const own = { ...kernels, ...installWinograd(runtime) };
      return planWinograd(form.convolution, own, direct, null);
    }
    case "vector":
      return planVectorProduct(name, form.product, kernels);
    case "blocks":
      return planInBlocks(runtime, name, arranged(geometry, options.constant), options);
  }
}

/** The same with an epilogue, for what `finishesBlocks`; null: that cannot be compiled. */
export function planFinishedProduct(
  runtime: KernelRuntime,
  name: ElementName,
  kernel: ContractionKernel,
  geometry: ContractionGeometry,
  options: ProductOptions & { readonly compile: CompileEpilogue },
): ProductPlan | null {
  const form = formOf(name, geometry);
  const product = arranged(geometry, form.kind === "winograd" ? null : options.constant);
  const epilogue = blockEpilogue(kernel, product, options.compile);
  if (epilogue === null) return null;
  if (form.kind !== "winograd") return planInBlocks(runtime, name, product, options, epilogue);
  const overImages = blockEpilogue(kernel, separateAxes(geometry), options.compile);
  if (overImages === null) return null;
  const kernels = { ...installContraction(runtime, name), ...installWinograd(runtime) };
  const direct = planBlocks(name, product, kernels, { epilogue });
  return planWinograd(form.convolution, kernels, direct, overImages);
}

function planInBlocks(
  runtime: KernelRuntime,
  name: ElementName,
  product: ArrangedProduct,
  { constant, tunes }: ProductOptions,
  epilogue: BlockEpilogue | null = null,
): ProductPlan {
  const places = ownPlaces(product, constant === null ? "spare" : "kept");
  const choice = tunes ? tunedChoice(runtime, name, product, places) : usualChoice(name);
  const kernels = installContraction(runtime, name, choice.tile);
  return planBlocks(name, product, kernels, { places, epilogue, choice });
}

const known = new WeakMap<KernelRuntime, Map<string, ProductPlan>>();

/** Plans that are remembered, for the shapes that eager execution used last; in each, words. */
const mostPlans = 64;
const mostWords = 2 ** 14;

/** The same, remembered: tables of a thousand entries take longer to write than a small product takes. */
export function rememberedPlan(
  runtime: KernelRuntime,
  name: ElementName,
  geometry: ContractionGeometry,
): ProductPlan {
  let plans = known.get(runtime);
  if (plans === undefined) known.set(runtime, (plans = new Map()));
  const key = keyOf(name, geometry);
  let plan = plans.get(key);
  if (plan !== undefined) return plan;
  plan = planProduct(runtime, name, geometry);
  if (plan.words.length > mostWords) return plan;
  for (const oldest of plans.keys()) {
    if (plans.size < mostPlans) break;
    plans.delete(oldest);
  }
  plans.set(key, plan);
  return plan;
}

function keyOf(name: ElementName, { axes, operands }: ContractionGeometry): string {
  const { batch, rows, columns, inner } = axes;
  const sizes = [batch, rows, columns, inner].map((own) => own.join());
  const strides = operands.slice(0, 3).map((operand) => operand.strides.join());
  return [name, isTurbo(), ...sizes, ...strides].join("|");
}
