import { at } from "../../../../core/shape.ts";
import type { FunctionBuilder, Local } from "../../../../wasm/function-builder.ts";
import type { ModuleBuilder } from "../../../../wasm/module-builder.ts";
import type { Element } from "./element.ts";
import { transpose } from "./transpose.ts";

/**
 * Copies a panel of a factor to where the micro-kernel reads it: `width` elements (of as many rows of the left factor or
 * columns of the right one) for each inner step.
 *
 *     pack(target, base, laneTable, innerTable, steps, isConsecutive)
 *
 * The element of lane l and step k lies at `base + laneTable[l] + innerTable[k]`: that holds for any layout, with any
 * number of axes. Two layouts have ways of their own: lanes side by side are copied as vectors, inner steps side by side
 * (`isConsecutive`) as square blocks that are transposed in registers.
 */
export function definePack(
  module: ModuleBuilder,
  element: Element,
  width: number,
): FunctionBuilder {
  const f = module.function(`pack${width}`, {
    params: ["i32", "i32", "i32", "i32", "i32", "i32"],
    results: [],
  });
  const target = f.parameter(0, "target");
  const base = f.parameter(1, "base");
  const laneTable = f.parameter(2, "laneTable");
  const innerTable = f.parameter(3, "innerTable");
  const steps = f.parameter(4, "steps");
  const isConsecutive = f.parameter(5, "isConsecutive");
  const lanes = Array.from({ length: width }, (_, lane) => f.local("i32", `lane${lane}`));
  const from = f.local("i32", "from");
  const end = f.local("i32", "end");
  lanes.forEach((lane, index) => {
    f.get(laneTable);
    f.load("i32.load", { offset: index * 4 });
    f.get(base);
    f.emit("i32.add");
    f.set(lane);
  });
  const setEnd = (count: () => void): void => {
    f.get(innerTable);
    count();
    f.i32Const(2);
    f.emit("i32.shl");
    f.emit("i32.add");
    f.set(end);
  };
  const panel: Panel = { f, element, lanes, innerTable, end, from, target };
  lanesAreNeighbours(f, lanes, element.bytes);
  f.if(
    () => {
      setEnd(() => f.get(steps));
      copyVectors(panel);
    },
    () => {
      f.get(isConsecutive);
      f.if(() => {
        setEnd(() => {
          f.get(steps);
          f.i32Const(-element.lanes);
          f.emit("i32.and");
        });
        copyTransposed(panel);
        f.get(steps);
        f.i32Const(element.lanes - 1);
        f.emit("i32.and");
        f.set(steps);
      });
      setEnd(() => f.get(steps));
      copyElements(panel);
    },
  );
  return f;
}

interface Panel {
  readonly f: FunctionBuilder;
  readonly element: Element;
  readonly lanes: readonly Local[];
  /** The next step's place in the table, and where the steps end there. */
  readonly innerTable: Local;
  readonly end: Local;
  readonly from: Local;
  readonly target: Local;
}

/** Leaves on the stack whether each lane lies one element after the one before. */
function lanesAreNeighbours(f: FunctionBuilder, lanes: readonly Local[], bytes: number): void {
  for (let lane = 1; lane < lanes.length; lane++) {
    f.get(at(lanes, lane));
    f.get(at(lanes, lane - 1));
    f.emit("i32.sub");
    f.i32Const(bytes);
    f.emit("i32.eq");
    if (lane > 1) f.emit("i32.and");
  }
}

/** Runs `body` for every `stride` steps up to the end, with `from` the distance of the step. */
function forEachStep({ f, innerTable, end, from }: Panel, stride: number, body: () => void): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(innerTable);
      f.get(end);
      f.emit("i32.ge_u");
      f.brIf(done);
      f.get(innerTable);
      f.load("i32.load");
      f.set(from);
      body();
      f.increment(innerTable, 4 * stride);
      f.br(again);
    });
  });
}

function copyVectors(panel: Panel): void {
  const { f, lanes, element, target, from } = panel;
  const bytes = lanes.length * element.bytes;
  forEachStep(panel, 1, () => {
    f.get(from);
    f.get(at(lanes, 0));
    f.emit("i32.add");
    f.set(from);
    for (let offset = 0; offset < bytes; offset += 16) {
      f.get(target);
      f.get(from);
      f.load("v128.load", { offset, align: element.bytes });
      f.store("v128.store", { offset });
    }
    f.increment(target, bytes);
  });
}

function copyElements(panel: Panel): void {
  const { f, lanes, element, target, from } = panel;
  forEachStep(panel, 1, () => {
    lanes.forEach((lane, index) => {
      f.get(target);
      f.get(lane);
      f.get(from);
      f.emit("i32.add");
      f.load(element.load);
      f.store(element.store, { offset: index * element.bytes });
    });
    f.increment(target, lanes.length * element.bytes);
  });
}

function copyTransposed(panel: Panel): void {
  const { f, lanes, element, target, from } = panel;
  const side = element.lanes;
  const rowBytes = lanes.length * element.bytes;
  const rows = Array.from({ length: side }, () => f.local("v128"));
  const halves = Array.from({ length: side }, () => f.local("v128"));
  forEachStep(panel, side, () => {
    for (let group = 0; group < lanes.length; group += side) {
      rows.forEach((row, index) => {
        f.get(at(lanes, group + index));
        f.get(from);
        f.emit("i32.add");
        f.load("v128.load", { align: element.bytes });
        f.set(row);
      });
      const columns = transpose(f, rows, halves);
      columns.forEach((column, step) => {
        f.get(target);
        column();
        f.store("v128.store", { offset: step * rowBytes + group * element.bytes });
      });
    }
    f.increment(target, side * rowBytes);
  });
}
