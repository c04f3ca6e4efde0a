import { scratchType } from "../../../../runtime/thread-module.ts";
import { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { type Tile, tiledElement } from "./blocking.ts";
import type { ElementName } from "./element.ts";
import { defineAttend } from "./attend.ts";
import { defineMicroKernel, defineTurnedCopy, defineTurnedMicroKernel } from "./micro-kernel.ts";
import { defineMultiply, definePackRight } from "./multiply-blocks.ts";
import { scratchLayout } from "./product-words.ts";
import { defineDots } from "./dots.ts";
import { defineFinishBlock } from "./finish-block.ts";
import { definePack } from "./pack-panels.ts";
import { defineRowSums } from "./row-sums.ts";
import { defineSumParts } from "./sum-parts.ts";

export interface ModuleOptions {
  readonly tile: Tile;
  /** Multiply and add with one rounding, where the machine does. */
  readonly relaxed: boolean;
  readonly shared: boolean;
  /** Whether the engine will make vectors of 256 bits out of pairs. */
  readonly turbo: boolean;
}

export const contractionKernels = [
  "packRight",
  "multiply",
  "attend",
  "dots",
  "rowSums",
  "sumParts",
] as const;

/** The kernels for a dtype, for any shape and layout. */
export function contractionModule(name: ElementName, options: ModuleOptions): ModuleBuilder {
  const element = tiledElement(name, options.tile);
  const { tile, width } = element;
  const module = new ModuleBuilder(`contraction_${name}`);
  module.importMemory("env", "memory", { shared: options.shared });
  module.importTable("env", "table");
  const scratch = module.importFunction("runtime", "scratch", scratchType);
  const packLeft = definePack(module, element, tile.rows);
  const packRight = width === tile.rows ? packLeft : definePack(module, element, width);
  definePackRight(module, element, packRight);
  const microKernel = defineMicroKernel(module, element, options.relaxed);
  const turnedTile = options.turbo
    ? defineTurnedCopy(module, element, microKernel, scratchLayout)
    : defineTurnedMicroKernel(module, element, options.relaxed);
  const finishBlock = defineFinishBlock(module);
  const multiply = defineMultiply(module, element, {
    tile: microKernel,
    turnedTile,
    packLeft,
    finishBlock,
    scratch,
  });
  defineAttend(module, { multiply, scratch });
  defineDots(module, element, options.relaxed);
  defineRowSums(module, element, { relaxed: options.relaxed, scratch });
  defineSumParts(module, element);
  return module;
}
