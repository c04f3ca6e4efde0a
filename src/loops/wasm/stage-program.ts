/** The body of a stage as a program: the next states, the rows and the values to store. */
import { InternalError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import { type DTypeName, dtypes, isWordType } from "../../core/dtype.ts";
import { type Expression, withoutRounding } from "../expression.ts";
import type { Kernel, Stage, Store } from "../kernel.ts";
import { arithmeticOn } from "./arithmetic.ts";
import { joiningOperation } from "./combine-states.ts";
import { selectValue, toDType } from "./convert.ts";
import {
  convertKind,
  ExpressionLowering,
  bytesOf,
  type LoweringContext,
} from "./lower-expression.ts";
import { type ElementBytes, ProgramBuilder, type Register, type Value } from "./program.ts";
import { wordLanes } from "./word-lanes.ts";

export interface StoredValue {
  readonly operand: number;
  /** Bytes of an element. Elements of fewer than 4 are in the low bytes of the register. */
  readonly bytes: ElementBytes;
  readonly parts: readonly Register[];
  /** Where to, for stores at computed coordinates. */
  readonly address: Register | null;
}

/** A value, or two factors whose product is added without being rounded before. */
export type Addend = readonly [value: Register] | readonly [factor: Register, factor: Register];

export interface StageProgram {
  readonly program: ProgramBuilder;
  /** By state, in the order of the stage. */
  readonly next: readonly Value[];
  readonly rows: readonly { readonly row: number; readonly value: Value }[];
  readonly stores: readonly StoredValue[];
  /** float32 values that are added to the states instead of `next`, for all units together. */
  readonly sums?: readonly Addend[];
  /** Every vector waits for the states of the one before through more than an addition or the like. */
  readonly waits?: boolean;
  /** What is kept for later pieces of the program: see `split-program.ts`. */
  readonly blocks?: readonly { readonly row: number; readonly register: Register }[];
}

/** What is needed when all is computed. */
export function outputsOf(code: StageProgram): ReadonlySet<Register> {
  return new Set([
    ...code.next.flatMap((value) => value.parts),
    ...(code.sums ?? []).flat(),
    ...(code.blocks ?? []).map(({ register }) => register),
    ...code.rows.flatMap(({ value }) => value.parts),
    ...code.stores.flatMap(({ parts, address }) =>
      address === null ? parts : [...parts, address],
    ),
  ]);
}

export interface StageProgramOptions {
  readonly lanes: 1 | 4;
  readonly relaxed: boolean;
  /** Some lanes may lie beyond the end: their states must stay. The register `valid` says which do not. */
  readonly masked: boolean;
  /** What the states add up, if that is added for all units together. */
  readonly sums?: readonly Expression[] | null;
}

/** The program of a stage's body; `first` is the number of the stage's first state. */
export function stageProgram(
  kernel: Kernel,
  own: Stage,
  first: number,
  context: LoweringContext,
  options: StageProgramOptions,
): StageProgram {
  const program = new ProgramBuilder(options.lanes, options.relaxed);
  const lowering = new ExpressionLowering(program, context);
  const valid: Value | null = options.masked ? validLanes(program) : null;
  const sums = options.sums?.map((value) => addendOf(program, at(lowering.lower(value).parts, 0)));
  const states = sums === undefined ? own.states : [];
  const next = states.map((state, n) => {
    const kind = lowering.stateKind(first + n, state.type);
    const value = convertKind(program, lowering.lower(state.next), kind);
    if (valid === null) return value;
    const current = lowering.lower({ kind: "state", type: state.type, state: first + n });
    return selectValue(program, valid, value, current);
  });
  if (next.length > 0) lowering.bindStates(new Map(next.map((value, n) => [first + n, value])));
  const rows = own.rows.map(({ row, value }) => ({
    row,
    value: convertKind(program, lowering.lower(value), lowering.rowKind(at(kernel.rows, row))),
  }));
  const stores = own.stores.map((store) => storedValue(kernel, store, program, lowering));
  const waits = own.states.some(
    (state, n) => joiningOperation(state.next, first + n, first, own.states.length) === null,
  );
  return { program, next, rows, stores, waits, ...(sums !== undefined && { sums }) };
}

function addendOf(program: ProgramBuilder, value: Register): Addend {
  const instruction = at(program.instructions, value);
  if (!program.relaxed || instruction.kind !== "plain" || instruction.op !== "f32x4.mul")
    return [value];
  const [x, y] = instruction.args;
  return x === undefined || y === undefined ? [value] : [x, y];
}

function validLanes(program: ProgramBuilder): Value {
  const name = "valid";
  const register = program.add({ kind: "input", name, perUnit: false, args: [] }, 2, name);
  return { kind: "mask", parts: [register] };
}

const combiningOperation = {
  add: "add",
  multiply: "mul",
  minimum: "minimum",
  maximum: "maximum",
} as const;

function storedValue(
  kernel: Kernel,
  store: Store,
  b: ProgramBuilder,
  lowering: ExpressionLowering,
): StoredValue {
  const { type } = at(kernel.operands, store.operand);
  const { computeName } = dtypes[type];
  let value = toDType(
    b,
    lowering.lower(store.mode === "set" ? withoutRounding(store.value, type) : store.value),
    computeName,
  );
  const address =
    store.coordinates === null ? null : lowering.address(store.operand, store.coordinates);
  if (store.mode !== "set") {
    const operation = arithmeticOn(combiningOperation[store.mode], value.kind, type === "uint8");
    if (operation === null || address === null)
      throw new InternalError(`no vector code for storing by ${store.mode} to ${type}`);
    value = toDType(
      b,
      operation(b, lowering.elementAt(store.operand, address), value),
      computeName,
    );
  }
  return {
    operand: store.operand,
    bytes: bytesOf[type],
    parts: storedParts(b, value, type),
    address,
  };
}

/** The registers as they go to memory. */
function storedParts(b: ProgramBuilder, value: Value, type: DTypeName): readonly Register[] {
  if (bytesOf[type] >= 4) return value.parts;
  const register = at(value.parts, 0);
  if (isWordType(type)) {
    const words = wordLanes[type].pack(b, register);
    return [b.plain("i16x8.narrow_i32x4_u", words, words)];
  }
  const words = value.kind === "mask" ? b.plain("v128.and", register, b.i32(1)) : register;
  const halves = b.plain("i16x8.narrow_i32x4_u", words, words);
  return [b.plain("i8x16.narrow_i16x8_u", halves, halves)];
}
