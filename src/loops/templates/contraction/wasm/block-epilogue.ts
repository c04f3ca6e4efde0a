/** An epilogue as a loop kernel that the blocked kernels call for each finished block of the output. */
import { at, type Shape } from "../../../../core/shape.ts";
import type { LaunchGeometry } from "../../../backend.ts";
import type { ValueType } from "../../../expression.ts";
import type { Kernel } from "../../../kernel.ts";
import type { ContractionKernel } from "../../../template.ts";
import type { CompiledLaunch } from "../../../wasm/compiled-launch.ts";
import { columnsPerUnit } from "../../../wasm/loop-shape.ts";
import { bytesOf } from "../../../wasm/lower-expression.ts";
import { reasonAgainst } from "../../../wasm/vector-support.ts";
import { finishKernel } from "../finish-contraction.ts";
import { mergeForEpilogue, type MergedAxes } from "../merge-axes.ts";
import type { ArrangedProduct } from "./arrange-product.ts";
import { type FinishWord, finishWords } from "./finish-block.ts";
import { finishRoomBytes } from "./product-words.ts";
import type { PlanWriter } from "./product-plan.ts";

/** The kernel of an epilogue and how it was compiled, with the axes of the output as its operands walk them. */
export interface BlockEpilogue extends OutputAxes {
  readonly kernel: Kernel;
  readonly compiled: CompiledLaunch;
}

type OutputAxes = Pick<ArrangedProduct, "batch" | "rows" | "columns">;

/** Compiles a launch; null: it runs as JavaScript only. */
export type CompileEpilogue = (launch: LaunchGeometry) => CompiledLaunch | null;

/** Bytes of the output between two calls: they stay in the second-level cache, and rows are long enough to be worth a loop. */
const finishedBytes = 2 ** 17;

let kernels = new WeakMap<ContractionKernel, Kernel>();

export function resetBlockEpilogues(): void {
  kernels = new WeakMap();
}

/** Rows and columns stay two axes, whatever their sizes: those of a block are arguments. */
function blockKernel(kernel: ContractionKernel): Kernel {
  let own = kernels.get(kernel);
  if (own === undefined)
    kernels.set(kernel, (own = Object.freeze({ ...finishKernel(kernel), keepsParallel: true })));
  return own;
}

/** Whether an epilogue has vector code, and few enough operands. */
export function hasBlockKernel(kernel: ContractionKernel): boolean {
  const { operands, scalars } = kernel;
  const argumentBytes = 8 * scalars.length + 8 + 12 * operands.length + 16;
  return argumentBytes <= finishRoomBytes && reasonAgainst(blockKernel(kernel)) === null;
}

/** Null: not in WebAssembly. The sums are in the output, as operands 0, 1 and 2 of the kernel. */
export function blockEpilogue(
  kernel: ContractionKernel,
  product: OutputAxes,
  compile: CompileEpilogue,
): BlockEpilogue | null {
  const rows = mergeForEpilogue(product.rows);
  const columns = mergeForEpilogue(product.columns);
  const axes: OutputAxes = { batch: product.batch, rows, columns };
  const order = rowAxisOf(axes) === 0 ? [rows, columns] : [columns, rows];
  const own = blockKernel(kernel);
  const compiled = compile({
    kernel: own,
    parallel: order.map(({ sizes }) => sizes.at(-1) ?? 1),
    fold: [],
    operands: own.operands.map((_, operand) => ({
      strides: order.map(({ steps }) => at(steps, source(operand)).at(-1) ?? 0),
    })),
  });
  return compiled === null ? null : { ...axes, kernel: own, compiled };
}

/** The operand of the contraction that an operand of the kernel is. */
function source(operand: number): number {
  return operand < 3 ? 0 : operand;
}

/** The place of the rows among the two axes: what lies side by side in the output comes last. */
function rowAxisOf({ rows, columns }: OutputAxes): 0 | 1 {
  const [row, column] = [rows.steps[0].at(-1), columns.steps[0].at(-1)];
  return row === 1 && column !== 1 ? 1 : 0;
}

/** Elements of the output that a thread finishes in some ten microseconds. */
export function chunkElements({ compiled: { plan, chunkUnits } }: BlockEpilogue): number {
  return plan.pointsPerUnit * chunkUnits;
}

/** Panels of so many columns between two calls, for blocks of so many rows. */
export function panelsAtOnce({ kernel }: BlockEpilogue, rows: number, columns: number): number {
  const panelBytes = rows * columns * bytesOf[at(kernel.operands, 0).type];
  return Math.max(2, Math.floor(finishedBytes / panelBytes / 2) * 2);
}

