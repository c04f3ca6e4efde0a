/** Plans products with one row, or a few, for the kernels that pack nothing. */
import { numelOf } from "../../../../core/shape.ts";
import { type ArrangedProduct, turned } from "./arrange-product.ts";
import { elements, type ElementName } from "./element.ts";
import type { ContractionKernels } from "./install-contraction.ts";
import { isConsecutive } from "./offset-tables.ts";
import { type PlannedKernel, PlanWriter, type ProductPlan } from "./product-plan.ts";
import { rowSumBytes } from "./row-sums.ts";
import { summedColumns } from "./sum-parts.ts";
import { streams, type VectorWord, vectorWords } from "./vector-units.ts";

/** Packing reads and writes the right factor once more each: as many rows are worth reading it again for. */
const mostRows = 4;
/** Multiplications that take a thread some ten microseconds. */
const chunkMultiplications = 2 ** 17;
/** Of a unit, where there is that much: the streams of a unit are then long enough for prefetchers. */
const unitMultiplications = 2 ** 18;
/** Units of a product, where each gets enough to do: threads then end at about the same time. */
const wantedUnits = 16;
const mostParts = 32;
/** Inner steps of a part: their sums are written and read once more. */
const fewestSteps = 64;

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
  const { rows, columns, inner, left, right } = product;
  if (columns.sizes.length > 1 || inner.sizes.length > 1 || rows.sizes.length > 1) return null;
  if (isConsecutive(columns, right)) return { kind: "rowSums", product };
  return isConsecutive(inner, right) && isConsecutive(inner, left)
    ? { kind: "dots", product }
    : null;
}

/** How the units of a product are cut. */
interface Cut {
  readonly chunkColumns: number;
  readonly parts: number;
  readonly partSteps: number;
}

interface Sizes {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

export function planVectorProduct(
  name: ElementName,
  { kind, product }: VectorProduct,
  kernels: ContractionKernels,
): ProductPlan {
  const { bytes } = elements[name];
  const { batch, rows, columns, inner, left, right } = product;
  const sizes = {
    batch: numelOf(batch.sizes),
    rows: numelOf(rows.sizes),
    columns: numelOf(columns.sizes),
    inner: numelOf(inner.sizes),
  };
  const { chunkColumns, parts, partSteps } =
    kind === "rowSums" ? cutRowSums(sizes, bytes) : cutDots(sizes);
  const chunks = Math.ceil(sizes.columns / chunkColumns);
  const writer = new PlanWriter<VectorWord>(vectorWords, 1, sizes.batch * 6);
  const batchTable = writer.table(sizes.batch * 3);
  ([left, right, 0] as const).forEach((operand, place) => {
    const offsets = writer.offsets(batch, operand, { bytes, padding: 1 });
    for (let index = 0; index < sizes.batch; index++)
      writer.words[batchTable + index * 3 + place] = writer.words[offsets + index] ?? 0;
  });
  writer.pointTo("batchTable", batchTable);
  writer.setAddress("leftBase", { of: left, byteOffset: 0 });
  writer.setAddress("rightBase", { of: right, byteOffset: 0 });
  writer.setAddress("outBase", { of: 0, byteOffset: 0 });
  writer.setAddress("spare", { of: "spare", byteOffset: 0 });
  const step = (axes: typeof rows, operand: 0 | 1 | 2): number =>
    (axes.steps[operand][0] ?? 0) * bytes;
  const values: Partial<Record<VectorWord, number>> = {
    rows: sizes.rows,
    columns: sizes.columns,
    inner: sizes.inner,
    chunkColumns,
    chunks,
    parts,
    partSteps,
    leftStep: step(inner, left),
    rightColumnStep: step(columns, right),
    rightInnerStep: step(inner, right),
    outStep: step(columns, 0),
    leftRowStep: step(rows, left),
    outRowStep: step(rows, 0),
  };
  for (const [word, value] of Object.entries(values) as [VectorWord, number][])
    // its own keys
    writer.set(word, value);
  const work = chunkColumns * partSteps * sizes.rows;
  const planned: PlannedKernel[] = [
    {
      installed: kernels[kind],
      args: 0,
      units: sizes.batch * parts * chunks,
      chunkUnits: Math.max(1, Math.floor(chunkMultiplications / work)),
    },
  ];
  if (parts > 1)
    planned.push({
      installed: kernels.sumParts,
      args: 0,
      units: sizes.batch * sizes.rows * Math.ceil(sizes.columns / summedColumns),
      chunkUnits: Math.max(1, Math.floor(chunkMultiplications / (summedColumns * parts))),
    });
  return {
    kernels: planned,
    words: writer.words,
    ownAddresses: writer.ownAddresses,
    addresses: writer.addresses,
    scalars: writer.scalars,
    spareBytes: parts === 1 ? 0 : sizes.batch * sizes.rows * parts * sizes.columns * bytes,
    keptBytes: 0,
    stale: null,
    scratchBytes: kind === "rowSums" ? mostRows * rowSumBytes : 0,
  };
}

/** Depends on sizes only, never on the number of threads: so then do results. */
function cutRowSums({ batch, rows, columns, inner }: Sizes, bytes: number): Cut {
  const chunks = Math.ceil(columns / (rowSumBytes / bytes));
  const chunkColumns = Math.ceil(columns / chunks / streams) * streams;
  const perChunk = chunkColumns * inner * rows;
  const parts =
    batch * chunks >= wantedUnits
      ? 1
      : Math.min(
          mostParts,
          Math.floor(inner / fewestSteps),
          Math.floor(perChunk / unitMultiplications),
        );
  const partSteps = Math.ceil(inner / Math.max(1, parts));
  return { chunkColumns, parts: Math.ceil(inner / partSteps), partSteps };
}

function cutDots({ batch, rows, columns, inner }: Sizes): Cut {
  const work = batch * rows * columns * inner;
  const wanted = Math.min(
    unitMultiplications,
    Math.max(unitMultiplications / 4, work / wantedUnits),
  );
  const chunkColumns = Math.max(1, Math.ceil(wanted / (inner * rows) / streams)) * streams;
  return { chunkColumns, parts: 1, partSteps: inner };
}
