/** Runs contractions with one row, or a few, without packing anything. */
import { numelOf } from "../../../../core/shape.ts";
import type { KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import { type ArrangedProduct, turned } from "./arrange-product.ts";
import { elements, type ElementName } from "./element.ts";
import { installContraction } from "./install-contraction.ts";
import { rowSumColumns, vectorWordCount, vectorWords } from "./multiply-vector.ts";
import { isConsecutive, writeOffsets } from "./offset-tables.ts";

/** Packing reads and writes the right factor once more each: as many rows are worth reading it again for. */
const mostRows = 3;
/** Multiplications of a unit of `dots`. */
const dotMultiplications = 2 ** 16;
const chunkMultiplications = 2 ** 17;

/** The form of a product that these kernels take, or null. */
export interface VectorProduct {
  readonly kind: "dots" | "rowSums";
  readonly product: ArrangedProduct;
}

export function asVectorProduct(arranged: ArrangedProduct): VectorProduct | null {
  const product =
    numelOf(arranged.rows.sizes) <= mostRows
      ? arranged
      : numelOf(arranged.columns.sizes) <= mostRows
        ? turned(arranged)
        : null;
  if (product === null) return null;
  const { columns, inner, left, right } = product;
  if (columns.sizes.length > 1 || inner.sizes.length > 1) return null;
  if (isConsecutive(columns, right)) return { kind: "rowSums", product };
  return isConsecutive(inner, right) && isConsecutive(inner, left)
    ? { kind: "dots", product }
    : null;
}

export function runVectorProduct(
  runtime: KernelRuntime,
  name: ElementName,
  { kind, product }: VectorProduct,
  addresses: readonly [number, number, number],
): void {
  const { bytes } = elements[name];
  const { batch, rows, columns, inner, left, right } = product;
  const count = numelOf(batch.sizes);
  const columnCount = numelOf(columns.sizes);
  const innerCount = numelOf(inner.sizes);
  const chunkColumns =
    kind === "rowSums"
      ? rowSumColumns
      : Math.max(4, Math.ceil(dotMultiplications / innerCount / 4) * 4);
  const chunks = Math.ceil(columnCount / chunkColumns);
  const kernel = installContraction(runtime, name)[kind];
  const { memory } = runtime;
  if (kind === "rowSums") runtime.reserveScratch(mostRows * rowSumColumns * bytes);
  const args = memory.allocate((vectorWordCount + count * 6) * 4);
  try {
    const words = memory.i32;
    const first = args >>> 2;
    const set = (word: keyof typeof vectorWords, value: number): void => {
      words[first + vectorWords[word]] = value;
    };
    const table = first + vectorWordCount;
    set("batchTable", table * 4);
    set("columns", columnCount);
    set("inner", innerCount);
    set("chunkColumns", chunkColumns);
    set("chunks", chunks);
    set("leftStep", (inner.steps[left][0] ?? 0) * bytes);
    set("rightColumnStep", (columns.steps[right][0] ?? 0) * bytes);
    set("rightInnerStep", (inner.steps[right][0] ?? 0) * bytes);
    set("outStep", (columns.steps[0][0] ?? 0) * bytes);
    // So few rows are one axis.
    set("rows", numelOf(rows.sizes));
    set("leftRowStep", (rows.steps[left][0] ?? 0) * bytes);
    set("outRowStep", (rows.steps[0][0] ?? 0) * bytes);
    ([left, right, 0] as const).forEach((operand, place) => {
      const offsets = table + count * 3;
      writeOffsets(words, offsets, batch, operand, { bytes, padding: 1 });
      for (let index = 0; index < count; index++)
        words[table + index * 3 + place] = addresses[operand] + (words[offsets + index] ?? 0);
    });
    const work = chunkColumns * innerCount * numelOf(rows.sizes);
    const chunkUnits = Math.max(1, Math.floor(chunkMultiplications / work));
    runtime.launch(kernel, args, count * chunks, chunkUnits);
  } finally {
    memory.free(args);
  }
}