/** Words that `FinishWriter` takes of a plan, at most. */
export function finishTableWords(
  { compiled: { layout }, kernel, batch, rows, columns }: BlockEpilogue,
  groups: number,
): number {
  const count = kernel.operands.length;
  const points = [pointsOf(batch.sizes), segments(rows), segments(columns)];
  return (
    groups * Object.keys(finishWords).length +
    layout.sizeBytes / 4 +
    4 + // it begins where a number of eight bytes may stand
    points.reduce((sum, own) => sum + own * count, 0)
  );
}

/** Writes the arguments of an epilogue: those of its kernel, but for what a block has of its own, and the words of `finishBlock`. */
export class FinishWriter {
  readonly #writer: PlanWriter<string>;
  readonly #epilogue: BlockEpilogue;
  readonly #template: number;
  readonly #tables: Readonly<Record<"batch" | "rows" | "columns", number>>;

  constructor(writer: PlanWriter<string>, epilogue: BlockEpilogue) {
    this.#writer = writer;
    this.#epilogue = epilogue;
    const { layout } = epilogue.compiled;
    const start = writer.table(layout.sizeBytes / 4 + 3);
    this.#template = Math.ceil(start / 4) * 4;
    this.#writeTemplate();
    const { batch, rows, columns } = epilogue;
    this.#tables = {
      batch: this.#offsets(batch, batch.sizes.length),
      rows: this.#offsets(rows, rows.sizes.length - 1),
      columns: this.#offsets(columns, columns.sizes.length - 1),
    };
  }

  /** The words for products from number `first` on, called after so many panels; gives the first of them. */
  write(first: number, panels: number): number {
    const writer = this.#writer;
    const { kernel, compiled } = this.#epilogue;
    const count = kernel.operands.length;
    const start = writer.table(Object.keys(finishWords).length);
    const set = (word: FinishWord, value: number): void => {
      writer.words[start + finishWords[word]] = value;
    };
    const pointTo = (word: FinishWord, target: number): void =>
      writer.pointAt(start + finishWords[word], target);
    pointTo("template", this.#template);
    pointTo("batch", this.#tables.batch + first * count);
    pointTo("rows", this.#tables.rows);
    pointTo("columns", this.#tables.columns);
    set("index", compiled.installed.index);
    set("bytes", compiled.layout.sizeBytes);
    set("sizes", compiled.layout.size(0));
    set("operands", compiled.layout.address(0));
    set("count", count);
    set("rowAxis", rowAxisOf(this.#epilogue) * 4);
    set("rowLength", this.#epilogue.rows.sizes.at(-1) ?? 1);
    set("columnLength", this.#epilogue.columns.sizes.at(-1) ?? 1);
    set("unitShift", Math.log2(columnsPerUnit(compiled.plan.shape)));
    set("panels", panels);
    return start;
  }

  #writeTemplate(): void {
    const writer = this.#writer;
    const { kernel, compiled } = this.#epilogue;
    const { layout, plan } = compiled;
    const wordAt = (byteOffset: number): number => this.#template + byteOffset / 4;
    kernel.operands.forEach(({ type }, operand) => {
      at(plan.steps, operand).forEach((step, axis) => {
        writer.words[wordAt(layout.step(operand, axis))] = step * bytesOf[type];
      });
      const place = { of: source(operand), byteOffset: 0 };
      writer.setAddressAt(wordAt(layout.address(operand)), place);
    });
    kernel.scalars.forEach((type: ValueType, slot) =>
      writer.scalars.push({ word: wordAt(layout.scalar(slot)), slot, type }),
    );
  }

  /** For each point of the first axes, the distances of all operands in bytes; gives the first word. */
  #offsets({ sizes, steps }: MergedAxes, axes: number): number {
    const { operands } = this.#epilogue.kernel;
    const outer = sizes.slice(0, Math.max(0, axes));
    const points = pointsOf(outer);
    const table = this.#writer.table(points * operands.length);
    for (let point = 0; point < points; point++) {
      const position = positionOf(outer, point);
      operands.forEach(({ type }, operand) => {
        const own = at(steps, source(operand));
        const elements = position.reduce((sum, index, axis) => sum + index * at(own, axis), 0);
        this.#writer.words[table + point * operands.length + operand] = elements * bytesOf[type];
      });
    }
    return table;
  }
}

function segments({ sizes }: MergedAxes): number {
  return pointsOf(sizes.slice(0, -1));
}

function pointsOf(sizes: Shape): number {
  return sizes.reduce((product, size) => product * size, 1);
}

function positionOf(sizes: Shape, point: number): readonly number[] {
  const position: number[] = [];
  let rest = point;
  for (const size of sizes.toReversed()) {
    position.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return position;
}
