/** Runs a contraction without epilogue by the blocked kernels. */
import { numelOf } from "../../../../core/shape.ts";
import type { KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import type { ContractionLaunch } from "../../../template.ts";
import { type ArrangedProduct, arrangeProduct } from "./arrange-product.ts";
import { type Blocking, blockingFor, tile } from "./blocking.ts";
import { type Element, type ElementName, elements } from "./element.ts";
import { type ContractionKernels, installContraction } from "./install-contraction.ts";
import { mergeAxes } from "../merge-axes.ts";
import { productWordCount, productWords, scratchLayout } from "./multiply-blocks.ts";
import { isConsecutive, writeOffsets } from "./offset-tables.ts";
import { asVectorProduct, runVectorProduct } from "./run-vector-product.ts";

/** Where the first elements of output, left and right factor lie in the kernel memory. */
export type Addresses = readonly [number, number, number];

/** Packed right factors that are held at the same time, in bytes, unless one alone is larger: they stay in the L3 cache. */
const largestPack = 2 ** 22;

/** No size may be 0. */
export function runProduct(
  runtime: KernelRuntime,
  name: ElementName,
  launch: ContractionLaunch,
  addresses: Addresses,
): void {
  const element = elements[name];
  const product = arrangeProduct(mergeAxes(launch));
  const vectorProduct = asVectorProduct(product);
  if (vectorProduct !== null) {
    runVectorProduct(runtime, name, vectorProduct, addresses);
    return;
  }
  const width = tile.vectors * element.lanes;
  const sizes = {
    batch: numelOf(product.batch.sizes),
    rows: numelOf(product.rows.sizes),
    columns: numelOf(product.columns.sizes),
    inner: numelOf(product.inner.sizes),
  };
  const blocking = blockingFor(name, sizes, width);
  const panels = Math.ceil(sizes.columns / width);
  const packedBytes = panels * width * sizes.inner * element.bytes;
  const group = Math.max(1, Math.min(sizes.batch, Math.floor(largestPack / packedBytes)));
  const kernels = installContraction(runtime, name);
  const { memory } = runtime;
  runtime.reserveScratch(scratchLayout.packed + blocking.rows * blocking.inner * element.bytes);
  const tableWords =
    productWordCount +
    sizes.batch * 3 +
    group * 5 +
    2 * (sizes.rows + tile.rows) +
    2 * (sizes.columns + width) +
    2 * sizes.inner;
  const tables = memory.allocate(tableWords * 4);
  const packed = memory.allocate(group * packedBytes);
  try {
    const words = memory.i32;
    const args = tables >>> 2;
    const offsets = writeTables(words, args, product, element);
    const set = (name: keyof typeof productWords, value: number): void => {
      words[args + productWords[name]] = value;
    };
    set("rows", sizes.rows);
    set("columns", sizes.columns);
    set("inner", sizes.inner);
    set("blockRows", blocking.rows);
    set("blockInner", blocking.inner);
    set("blockPanels", blocking.panels);
    set("rowBlocks", blocking.rowBlocks);
    set("columnBlocks", blocking.columnBlocks);
    set("panels", panels);
    set("packTable", (offsets.next + group * 3) * 4);
    set("batchTable", offsets.next * 4);
    for (let first = 0; first < sizes.batch; first += group) {
      const count = Math.min(group, sizes.batch - first);
      for (let index = 0; index < count; index++) {
        const place = (operand: 0 | 1 | 2): number =>
          addresses[operand] + (words[offsets.batch[operand] + first + index] ?? 0);
        const own = packed + index * packedBytes;
        const entry = offsets.next + index * 3;
        words[entry] = place(product.left);
        words[entry + 1] = own;
        words[entry + 2] = place(0);
        const packEntry = offsets.next + group * 3 + index * 2;
        words[packEntry] = place(product.right);
        words[packEntry + 1] = own;
      }
      launchGroup(runtime, kernels, tables, { count, panels, blocking, sizes });
    }
  } finally {
    memory.free(packed);
    memory.free(tables);
  }
}

interface Group {
  readonly count: number;
  readonly panels: number;
  readonly blocking: Blocking;
  readonly sizes: { readonly rows: number; readonly columns: number; readonly inner: number };
}

/** Multiplications and moves of elements that take a thread some ten microseconds. */
const chunkMultiplications = 2 ** 18;
const chunkMoves = 2 ** 14;

function launchGroup(
  runtime: KernelRuntime,
  { packRight, multiply }: ContractionKernels,
  args: number,
  { count, panels, blocking, sizes }: Group,
): void {
  const packUnits = count * panels;
  const moves = (sizes.columns / panels) * sizes.inner;
  runtime.launch(packRight, args, packUnits, Math.max(1, Math.ceil(chunkMoves / moves)));
  const units = count * blocking.rowBlocks * blocking.columnBlocks;
  const work = (count * sizes.rows * sizes.columns * sizes.inner) / units;
  runtime.launch(multiply, args, units, Math.max(1, Math.floor(chunkMultiplications / work)));
}

interface Tables {
  /** Word indices of the distances of products, for each operand. */
  readonly batch: readonly [number, number, number];
  /** The first word that is free. */
  readonly next: number;
}

/** Writes the distances of all axes behind the argument words, and where they are into those. */
function writeTables(
  words: Int32Array,
  args: number,
  product: ArrangedProduct,
  { bytes, lanes }: Element,
): Tables {
  const { batch, rows, columns, inner, left, right } = product;
  const width = tile.vectors * lanes;
  let next = args + productWordCount;
  const write = (
    word: keyof typeof productWords,
    axes: typeof rows,
    operand: 0 | 1 | 2,
    padding: number,
  ): void => {
    words[args + productWords[word]] = next * 4;
    next = writeOffsets(words, next, axes, operand, { bytes, padding });
  };
  write("leftRows", rows, left, tile.rows);
  write("leftInner", inner, left, 1);
  write("rightColumns", columns, right, width);
  write("rightInner", inner, right, 1);
  write("outRows", rows, 0, tile.rows);
  write("outColumns", columns, 0, width);
  const setFlag = (word: keyof typeof productWords, flag: boolean): void => {
    words[args + productWords[word]] = flag ? 1 : 0;
  };
  setFlag("leftConsecutive", isConsecutive(inner, left));
  setFlag("rightConsecutive", isConsecutive(inner, right));
  setFlag("outConsecutive", isConsecutive(columns, 0));
  setFlag("outTurned", rows.steps[0].at(-1) === 1);
  const starts: [number, number, number] = [0, 0, 0];
  for (const operand of [0, 1, 2] as const) {
    starts[operand] = next;
    next = writeOffsets(words, next, batch, operand, { bytes, padding: 1 });
  }
  return { batch: starts, next };
}
