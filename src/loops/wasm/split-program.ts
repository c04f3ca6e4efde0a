/**
 * Cuts a long program into pieces that run one after the other over blocks of elements.
 *
 * A processor looks some hundred instructions ahead. Where each step of a function waits for the one before, few vectors
 * are under way at a time, and interleaving more of them takes more registers than there are. Pieces that wait half as long
 * keep twice as many vectors under way; what one needs of another goes through a block that stays in the cache.
 */
import { at } from "../../core/shape.ts";
import { blockRows } from "../../runtime/memory-layout.ts";
import { bestCuts, isProduct, latencyOf, shortestProgram } from "./cut-program.ts";
import { type Instruction, ProgramBuilder, type Register, type Value } from "./program.ts";
import { type Addend, outputsOf, type StageProgram } from "./stage-program.ts";

export interface Piece {
  readonly code: StageProgram;
  /** Operands that it loads; the last piece also stores. */
  readonly operands: ReadonlySet<number>;
}

/** The pieces, or null where one program is as good. */
export function splitProgram(code: StageProgram): readonly Piece[] | null {
  const { instructions } = code.program;
  const outputs = outputsOf(code);
  const body = bodyOf(instructions, outputs);
  if (body.length < shortestProgram) return null;
  const place = new Map(body.map((register, index) => [register, index]));
  const steps = body.map((register) => {
    const instruction = at(instructions, register);
    const args = instruction.args.flatMap((arg) => place.get(arg) ?? []);
    const isOutput = outputs.has(register);
    return {
      args,
      latency: latencyOf(instruction),
      isProduct: isProduct(instruction),
      isOutput,
      isFixed: !isMovable(instruction),
    };
  });
  const cuts = bestCuts(steps);
  return cuts.length === 0 ? null : makePieces(code, body, cuts, outputs);
}

/** What is computed for each vector; what has to stand in the last piece comes last. */
function bodyOf(
  instructions: readonly Instruction[],
  outputs: ReadonlySet<Register>,
): readonly Register[] {
  const live = new Set<Register>(outputs);
  for (let register = instructions.length - 1; register >= 0; register--)
    if (live.has(register)) for (const arg of at(instructions, register).args) live.add(arg);
  const body = instructions.flatMap(({ level }, register) =>
    level === 2 && live.has(register) ? [register] : [],
  );
  const fixed = new Set<Register>();
  for (const register of body) {
    const instruction = at(instructions, register);
    if (!isMovable(instruction) || instruction.args.some((arg) => fixed.has(arg)))
      fixed.add(register);
  }
  return [
    ...body.filter((register) => !fixed.has(register)),
    ...body.filter((register) => fixed.has(register)),
  ];
}

/** Whether it may stand in a piece that is not the last: states step there, and rows are walked there. */
function isMovable(instruction: Instruction): boolean {
  switch (instruction.kind) {
    case "plain":
    case "shift":
    case "shuffle":
    case "position":
      return true;
    case "load":
      return instruction.form === "vector";
    default:
      return false;
  }
}

function makePieces(
  code: StageProgram,
  body: readonly Register[],
  cuts: readonly number[],
  outputs: ReadonlySet<Register>,
): readonly Piece[] | null {
  const { instructions, lanes, relaxed } = code.program;
  const last = cuts.length;
  const pieceOf = new Map(
    body.map((register, index) => [register, cuts.filter((cut) => cut <= index).length]),
  );
  /** What a later piece needs, and where it is kept. */
  const rowOf = new Map<Register, number>();
  const need = (register: Register, piece: number): void => {
    const own = pieceOf.get(register);
    if (own !== undefined && own < piece && !rowOf.has(register)) rowOf.set(register, rowOf.size);
  };
  for (const register of body)
    for (const arg of at(instructions, register).args) need(arg, pieceOf.get(register) ?? last);
  for (const register of outputs) need(register, last);
  if (rowOf.size > blockRows) return null;
  const makePiece = (piece: number): Piece => {
    const program = new ProgramBuilder(lanes, relaxed);
    const operands = new Set<number>();
    const made = new Map<Register, Register>();
    const make = (register: Register): Register => {
      let own = made.get(register);
      if (own !== undefined) return own;
      const instruction = at(instructions, register);
      const row = pieceOf.get(register) === piece ? undefined : rowOf.get(register);
      if (row !== undefined) own = program.add({ kind: "block", row, args: [] }, 2, `${row}`);
      else {
        const args = instruction.args.map(make);
        if (instruction.kind === "load") operands.add(instruction.operand);
        own = program.add({ ...instruction, args }, instruction.level, `${register}`);
      }
      made.set(register, own);
      return own;
    };
    for (const register of body) if (pieceOf.get(register) === piece) make(register);
    const blocks = [...rowOf].flatMap(([register, row]) =>
      pieceOf.get(register) === piece ? [{ row, register: make(register) }] : [],
    );
    const ending = piece === last ? endingOf(code, make) : { next: [], rows: [], stores: [] };
    return { code: { program, blocks, ...ending }, operands };
  };
  return Array.from({ length: last + 1 }, (_, piece) => makePiece(piece));
}

/** What is done with the results, in the terms of another program. */
function endingOf(
  code: StageProgram,
  make: (register: Register) => Register,
): Omit<StageProgram, "program"> {
  const value = ({ kind, parts }: Value): Value => ({ kind, parts: parts.map(make) });
  return {
    next: code.next.map(value),
    rows: code.rows.map((row) => ({ ...row, value: value(row.value) })),
    stores: code.stores.map((store) => ({
      ...store,
      parts: store.parts.map(make),
      address: store.address === null ? null : make(store.address),
    })),
    ...(code.sums !== undefined && { sums: code.sums.map((own) => makeAddend(own, make)) }),
  };
}

function makeAddend([x, y]: Addend, make: (register: Register) => Register): Addend {
  return y === undefined ? [make(x)] : [make(x), make(y)];
}
