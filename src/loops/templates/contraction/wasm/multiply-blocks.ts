/** The loops around the micro-kernel, after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008). */
import type {
  FunctionBuilder,
  FunctionReference,
  Local,
} from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import { kernelType } from "../../../../runtime/thread-module.ts";
import type { TiledElement } from "./blocking.ts";
import { defineEdgeTile } from "./edge-tile.ts";
import { finishWords } from "./finish-block.ts";
import { type ProductWord, productWords, scratchLayout } from "./product-words.ts";
import {
  forBelow,
  loadWord,
  pushScaledSum,
  setLimitedSum,
  setScaledSum,
} from "./structured-loops.ts";

/** `packRight(args, begin, end)`: units are panels, counted through all factors. */
export function definePackRight(
  module: ModuleBuilder,
  element: TiledElement,
  pack: FunctionReference,
): void {
  const { width } = element;
  const f = module.function("packRight", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = (name: ProductWord): Local => loadWord(f, args, productWords[name], name);
  returnUnless(f, args, "packIf");
  const table = word("packTable");
  const panels = word("panels");
  const inner = word("inner");
  const blockInner = word("blockInner");
  const columns = word("rightColumns");
  const innerTable = word("rightInner");
  const consecutive = word("rightConsecutive");
  const [rightBase, packedBase] = [word("rightBase"), word("packedBase")];
  const [first, start, steps, entry, panel] = ["first", "start", "steps", "entry", "panel"].map(
    (name) => f.local("i32", name),
  ) as [Local, Local, Local, Local, Local]; // five names, five locals
  f.get(unit);
  f.set(first);
  // Blocks outside, panels inside: neighbouring panels share cache lines of the factor.
  forBelow(f, start, inner, blockInner, () => {
    innerSteps(f, steps, inner, start, blockInner);
    f.get(first);
    f.set(unit);
    forBelow(f, unit, end, 1, () => {
      f.get(unit);
      f.get(panels);
      f.emit("i32.rem_u");
      f.set(panel);
      f.get(unit);
      f.get(panels);
      f.emit("i32.div_u");
      f.i32Const(8);
      f.emit("i32.mul");
      f.get(table);
      f.emit("i32.add");
      f.set(entry);
      // target = packed + (start * panels + panel * steps) * width
      f.get(entry);
      f.load("i32.load", { offset: 4 });
      f.get(packedBase);
      f.emit("i32.add");
      f.get(start);
      f.get(panels);
      f.emit("i32.mul");
      f.get(panel);
      f.get(steps);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.i32Const(width * element.bytes);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.get(entry);
      f.load("i32.load");
      f.get(rightBase);
      f.emit("i32.add");
      pushScaledSum(f, columns, panel, width * 4);
      pushScaledSum(f, innerTable, start, 4);
      f.get(steps);
      f.get(consecutive);
      f.call(pack);
    });
  });
}

/** Ends the function where the condition at a word does not hold. */
function returnUnless(f: FunctionBuilder, args: Local, word: ProductWord): void {
  const condition = loadWord(f, args, productWords[word], word);
  f.get(condition);
  f.if(() => {
    f.get(condition);
    f.load("i32.load");
    f.emit("i32.eqz");
    f.if(() => f.emit("return"));
  });
}

function innerSteps(
  f: FunctionBuilder,
  target: Local,
  inner: Local,
  start: Local,
  block: Local,
): void {
  f.get(inner);
  f.get(start);
  f.emit("i32.sub");
  f.tee(target);
  f.get(block);
  f.get(target);
  f.get(block);
  f.emit("i32.lt_s");
  f.emit("select");
  f.set(target);
}

export interface MultiplyParts {
  readonly tile: FunctionReference;
  readonly turnedTile: FunctionReference;
  readonly packLeft: FunctionReference;
  readonly finishBlock: FunctionReference;
  readonly scratch: FunctionReference;
}

/** `multiply(args, begin, end)`: units are blocks of the output; blocks of rows change fastest, then those of columns. */
export function defineMultiply(
  module: ModuleBuilder,
  element: TiledElement,
  { tile: microKernel, turnedTile, packLeft, finishBlock, scratch }: MultiplyParts,
): FunctionBuilder {
  const { tile, width } = element;
  const edge = defineEdgeTile(module, element, microKernel);
  const f = module.function("multiply", kernelType, { export: true });
  const args = f.parameter(0, "args");
  const unit = f.parameter(1, "begin");
  const end = f.parameter(2, "end");
  const word = (name: ProductWord): Local => loadWord(f, args, productWords[name], name);
  const local = (name: string): Local => f.local("i32", name);
  returnUnless(f, args, "multiplyIf");
  const batchTable = word("batchTable");
  const rows = word("rows");
  const columns = word("columns");
  const inner = word("inner");
  const blockRows = word("blockRows");
  const blockInner = word("blockInner");
  const blockPanels = word("blockPanels");
  const rowBlocks = word("rowBlocks");
  const columnBlocks = word("columnBlocks");
  const panels = word("panels");
  const leftRows = word("leftRows");
  const leftInner = word("leftInner");
  const leftConsecutive = word("leftConsecutive");
  const outRows = word("outRows");
  const outColumns = word("outColumns");
  const outConsecutive = word("outConsecutive");
  const outTurned = word("outTurned");
  const [space, packed, entry, start, steps] = [
    local("space"),
    local("packed"),
    local("entry"),
    local("start"),
    local("steps"),
  ];
  const bases = [word("leftBase"), word("packedBase"), word("outBase")] as const;
  const [left, packedRight, out] = [local("left"), local("packedRight"), local("out")];
  const [row, firstRow, endRow] = [local("row"), local("firstRow"), local("endRow")];
  const [panel, firstPanel, endPanel] = [local("panel"), local("firstPanel"), local("endPanel")];
  const [rest, leftPanel, leftPanelBytes] = [
    local("rest"),
    local("leftPanel"),
    local("leftPanelBytes"),
  ];
  const [right, rightPanelBytes, isWhole] = [
    local("right"),
    local("rightPanelBytes"),
    local("isWhole"),
  ];
  const [isWholeTile, rowTable] = [local("isWholeTile"), local("rowTable")];
  const finish = word("finish");
  const [finished, reached] = [local("finished"), local("reached")];
  f.call(scratch);
  f.set(space);
  f.get(space);
  f.i32Const(scratchLayout.packed);
  f.emit("i32.add");
  f.set(packed);
  for (let spareRow = 0; spareRow < tile.rows; spareRow++) {
    f.get(space);
    f.i32Const(spareRow * width * element.bytes);
    f.store("i32.store", { offset: scratchLayout.spareRows + spareRow * 4 });
  }

  /** One tile, by the micro-kernel alone if it lies inside the output. `next`: of the second panel of the two. */
  const emitTile = (next: 0 | 1): void => {
    const pushFactors = (): void => {
      f.get(leftPanel);
      f.get(right);
      if (next === 1) {
        f.get(rightPanelBytes);
        f.emit("i32.add");
      }
      f.get(leftPanel);
      f.get(leftPanelBytes);
      f.emit("i32.add");
    };
    const pushAccumulate = (): void => {
      f.get(start);
      f.i32Const(0);
      f.emit("i32.ne");
    };
    const pushColumn = (): void => {
      f.get(panel);
      if (next === 1) {
        f.i32Const(1);
        f.emit("i32.add");
      }
      f.i32Const(width);
      f.emit("i32.mul");
    };
    const pushOut = (): void => f.get(out);
    const pushRowTable = (): void => pushScaledSum(f, outRows, row, 4);
    const pushColumnTable = (): void => {
      f.get(outColumns);
      pushColumn();
      f.i32Const(4);
      f.emit("i32.mul");
      f.emit("i32.add");
    };
    f.get(isWhole);
    f.get(row);
    f.i32Const(tile.rows);
    f.emit("i32.add");
    f.get(rows);
    f.emit("i32.le_s");
    f.emit("i32.and");
    f.tee(isWholeTile);
    f.get(outConsecutive);
    f.emit("i32.and");
    f.if(
      () => {
        pushFactors();
        pushRowTable();
        pushOut();
        pushColumn();
        f.i32Const(element.bytes);
        f.emit("i32.mul");
        f.emit("i32.add");
        pushAccumulate();
        f.call(microKernel);
      },
      () => {
        f.get(isWholeTile);
        f.get(outTurned);
        f.emit("i32.and");
        pushRowTable();
        f.set(rowTable);
        for (let next = 1; next < tile.rows; next++) {
          f.get(rowTable);
          f.load("i32.load", { offset: next * 4 });
          f.get(rowTable);
          f.load("i32.load", { offset: next * 4 - 4 });
          f.emit("i32.sub");
          f.i32Const(element.bytes);
          f.emit("i32.eq");
          f.emit("i32.and");
        }
        f.if(
          () => {
            pushFactors();
            pushColumnTable();
            pushOut();
            f.get(rowTable);
            f.load("i32.load");
            f.emit("i32.add");
            pushAccumulate();
            f.get(space);
            f.call(turnedTile);
          },
          () => {
            pushFactors();
            pushRowTable();
            pushOut();
            pushAccumulate();
            pushColumnTable();
            f.get(rows);
            f.get(row);
            f.emit("i32.sub");
            f.get(columns);
            pushColumn();
            f.emit("i32.sub");
            f.get(space);
            f.call(edge);
          },
        );
      },
    );
  };

  /** Runs the epilogue over the panels of this block that are computed by now, if they are many, or all. */
  const finishPanels = (): void => {
    f.get(start);
    f.get(steps);
    f.emit("i32.add");
    f.get(inner);
    f.emit("i32.eq");
    f.if(() => {
      f.get(panel);
      f.i32Const(2);
      f.emit("i32.add");
      f.tee(reached);
      f.get(endPanel);
      f.emit("i32.ge_s");
      f.get(reached);
      f.get(finished);
      f.emit("i32.sub");
      f.get(finish);
      f.load("i32.load", { offset: finishWords.panels * 4 });
      f.emit("i32.ge_s");
      f.emit("i32.or");
      f.if(() => {
        for (const own of [finish, rest, firstRow, endRow]) f.get(own);
        f.get(finished);
        f.i32Const(width);
        f.emit("i32.mul");
        setLimitedSum(f, finished, reached, null, endPanel);
        f.get(finished);
        f.i32Const(width);
        f.emit("i32.mul");
        f.tee(reached);
        f.get(columns);
        f.get(reached);
        f.get(columns);
        f.emit("i32.lt_s");
        f.emit("select");
        f.get(space);
        f.i32Const(scratchLayout.epilogue);
        f.emit("i32.add");
        f.call(finishBlock);
      });
    });
  };

  forBelow(f, unit, end, 1, () => {
    // unit = (product * columnBlocks + column block) * rowBlocks + row block
    f.get(unit);
    f.get(rowBlocks);
    f.emit("i32.rem_u");
    f.get(blockRows);
    f.emit("i32.mul");
    f.set(firstRow);
    setLimitedSum(f, endRow, firstRow, blockRows, rows);
    f.get(unit);
    f.get(rowBlocks);
    f.emit("i32.div_u");
    f.tee(rest);
    f.get(columnBlocks);
    f.emit("i32.rem_u");
    f.get(blockPanels);
    f.emit("i32.mul");
    f.set(firstPanel);
    setLimitedSum(f, endPanel, firstPanel, blockPanels, panels);
    f.get(rest);
    f.get(columnBlocks);
    f.emit("i32.div_u");
    f.set(rest);
    setScaledSum(f, entry, batchTable, rest, 12);
    [left, packedRight, out].forEach((target, index) => {
      f.get(entry);
      f.load("i32.load", { offset: index * 4 });
      f.get(bases[index] ?? entry);
      f.emit("i32.add");
      f.set(target);
    });
    f.i32Const(0);
    f.set(start);
    forBelow(f, start, inner, blockInner, () => {
      innerSteps(f, steps, inner, start, blockInner);
      f.get(steps);
      f.i32Const(tile.rows * element.bytes);
      f.emit("i32.mul");
      f.set(leftPanelBytes);
      f.get(steps);
      f.i32Const(width * element.bytes);
      f.emit("i32.mul");
      f.set(rightPanelBytes);
      // The rows of this block.
      f.get(packed);
      f.set(leftPanel);
      f.get(firstRow);
      f.set(row);
      forBelow(f, row, endRow, tile.rows, () => {
        f.get(leftPanel);
        f.get(left);
        pushScaledSum(f, leftRows, row, 4);
        pushScaledSum(f, leftInner, start, 4);
        f.get(steps);
        f.get(leftConsecutive);
        f.call(packLeft);
        f.get(leftPanel);
        f.get(leftPanelBytes);
        f.emit("i32.add");
        f.set(leftPanel);
      });
      // right = packed right factor + (start * panels + firstPanel * steps) * width
      f.get(packedRight);
      f.get(start);
      f.get(panels);
      f.emit("i32.mul");
      f.get(firstPanel);
      f.get(steps);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.i32Const(width * element.bytes);
      f.emit("i32.mul");
      f.emit("i32.add");
      f.set(right);
      f.get(firstPanel);
      f.tee(panel);
      f.set(finished);
      // Two panels for each of the left factor: whole cache lines of the output are written.
      forBelow(f, panel, endPanel, 2, () => {
        f.get(panel);
        f.i32Const(2);
        f.emit("i32.add");
        f.i32Const(width);
        f.emit("i32.mul");
        f.get(columns);
        f.emit("i32.le_s");
        f.set(isWhole);
        f.get(packed);
        f.set(leftPanel);
        f.get(firstRow);
        f.set(row);
        forBelow(f, row, endRow, tile.rows, () => {
          emitTile(0);
          f.get(panel);
          f.i32Const(1);
          f.emit("i32.add");
          f.get(endPanel);
          f.emit("i32.lt_s");
          f.if(() => emitTile(1));
          f.get(leftPanel);
          f.get(leftPanelBytes);
          f.emit("i32.add");
          f.set(leftPanel);
        });
        setScaledSum(f, right, right, rightPanelBytes, 2);
        f.get(finish);
        f.if(finishPanels);
      });
    });
  });
  return f;
}
