/** Plans a product for the blocked kernels: the right factor is packed, then blocks of the output are computed. */
import { numelOf } from "../../../../core/shape.ts";
import type { ArrangedProduct } from "./arrange-product.ts";
import {
  type BlockEpilogue,
  chunkElements,
  finishTableWords,
  FinishWriter,
  panelsAtOnce,
} from "./block-epilogue.ts";
import {
  type Blocking,
  blockingFor,
  type ProductChoice,
  tiledElement,
  usualChoice,
} from "./blocking.ts";
import type { ElementName } from "./element.ts";
import type { ContractionKernels } from "./install-contraction.ts";
import { type ProductWord, productWords, scratchLayout } from "./product-words.ts";
import { isConsecutive } from "./offset-tables.ts";
import {
  type PlannedKernel,
  PlanWriter,
  type ProductPlace,
  type ProductPlan,
} from "./product-plan.ts";

/** Packed right factors that are held at the same time, in bytes, unless one alone is larger: they stay in the L3 cache. */
const largestPack = 2 ** 22;

/** Multiplications and moves of elements that take a thread some ten microseconds. */
const chunkMultiplications = 2 ** 18;
const chunkMoves = 2 ** 14;

/** Where the memory of a product is, if not in its operands. */
export interface ProductPlaces {
  readonly left: ProductPlace;
  /** Null: somebody else has packed it. */
  readonly right: ProductPlace | null;
  readonly packed: ProductPlace;
  /** Bytes from one packed factor to the next; they follow each other if not given. */
  readonly packedStep?: number;
  readonly out: ProductPlace;
}

export interface BlocksOptions {
  readonly places?: ProductPlaces;
  readonly epilogue?: BlockEpilogue | null;
  /** The kernels must be those for its tile. */
  readonly choice?: ProductChoice;
  /** In the place of what sizes and choice say; all right factors are packed at a time then. */
  readonly blocking?: Blocking | null;
}

