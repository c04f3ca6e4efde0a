/** Checks what every `Code` must satisfy; throws on the first violation, which is a bug of the lowering. */

import type { Code, Region } from "./code.ts";
import { type Instruction, recordOf } from "./instructions/table.ts";
import { computeStackDepths } from "./lower/stack-depth.ts";

export function verifyCode(code: Code): void {
  code.instructions.forEach((instruction, pc) => verifyOperands(code, instruction, pc));
  if (code.spans.length !== code.instructions.length)
    fail(`${code.spans.length} spans`, code.instructions.length);
  // Recomputing the depths finds paths that disagree and instructions that pop too much.
  const { depths } = computeStackDepths(code.instructions, code.regions);
  depths.forEach((depth, pc) => {
    if (depth !== code.depthAt(pc)) fail(`depth ${code.depthAt(pc)}, recomputed ${depth}`, pc);
  });
  for (const region of code.regions) verifyRegion(code, region);
  verifyDeadZone(code);
}

function fail(what: string, pc: number): never {
  throw new Error(`invalid bytecode at pc ${pc}: ${what}`);
}

function verifyOperands(code: Code, instruction: Instruction, pc: number): void {
  const values: Readonly<Record<string, unknown>> = instruction;
  const limits: Readonly<Record<string, number>> = {
    local: code.locals.length,
    capture: code.captures.length,
    child: code.children.length,
    target: code.instructions.length,
  };
  for (const [field, { kind }] of Object.entries(recordOf(instruction.op).operand)) {
    const value = values[field];
    const limit = limits[kind];
    if (
      limit !== undefined &&
      !(typeof value === "number" && Number.isInteger(value) && value >= 0 && value < limit)
    ) {
      fail(`${instruction.op} ${field}=${String(value)} is outside 0..${limit - 1}`, pc);
    }
  }
}

function verifyRegion(code: Code, region: Region): void {
  if (!(region.start < region.end))
    fail(`empty region ${region.start}..${region.end}`, region.start);
  for (const other of code.regions) {
    const isCrossing =
      region.start < other.start && other.start < region.end && region.end < other.end;
    if (isCrossing)
      fail(
        `region ${region.start}..${region.end} crosses ${other.start}..${other.end}`,
        region.start,
      );
  }
  const depth = code.depthAt(region.handler);
  if (depth !== region.depth + 1)
    fail(`handler at depth ${depth} of a region at depth ${region.depth}`, region.handler);
  for (let pc = region.start; pc < region.end; pc++) {
    const inside = code.depthAt(pc);
    if (inside >= 0 && inside < region.depth)
      fail(`depth ${inside} inside a region at depth ${region.depth}`, pc);
  }
}

/** Nothing may be live at entry but variables that start as undefined. */
function verifyDeadZone(code: Code): void {
  for (const slot of code.liveLocalsAt(0)) {
    const local = code.locals[slot];
    if (local === undefined || local.isCell || !local.isUserVariable) {
      fail(`slot ${slot} (${local?.name ?? "?"}) is read before it is written`, 0);
    }
  }
}
