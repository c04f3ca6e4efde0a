/** What executes kernels. The JavaScript backend is the first; a WebAssembly one replaces it behind this interface. */
import type { TensorBase } from "../core/tensor.ts";
import type { Shape } from "../core/shape.ts";
import type { Kernel } from "./kernel.ts";
import type { ContractionGeometry, ContractionKernel, TemplateLaunch } from "./template.ts";
import type { ProductChain } from "./templates/contraction/wasm/plan-attention.ts";
import type { ProductOptions } from "./templates/contraction/wasm/plan-product.ts";
import type { ProductPlan } from "./templates/contraction/wasm/product-plan.ts";
import type { SortGeometry } from "./templates/sort/plan-sort.ts";
import type { CompiledLaunch } from "./wasm/compiled-launch.ts";
import type { ModuleStore } from "./wasm/module-store.ts";

/** Where one operand of a launch lies. */
export interface LaunchOperand {
  readonly tensor: TensorBase;
  /** Distance in elements for a step along each axis of the iteration space; for `random` operands, along its own dimensions. */
  readonly strides: Shape;
}

/** A line of the user's program. */
export interface LaunchSource {
  readonly file: string;
  readonly line: number;
  /** The text of the line. */
  readonly code: string;
}

/** What is known of a launch before there is memory for it. */
export interface LaunchGeometry {
  readonly kernel: Kernel;
  /** Sizes of the parallel axes. */
  readonly parallel: Shape;
  /** Sizes of the fold axes; empty for pointwise kernels. */
  readonly fold: Shape;
  readonly operands: readonly Pick<LaunchOperand, "strides">[];
}

export interface CompileOptions {
  /** Launches that are too small for WebAssembly by themselves run there as well. */
  readonly smallToo: boolean;
  /** Where generated code is looked for first, and kept. */
  readonly store?: ModuleStore | null;
}

/** A launch to be compiled ahead. */
export interface AheadLaunch extends LaunchGeometry {
  /** Whether it does the work of several: no operator by itself runs the same kernel. */
  readonly isFused: boolean;
}

/** A kernel with everything that differs from call to call. */
export interface Launch extends LaunchGeometry {
  readonly operands: readonly LaunchOperand[];
  /** In the form the scalar's type takes: bigint for int64, else number. */
  readonly scalars: readonly (number | bigint)[];
  /** For the profiler; null or absent where it is not known. */
  readonly source?: LaunchSource | null;
}

/** A launch for other tensors of the same dtypes, shapes and strides, in the order of the operands. */
export type PreparedLaunch = (tensors: readonly TensorBase[]) => void;

export interface Backend {
  readonly name: string;
  run(launch: Launch): void;
  /** Does once what a launch needs each time but the memory of its operands; null where that is nothing. */
  prepare?(launch: Launch): PreparedLaunch | null;
  runTemplate(launch: TemplateLaunch): void;
  /** Compiles launches ahead, together; null for those that `run` carries out as JavaScript. */
  compile?(
    launches: readonly AheadLaunch[],
    options?: CompileOptions,
  ): readonly (CompiledLaunch | null)[];
  /** Plans a contraction ahead; null where `runTemplate` carries it out in another way. */
  plan?(
    kernel: ContractionKernel,
    geometry: ContractionGeometry,
    options: ProductOptions & { readonly store: ModuleStore | null },
  ): ProductPlan | null;
  /** Plans a sort ahead; null where there is no kernel for it. */
  planSort?(sort: SortGeometry): ProductPlan | null;
  /** Plans two products with a kernel over rows between them as one; null where they cannot be. */
  planChain?(
    chain: ProductChain,
    options: { readonly store: ModuleStore | null },
  ): ProductPlan | null;
  /** Drops compiled code. */
  reset(): void;
}
