/** Variables of the frame: plain slots, slots holding cells, and captures from outside the function. */

import { define } from "./define.ts";
import { operand } from "./operand.ts";

const localRead = { slot: operand.localRead };

export const localInstructions = {
  loadLocal: define({
    operand: localRead,
    stack: "-> value",
    effect: [0, 1],
    run: (it, { slot }) => it.push(it.local(slot)),
    emit: {
      kind: "value",
      evaluation: "local",
      expression: (_, { slot }, scope) => scope.local(slot),
    },
  }),
  storeLocal: define({
    operand: { slot: operand.localWrite },
    stack: "value ->",
    effect: [1, 0],
    run: (it, { slot }) => it.setLocal(slot, it.pop()),
    emit: {
      kind: "statement",
      statement: ([value], { slot }, scope) => `${scope.local(slot)}=${value};`,
      keeps: [],
    },
  }),
  /** `x++` or `x--` as a statement: ToNumeric, then one more or less. */
  updateLocal: define({
    operand: { slot: operand.localUpdate, by: operand.sign },
    stack: "->",
    effect: [0, 0],
    run: (it, { slot, by }) => it.setLocal(slot, it.increment(it.local(slot), by)),
    emit: {
      kind: "statement",
      statement: (_, { slot, by }, scope) => `${scope.local(slot)}${by > 0 ? "++" : "--"};`,
      keeps: [],
    },
  }),
  /** Puts the slot into its temporal dead zone. */
  markUninitialized: define({
    operand: { slot: operand.localWrite },
    stack: "->",
    effect: [0, 0],
    run: (it, { slot }) => it.markUninitialized(slot),
    emit: {
      kind: "statement",
      statement: (_, { slot }, scope) => `${scope.local(slot)}=${scope.runtime("uninitialized")};`,
      keeps: [],
    },
  }),
  /** Throws the ReferenceError when the slot is in its temporal dead zone. */
  checkInitialized: define({
    operand: { slot: operand.localRead, name: operand.name },
    stack: "->",
    effect: [0, 0],
    run: (it, { slot, name }) => it.checkInitialized(slot, name),
    emit: {
      kind: "statement",
      statement: (_, { slot, name }, scope) =>
        `if(${scope.local(slot)}===${scope.runtime("uninitialized")})${scope.runtime("throwUninitialized")}(${scope.literal(name)});`,
      keeps: [],
    },
  }),

  /** A new cell in the slot: in its temporal dead zone, or holding undefined. */
  createCell: define({
    operand: { slot: operand.localWrite, name: operand.name, initialized: operand.flag },
    stack: "->",
    effect: [0, 0],
    run: (it, { slot, name, initialized }) =>
      it.createCell(slot, name, initialized ? it.constant(undefined) : null),
    emit: {
      kind: "statement",
      statement: (_, { slot, name, initialized }, scope) =>
        `${scope.local(slot)}=new ${scope.runtime("Cell")}(${initialized ? "void 0" : scope.runtime("uninitialized")},${scope.literal(name)});`,
      keeps: [],
    },
  }),
  /** Reads through the cell; throws in the temporal dead zone. */
  loadCell: define({
    operand: localRead,
    stack: "-> value",
    effect: [0, 1],
    run: (it, { slot }) => it.push(it.read(it.cell(slot))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { slot }, scope) => scope.cellContent(slot),
    },
  }),
  /** Assigns through the cell; throws in the temporal dead zone. */
  storeCell: define({
    operand: localRead,
    stack: "value ->",
    effect: [1, 0],
    run: (it, { slot }) => it.assign(it.cell(slot), it.pop()),
    emit: {
      kind: "statement",
      statement: ([value], { slot }, scope) => `${scope.cellContent(slot)}=${value};`,
      keeps: [],
    },
  }),
  /** The declaration itself: ends the temporal dead zone. */
  initializeCell: define({
    operand: localRead,
    stack: "value ->",
    effect: [1, 0],
    run: (it, { slot }) => it.initialize(it.cell(slot), it.pop()),
    emit: {
      kind: "statement",
      statement: ([value], { slot }, scope) => `${scope.local(slot)}.raw=${value};`,
      keeps: [],
    },
  }),
  /** CreatePerIterationEnvironment (ECMA-262 14.7.4.4): a new cell with the same content. */
  copyCell: define({
    operand: { slot: operand.localUpdate },
    stack: "->",
    effect: [0, 0],
    run: (it, { slot }) => it.copyCell(slot),
    emit: {
      kind: "statement",
      statement: (_, { slot }, scope) => `${scope.local(slot)}=${scope.local(slot)}.copy();`,
      keeps: [],
    },
  }),

  loadCapture: define({
    operand: { capture: operand.capture },
    stack: "-> value",
    effect: [0, 1],
    run: (it, { capture }) => it.push(it.read(it.capture(capture))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { capture }, scope) => scope.capture(capture),
    },
  }),
  storeCapture: define({
    operand: { capture: operand.capture },
    stack: "value ->",
    effect: [1, 0],
    run: (it, { capture }) => it.assign(it.capture(capture), it.pop()),
    emit: {
      kind: "statement",
      statement: ([value], { capture }, scope) => `${scope.capture(capture)}=${value};`,
      keeps: [],
    },
  }),
  /** As sloppy code assigns a variable: one that exists nowhere becomes a global, and one that is read-only stays. */
  storeCaptureLoosely: define({
    operand: { capture: operand.capture },
    stack: "value ->",
    effect: [1, 0],
    run: (it, { capture }) => it.assign(it.capture(capture), it.pop(), { loosely: true }),
    emit: {
      kind: "statement",
      statement: ([value], { capture }, scope) => {
        const bare = scope.capture(capture);
        const cell = scope.captureCell(capture);
        return `${bare === `${cell}.v` ? `${scope.runtime("looseBinding")}(${cell}).v` : bare}=${value};`;
      },
      keeps: [],
    },
  }),
  /** `typeof x` of a capture: "undefined" where no such variable exists, instead of a ReferenceError. */
  typeofCapture: define({
    operand: { capture: operand.capture },
    stack: "-> type",
    effect: [0, 1],
    run: (it, { capture }) => it.push(it.typeofCell(it.capture(capture))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (_, { capture }, scope) => {
        const bare = scope.capture(capture);
        const cell = scope.captureCell(capture);
        return bare === `${cell}.v`
          ? `${scope.runtime("typeofBinding")}(${cell})`
          : `(typeof ${bare})`;
      },
    },
  }),
};
