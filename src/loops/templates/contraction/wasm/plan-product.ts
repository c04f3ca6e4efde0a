/** Plans contractions without epilogue, and remembers plans. */
import type { KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import { isTurbo } from "../../../../wasm/turbo.ts";
import type { ContractionGeometry } from "../../../template.ts";
import { mergeAxes } from "../merge-axes.ts";
import { arrangeProduct, arrangeWithRight } from "./arrange-product.ts";
import type { ElementName } from "./element.ts";
import { installContraction } from "./install-contraction.ts";
import { ownPlaces, planBlocks } from "./plan-blocks.ts";
import { asVectorProduct, planVectorProduct } from "./plan-vector-product.ts";
import type { ProductPlan } from "./product-plan.ts";
import { installWinograd } from "./winograd/install-winograd.ts";
import { planWinograd } from "./winograd/plan-winograd.ts";
import { asWinograd } from "./winograd/winograd-form.ts";

/** No size may be 0. What is packed of the `constant` operand is kept from one call to the next, where it pays. */
export function planProduct(
  runtime: KernelRuntime,
  name: ElementName,
  geometry: ContractionGeometry,
  constant: 1 | 2 | null = null,
): ProductPlan {
  const product = arrangeProduct(mergeAxes(geometry));
  const kernels = installContraction(runtime, name);
  const convolution = name === "float32" ? asWinograd(geometry) : null;
  if (convolution !== null) {
    const direct = planBlocks(name, product, kernels);
    return planWinograd(convolution, { ...kernels, ...installWinograd(runtime) }, direct);
  }
  const vectorProduct = asVectorProduct(product);
  if (vectorProduct !== null) return planVectorProduct(name, vectorProduct, kernels);
  if (constant === null) return planBlocks(name, product, kernels);
  const arranged = arrangeWithRight(mergeAxes(geometry), constant);
  return planBlocks(name, arranged, kernels, ownPlaces(arranged, "kept"));
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
