/** Bytecode as text: deterministic, for golden files and `TORCH_LOGS=bytecode`. */

import type { Capture, Code } from "./code.ts";
import { type Instruction, recordOf } from "./instructions/table.ts";

/** One line per instruction: pc, stack depth before it, source line, instruction; then the tables. */
export function disassemble(code: Code): string {
  const lines = [
    `${code.kind} ${code.name === "" ? "(anonymous)" : code.name}(${code.parameterCount})`,
  ];
  const targets = new Set([
    ...code.instructions.flatMap(targetOf),
    ...code.regions.map((region) => region.handler),
  ]);
  const width = String(code.instructions.length).length;
  code.instructions.forEach((instruction, pc) => {
    const depth = code.depthAt(pc);
    const mark = targets.has(pc) ? ">" : " ";
    const line = lineAt(code.text, code.spans[pc]?.start ?? 0);
    lines.push(
      `${mark} ${String(pc).padStart(width)}  ${depth < 0 ? "-" : depth}  L${line}  ${printInstruction(code, instruction)}`,
    );
  });
  code.regions.forEach(({ start, end, handler, depth }) => {
    lines.push(`region ${start}..${end} -> ${handler} depth ${depth}`);
  });
  code.locals.forEach(({ name, isCell }, slot) =>
    lines.push(`local ${slot} ${name}${isCell ? " (cell)" : ""}`),
  );
  code.captures.forEach((capture, index) =>
    lines.push(`capture ${index} ${printCapture(capture)}`),
  );
  code.children.forEach((child, index) => {
    const captures = child.captures.map((capture) => printCapture(capture)).join(", ");
    lines.push(
      `child ${index} ${child.kind} ${child.name === "" ? "(anonymous)" : child.name} [${captures}]`,
    );
  });
  return `${lines.join("\n")}\n`;
}

function targetOf(instruction: Instruction): readonly number[] {
  return "target" in instruction ? [instruction.target] : [];
}

function printInstruction(code: Code, instruction: Instruction): string {
  const values: Readonly<Record<string, unknown>> = instruction;
  const operands = Object.entries(recordOf(instruction.op).operand).map(([field, { kind }]) => {
    const value = values[field];
    if (kind === "local" && typeof value === "number")
      return `${value}:${code.locals[value]?.name}`;
    if (kind === "capture" && typeof value === "number")
      return `${value}:${code.captures[value]?.name}`;
    if (kind === "target") return `-> ${String(value)}`;
    return `${field}=${printValue(value)}`;
  });
  return [instruction.op, ...operands].join(" ");
}

function printValue(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "undefined");
}

function printCapture({ name, from, assigned }: Capture): string {
  const origin =
    from.kind === "outer"
      ? "outer"
      : from.kind === "local"
        ? `local ${from.slot}`
        : `capture ${from.index}`;
  return `${name} from ${origin}${assigned ? " assigned" : ""}`;
}

/** 1-based line of an offset. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset && i < text.length; i++) if (text.charCodeAt(i) === 10) line++;
  return line;
}
