/** How a contraction is cut into pieces. The numbers were measured on Node 20 and a Zen 3 core. */
import { isTurbo } from "../../../../wasm/turbo.ts";
import { type Element, type ElementName, elements } from "./element.ts";

export interface Tile {
  readonly rows: number;
  /** Vectors side by side. */
  readonly vectors: number;
}

/**
 * The part of the output that stays in registers, with one step of the inner dimension in a turn of the loop. V8 up to
 * 12.4 (Node 20, 22) keeps eight sums, two vectors and a factor in registers, and spills when there is one sum more or
 * the loop is unrolled: 58 GFLOP/s against 27 to 40 on a Zen 5 core; newer ones do hardly better with any other tile.
 * With turbo, pairs of vectors are one: 125 GFLOP/s with four of them, 72 with two.
 */
const tiles = { usual: { rows: 4, vectors: 2 }, turbo: { rows: 4, vectors: 4 } } as const;

/** What is chosen for a product where it depends on the machine. */
export interface ProductChoice {
  readonly tile: Tile;
  /** Steps of the inner dimension that are packed at a time. */
  readonly inner: number;
  /** Rows of the left factor that are packed at a time. */
  readonly rows: number;
  /** Pieces that are wanted at least, where each gets enough to do. */
  readonly units: number;
  /** Whether one thread does all of it. */
  readonly isAlone: boolean;
}

/** What was measured to be good in general. */
export function usualChoice(name: ElementName): ProductChoice {
  return {
    tile: isTurbo() ? tiles.turbo : tiles.usual,
    inner: innerBlock[name],
    rows: rowBlock[name],
    units: wantedUnits,
    isAlone: false,
  };
}

/** What the kernels of a dtype are made of, in the engine as it is set now. */
export interface TiledElement extends Element {
  readonly tile: Tile;
  /** Columns of a tile. */
  readonly width: number;
}

export function tiledElement(name: ElementName, tile: Tile = usualChoice(name).tile): TiledElement {
  const element = elements[name];
  return { ...element, tile, width: tile.vectors * element.lanes };
}

/** Steps of the inner dimension that are packed at a time: two panels of the right factor then fit half of the L1 cache. */
const innerBlock: Readonly<Record<ElementName, number>> = { float32: 256, float64: 256 };

/** Rows of the left factor that are packed at a time: with `innerBlock` less than half of a 512 KiB L2 cache. */
const rowBlock: Readonly<Record<ElementName, number>> = { float32: 192, float64: 96 };

/** Enough pieces for several threads to end at about the same time. */
const wantedUnits = 8;
/** Multiplications below which a piece is not worth another. */
const smallestUnit = 2 ** 16;

export interface Blocking {
  /** Rows in a block: a multiple of the tile's. */
  readonly rows: number;
  readonly inner: number;
  /** Panels in a block of columns: even, as two of them are used together. */
  readonly panels: number;
  readonly rowBlocks: number;
  readonly columnBlocks: number;
}

export interface MatrixSizes {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** Depends on sizes and the choice only, never on the number of threads: so then do results. */
export function blockingFor(
  { name, tile, width }: TiledElement,
  sizes: MatrixSizes,
  choice: ProductChoice = usualChoice(name),
): Blocking {
  const { batch, inner } = sizes;
  const innerBlocks = Math.ceil(inner / choice.inner);
  const panels = Math.ceil(sizes.columns / width);
  const work = batch * sizes.rows * sizes.columns * inner;
  const units = Math.min(choice.units, Math.max(1, Math.floor(work / smallestUnit)));
  let rowBlocks = Math.ceil(sizes.rows / choice.rows);
  if (batch * rowBlocks < units) {
    const most = Math.ceil(sizes.rows / (4 * tile.rows));
    rowBlocks = Math.max(rowBlocks, Math.min(most, Math.ceil(units / batch)));
  }
  const rows = roundUp(Math.ceil(sizes.rows / rowBlocks), tile.rows);
  rowBlocks = Math.ceil(sizes.rows / rows);
  const wanted = Math.min(Math.ceil(units / (batch * rowBlocks)), Math.ceil(panels / 2));
  const blockPanels = roundUp(Math.ceil(panels / wanted), 2);
  return {
    rows,
    inner: roundUp(Math.ceil(inner / innerBlocks), 4),
    panels: blockPanels,
    rowBlocks,
    columnBlocks: Math.ceil(panels / blockPanels),
  };
}

/** Blocks of so many rows, each over all columns. */
export function rowBlocking(
  { name, width }: TiledElement,
  blockRows: number,
  { rows, columns, inner }: Omit<MatrixSizes, "batch">,
): Blocking {
  const innerBlocks = Math.ceil(inner / innerBlock[name]);
  return {
    rows: blockRows,
    inner: roundUp(Math.ceil(inner / innerBlocks), 4),
    panels: roundUp(Math.ceil(columns / width), 2),
    rowBlocks: Math.ceil(rows / blockRows),
    columnBlocks: 1,
  };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