/** No size may be 0. */
export function planBlocks(
  name: ElementName,
  product: ArrangedProduct,
  { packRight, multiply }: Pick<ContractionKernels, "packRight" | "multiply">,
  {
    places = ownPlaces(product),
    epilogue = null,
    choice = usualChoice(name),
    blocking: givenBlocking = null,
  }: BlocksOptions = {},
): ProductPlan {
  const element = tiledElement(name, choice.tile);
  const { bytes, tile, width } = element;
  const { batch, rows, columns, inner, left, right } = product;
  const sizes = {
    batch: numelOf(batch.sizes),
    rows: numelOf(rows.sizes),
    columns: numelOf(columns.sizes),
    inner: numelOf(inner.sizes),
  };
  const blocking = givenBlocking ?? blockingFor(element, sizes, choice);
  const panels = Math.ceil(sizes.columns / width);
  const packedBytes = panels * width * sizes.inner * bytes;
  const isKept = places.packed.of === "kept";
  const mostAtOnce =
    places.right === null || isKept || givenBlocking !== null
      ? Infinity
      : Math.floor(largestPack / packedBytes);
  const group = Math.max(1, Math.min(sizes.batch, mostAtOnce));
  const groups = Math.ceil(sizes.batch / group);
  const writer = new PlanWriter<ProductWord>(
    productWords,
    groups,
    1 +
      sizes.batch * 8 +
      2 * (sizes.rows + tile.rows) +
      2 * (sizes.columns + width) +
      2 * sizes.inner +
      (epilogue === null ? 0 : finishTableWords(epilogue, groups)),
  );
  const table = {
    leftRows: writer.offsets(rows, left, { bytes, padding: tile.rows }),
    leftInner: writer.offsets(inner, left, { bytes, padding: 1 }),
    rightColumns: writer.offsets(columns, right, { bytes, padding: width }),
    rightInner: writer.offsets(inner, right, { bytes, padding: 1 }),
    outRows: writer.offsets(rows, 0, { bytes, padding: tile.rows }),
    outColumns: writer.offsets(columns, 0, { bytes, padding: width }),
  };
  const starts = ([left, right, 0] as const).map((operand) =>
    writer.offsets(batch, operand, { bytes, padding: 1 }),
  );
  const { words } = writer;
  const [leftStart = 0, rightStart = 0, outStart = 0] = starts;
  const batchTable = writer.table(sizes.batch * 3);
  const packTable = writer.table(sizes.batch * 2);
  for (let index = 0; index < sizes.batch; index++) {
    const packed = (index % group) * (places.packedStep ?? packedBytes);
    words[batchTable + index * 3] = words[leftStart + index] ?? 0;
    words[batchTable + index * 3 + 1] = packed;
    words[batchTable + index * 3 + 2] = words[outStart + index] ?? 0;
    words[packTable + index * 2] = words[rightStart + index] ?? 0;
    words[packTable + index * 2 + 1] = packed;
  }
  const finish = epilogue === null ? null : new FinishWriter(writer, epilogue);
  const stale = writer.table(1);
  const flags = {
    leftConsecutive: isConsecutive(inner, left),
    rightConsecutive: isConsecutive(inner, right),
    outConsecutive: isConsecutive(columns, 0),
    outTurned: rows.steps[0].at(-1) === 1,
  };
  const kernels: PlannedKernel[] = [];
  for (let block = 0; block < groups; block++) {
    const first = block * group;
    const count = Math.min(group, sizes.batch - first);
    const set = (word: ProductWord, value: number): void => writer.set(word, value, block);
    set("rows", sizes.rows);
    set("columns", sizes.columns);
    set("inner", sizes.inner);
    set("blockRows", blocking.rows);
    set("blockInner", blocking.inner);
    set("blockPanels", blocking.panels);
    set("rowBlocks", blocking.rowBlocks);
    set("columnBlocks", blocking.columnBlocks);
    set("panels", panels);
    for (const [word, start] of Object.entries(table) as [keyof typeof table, number][])
      // its own keys
      writer.pointTo(word, start, block);
    for (const [word, flag] of Object.entries(flags) as [keyof typeof flags, boolean][])
      // its own keys
      set(word, flag ? 1 : 0);
    writer.pointTo("batchTable", batchTable + first * 3, block);
    writer.pointTo("packTable", packTable + first * 2, block);
    writer.setAddress("leftBase", places.left, block);
    writer.setAddress("outBase", places.out, block);
    writer.setAddress("packedBase", places.packed, block);
    if (finish !== null && epilogue !== null) {
      const most = panelsAtOnce(epilogue, blocking.rows, width);
      writer.pointTo("finish", finish.write(first, most), block);
    }
    const args = writer.argsOf(block);
    if (places.right !== null) {
      writer.setAddress("rightBase", places.right, block);
      if (isKept) writer.pointTo("packIf", stale, block);
      const moves = (sizes.columns / panels) * sizes.inner;
      kernels.push({
        installed: packRight,
        args,
        units: count * panels,
        chunkUnits: choice.isAlone ? count * panels : Math.max(1, Math.ceil(chunkMoves / moves)),
      });
    }
    const units = count * blocking.rowBlocks * blocking.columnBlocks;
    const elements = (count * sizes.rows * sizes.columns) / units;
    const chunks =
      (elements * sizes.inner) / chunkMultiplications +
      (epilogue === null ? 0 : elements / chunkElements(epilogue));
    kernels.push({
      installed: multiply,
      args,
      units,
      chunkUnits: choice.isAlone ? units : Math.max(1, Math.floor(1 / chunks)),
    });
  }
  return {
    kernels,
    words,
    ownAddresses: writer.ownAddresses,
    addresses: writer.addresses,
    scalars: writer.scalars,
    spareBytes: places.packed.of !== "spare" || places.right === null ? 0 : group * packedBytes,
    keptBytes: isKept ? group * packedBytes : 0,
    stale: isKept ? stale : null,
    scratchBytes: scratchLayout.packed + blocking.rows * blocking.inner * bytes,
  };
}

export function ownPlaces(
  { left, right }: ArrangedProduct,
  packed: "spare" | "kept" = "spare",
): ProductPlaces {
  return {
    left: { of: left, byteOffset: 0 },
    right: { of: right, byteOffset: 0 },
    packed: { of: packed, byteOffset: 0 },
    out: { of: 0, byteOffset: 0 },
  };
}
