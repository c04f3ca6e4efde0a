/** Plans two products with a kernel over rows between them, such as attention: a block of rows goes through all three. */
import { at, contiguousStrides, numelOf, type Shape } from "../../../../core/shape.ts";
import type { KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import type { Kernel } from "../../../kernel.ts";
import {
  type ContractionGeometry,
  type ContractionKernel,
  hasNoEpilogue,
} from "../../../template.ts";
import type { CompiledLaunch } from "../../../wasm/compiled-launch.ts";
import { bytesOf } from "../../../wasm/lower-expression.ts";
import { rowBufferBytes } from "../../../wasm/write-arguments.ts";
import { mapSteps, type MergedAxes, separateAxes } from "../merge-axes.ts";
import { arrangeWithRight, type ArrangedProduct } from "./arrange-product.ts";
import { type AttendWord, attendWords, mostKernelBytes, roomBytes } from "./attend.ts";
import { blockEpilogue, type BlockEpilogue, type CompileEpilogue } from "./block-epilogue.ts";
import { type Blocking, rowBlocking, tiledElement } from "./blocking.ts";
import { type ElementName, elements } from "./element.ts";
import { installContraction } from "./install-contraction.ts";
import { planBlocks } from "./plan-blocks.ts";
import { joinPlans, PlanWriter, type ProductPlan } from "./product-plan.ts";

export interface ChainedProduct extends ContractionGeometry {
  readonly kernel: ContractionKernel;
}

/** The rows of the first product, through a kernel that folds each of them, are the left factor of the second one. */
export interface ProductChain {
  readonly first: ChainedProduct;
  /** Its operands are all the rows. */
  readonly between: Kernel;
  readonly second: ChainedProduct;
  /** Which factor of the second product that is. */
  readonly left: 1 | 2;
}

/** Bytes of the rows of a block: they stay in the second-level cache. */
const blockBytes = 2 ** 18;
const fewestRows = 16;
const mostRows = 128;
/** A few of such long rows would not fit any cache. */
const mostBlockBytes = 2 ** 23;
const wantedUnits = 8;
/** Multiplications that take a thread some ten microseconds, and what the kernel between takes for an element, in these. */
const chunkMultiplications = 2 ** 18;
const betweenMultiplications = 24;

/** The two products over one set of rows; null: they do not walk what is between them alike. */
function arrangeChain({
  first,
  second,
  left,
}: ProductChain): readonly [ArrangedProduct, ArrangedProduct] | null {
  const scores = arrangeWithRight(separateAxes(first), 2);
  const result = arrangeWithRight(separateAxes(second), left === 1 ? 2 : 1);
  const agree = (axes: MergedAxes, others: MergedAxes): boolean =>
    sameNumbers(axes.sizes, others.sizes) && sameNumbers(axes.steps[0], others.steps[left]);
  if (!agree(scores.batch, result.batch) || !agree(scores.rows, result.rows)) return null;
  if (!agree(scores.columns, result.inner)) return null;
  // Row after row, those of every product from the start.
  const { rows, columns } = scores;
  if (!sameNumbers(columns.steps[0], contiguousStrides(columns.sizes))) return null;
  const strides = contiguousStrides([...rows.sizes, ...columns.sizes]);
  const placed = (
    product: ArrangedProduct,
    operand: number,
    inner: "columns" | "inner",
  ): ArrangedProduct => {
    const withSteps = (axes: MergedAxes, own: Shape): MergedAxes => ({
      ...axes,
      steps: mapSteps(axes.steps, (steps, index) => (index === operand ? own : steps)),
    });
    return {
      ...product,
      batch: withSteps(
        product.batch,
        product.batch.sizes.map(() => 0),
      ),
      rows: withSteps(product.rows, strides.slice(0, rows.sizes.length)),
      [inner]: withSteps(product[inner], strides.slice(rows.sizes.length)),
    };
  };
  return [placed(scores, 0, "columns"), placed(result, left, "inner")];
}

/** Whether the products of a chain fit together, and blocks of rows are small enough. */
export function isChain(name: ElementName, chain: ProductChain): boolean {
  const arranged = arrangeChain(chain);
  if (arranged === null) return false;
  const rowBytes = numelOf(arranged[0].columns.sizes) * elements[name].bytes;
  return rowBytes * fewestRows <= mostBlockBytes;
}

/** Null: a part of it cannot be compiled. Operands are those of `chainOperands`. */
export function planChain(
  runtime: KernelRuntime,
  name: ElementName,
  chain: ProductChain,
  compile: CompileEpilogue,
): ProductPlan | null {
  const arranged = arrangeChain(chain);
  if (arranged === null) return null;
  const [scores, result] = arranged;
  const { bytes, tile } = tiledElement(name);
  const keys = numelOf(scores.columns.sizes);
  const count = { batch: numelOf(scores.batch.sizes), rows: numelOf(scores.rows.sizes) };
  const blockRows = rowsOfBlock(count, keys * bytes, tile.rows);
  const between = compileRows(chain.between, blockRows, keys, compile);
  const epilogues = [
    epilogueOf(chain.first.kernel, scores, compile),
    epilogueOf(chain.second.kernel, result, compile),
  ] as const;
  if (between === null || epilogues[0] === undefined || epilogues[1] === undefined) return null;
  const kernels = installContraction(runtime, name);
  const plan = (
    product: ArrangedProduct,
    epilogue: BlockEpilogue | null,
    packedAt: number,
  ): ProductPlan =>
    planBlocks(name, product, kernels, {
      places: {
        left: { of: product.left, byteOffset: 0 },
        right: { of: product.right, byteOffset: 0 },
        packed: { of: "spare", byteOffset: packedAt },
        out: { of: 0, byteOffset: 0 },
      },
      epilogue,
      blocking: blockingOf(name, product, blockRows),
    });
  const first = plan(scores, epilogues[0], 0);
  const secondPacked = Math.ceil(first.spareBytes / 64) * 64;
  const second = plan(result, epilogues[1], secondPacked);
  const firstCount = chain.first.kernel.operands.length;
  const products = [
    withOperands(first, (operand) => (operand === 0 ? null : operand), 0),
    withOperands(
      second,
      (operand) => {
        if (operand === 0) return 0;
        if (operand === chain.left) return null;
        return operand < 3 ? firstCount : firstCount + operand - 2;
      },
      chain.first.kernel.scalars.length,
    ),
  ] as const;
  const rowBuffers = rowBufferBytes(between.plan.rowLength) * chain.between.rows.length;
  const room = Math.ceil(Math.max(first.scratchBytes, second.scratchBytes, rowBuffers) / 64) * 64;
  const rowBlocks = Math.ceil(count.rows / blockRows);
  const firstScalar = chain.first.kernel.scalars.length + chain.second.kernel.scalars.length;
  const places = { firstWords: first.words.length, firstScalar };
  const own = attendPlan(chain.between, between, places, {
    rows: count.rows,
    rowBytes: keys * bytes,
    blockRows,
    rowBlocks,
    room,
    scores: room + roomBytes,
  });
  const joined = joinPlans([own, ...products]);
  const [packFirst, , packSecond] = joined.kernels;
  if (packFirst === undefined || packSecond === undefined) return null;
  const width =
    numelOf(scores.inner.sizes) + numelOf(result.columns.sizes) + betweenMultiplications;
  return {
    ...joined,
    kernels: [
      packFirst,
      packSecond,
      {
        installed: kernels.attend,
        args: 0,
        units: count.batch * rowBlocks,
        chunkUnits: Math.max(1, Math.floor(chunkMultiplications / (blockRows * keys * width))),
      },
    ],
    spareBytes: secondPacked + second.spareBytes,
    scratchBytes: room + roomBytes + blockRows * keys * bytes + 64,
  };
}

function rowsOfBlock(
  count: { readonly batch: number; readonly rows: number },
  rowBytes: number,
  tileRows: number,
): number {
  const roundUp = (rows: number): number => Math.ceil(rows / tileRows) * tileRows;
  const cached = Math.min(mostRows, Math.max(fewestRows, Math.floor(blockBytes / rowBytes)));
  const shared = Math.max(fewestRows, Math.ceil((count.rows * count.batch) / wantedUnits));
  return roundUp(Math.min(cached, shared, count.rows));
}

function blockingOf(
  name: ElementName,
  { rows, columns, inner }: ArrangedProduct,
  blockRows: number,
): Blocking {
  return rowBlocking(tiledElement(name), blockRows, {
    rows: numelOf(rows.sizes),
    columns: numelOf(columns.sizes),
    inner: numelOf(inner.sizes),
  });
}

/** Null: the rows are folded one after the other, each by vectors, in no other way. */
function compileRows(
  kernel: Kernel,
  rows: number,
  keys: number,
  compile: CompileEpilogue,
): CompiledLaunch | null {
  const operands = kernel.operands.map(() => ({ strides: [keys, 1] }));
  const compiled = compile({ kernel, parallel: [rows], fold: [keys], operands });
  if (compiled === null) return null;
  const { vectorAxis, parallelAxes, foldAxes } = compiled.plan.shape;
  const isByRow = vectorAxis === "fold" && parallelAxes === 1 && foldAxes === 1;
  return isByRow && compiled.layout.sizeBytes <= mostKernelBytes ? compiled : null;
}

/** Null: there is none; undefined: it cannot be compiled. */
function epilogueOf(
  kernel: ContractionKernel,
  product: ArrangedProduct,
  compile: CompileEpilogue,
): BlockEpilogue | null | undefined {
  return hasNoEpilogue(kernel) ? null : (blockEpilogue(kernel, product, compile) ?? undefined);
}

/** The plan with other numbers for its operands, null for those whose addresses `attend` writes, and for its scalars. */
function withOperands(
  plan: ProductPlan,
  numberOf: (operand: number) => number | null,
  firstScalar: number,
): ProductPlan {
  return {
    ...plan,
    addresses: plan.addresses.flatMap((place) => {
      if (typeof place.of !== "number") return [place];
      const of = numberOf(place.of);
      return of === null ? [] : [{ ...place, of }];
    }),
    scalars: plan.scalars.map((scalar) => ({ ...scalar, slot: firstScalar + scalar.slot })),
  };
}

function attendPlan(
  kernel: Kernel,
  { plan, layout, installed }: CompiledLaunch,
  { firstWords, firstScalar }: { readonly firstWords: number; readonly firstScalar: number },
  sizes: Pick<
    Record<AttendWord, number>,
    "rows" | "rowBytes" | "blockRows" | "rowBlocks" | "room" | "scores"
  >,
): ProductPlan {
  const writer = new PlanWriter<AttendWord>(attendWords, 1, layout.sizeBytes / 4);
  const template = writer.table(layout.sizeBytes / 4);
  const { words } = writer;
  const wordAt = (byteOffset: number): number => template + byteOffset / 4;
  plan.sizes.forEach((size, axis) => (words[wordAt(layout.size(axis))] = size));
  kernel.rows.forEach((_, row) => {
    words[wordAt(layout.row(row))] = rowBufferBytes(plan.rowLength) * row;
  });
  kernel.operands.forEach(({ type }, operand) => {
    at(plan.steps, operand).forEach((step, axis) => {
      words[wordAt(layout.step(operand, axis))] = step * bytesOf[type];
    });
  });
  kernel.scalars.forEach((type, slot) =>
    writer.scalars.push({ word: wordAt(layout.scalar(slot)), slot: firstScalar + slot, type }),
  );
  for (const [word, size] of Object.entries(sizes) as [AttendWord, number][])
    // its own keys
    writer.set(word, size);
  writer.set("index", installed.index);
  writer.set("bytes", layout.sizeBytes);
  writer.set("size", layout.size(0));
  writer.set("operands", layout.address(0));
  writer.set("count", kernel.operands.length);
  writer.pointTo("template", template);
  writer.pointTo("first", words.length);
  writer.pointTo("second", words.length + firstWords);
  return {
    kernels: [],
    words,
    ownAddresses: writer.ownAddresses,
    addresses: [],
    scalars: writer.scalars,
    spareBytes: 0,
    keptBytes: 0,
    stale: null,
    scratchBytes: 0,
  };
}

function sameNumbers(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
