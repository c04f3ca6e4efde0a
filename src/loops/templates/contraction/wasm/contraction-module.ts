import { scratchType } from "../../../../runtime/thread-module.ts";
import { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { tile } from "./blocking.ts";
import { type ElementName, elements } from "./element.ts";
import { defineMicroKernel, defineTurnedMicroKernel } from "./micro-kernel.ts";
import { defineMultiply, definePackRight } from "./multiply-blocks.ts";
import { defineDots } from "./dots.ts";
import { definePack } from "./pack-panels.ts";
import { defineRowSums } from "./row-sums.ts";
import { defineSumParts } from "./sum-parts.ts";

export interface ModuleOptions {
  /** Multiply and add with one rounding, where the machine does. */
  readonly relaxed: boolean;
  readonly shared: boolean;
}

export const contractionKernels = ["packRight", "multiply", "dots", "rowSums", "sumParts"] as const;

/** The kernels for a dtype, for any shape and layout. */
export function contractionModule(name: ElementName, options: ModuleOptions): ModuleBuilder {
  const element = elements[name];
  const module = new ModuleBuilder(`contraction_${name}`);
  module.importMemory("env", "memory", { shared: options.shared });
  const scratch = module.importFunction("runtime", "scratch", scratchType);
  const packLeft = definePack(module, element, tile.rows);
  const width = tile.vectors * element.lanes;
  const packRight = width === tile.rows ? packLeft : definePack(module, element, width);
  definePackRight(module, element, packRight);
  const microKernel = defineMicroKernel(module, element, options.relaxed);
  const turnedTile = defineTurnedMicroKernel(module, element, options.relaxed);
  defineMultiply(module, element, { tile: microKernel, turnedTile, packLeft, scratch });
  defineDots(module, element, options.relaxed);
  defineRowSums(module, element, { relaxed: options.relaxed, scratch });
  defineSumParts(module, element);
  return module;
}
