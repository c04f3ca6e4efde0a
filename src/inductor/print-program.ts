/** Programs as text: what runs, over which memory, and the lines of the user's program it comes from. */
import { RuntimeScalar } from "../core/runtime-scalar.ts";
import { at } from "../core/shape.ts";
import type { ContractionAxes } from "../loops/template.ts";
import { printKernelsAsWat } from "../loops/wasm/print-kernels.ts";
import { type CallNode, printedTarget } from "../fx/node.ts";
import type {
  Buffer,
  ChainStep,
  LaunchStep,
  Place,
  Program,
  ScalarValue,
  Step,
  TemplateStep,
} from "./program.ts";
import { printExpression, printKernel } from "./print-kernel.ts";

/** Every step of a program, kernels written out. Deterministic: no addresses, times or paths. */
export function printProgram(program: Program): string {
  return program.steps
    .filter(({ kind }) => kind !== "version")
    .map((step) => [printStep(step), ...printBody(step)].join("\n"))
    .join("\n");
}

/** One line for each step of a program. */
export function printSchedule(program: Program): string {
  return program.steps.map(printStep).join("\n");
}

/** What a program runs, kernels as loops, under the lines of the user's program that it does the work of. */
export function printOutputCode(program: Program): string {
  return program.steps
    .flatMap((step) => {
      if (step.kind === "version") return [];
      const body = printBody(step);
      const nodes = "origins" in step ? step.origins : [step.node];
      return [...new Set(nodes.map(sourceLine)), printStep(step), ...body, ""];
    })
    .join("\n")
    .trimEnd();
}

/** The kernels of a program as WebAssembly text. */
export function printWat(program: Program): string {
  return printKernelsAsWat(program.steps.filter((step) => step.kind === "launch"));
}

/** The operators that became one kernel, for every kernel made of several, and products that run with what is between them. */
export function printFusion(program: Program): string {
  return program.steps
    .flatMap((step) =>
      "origins" in step && (step.origins.length > 1 || step.kind === "chain")
        ? [`${kernelNames(step)}: ${step.origins.map(({ name }) => name).join(", ")}`]
        : [],
    )
    .join("\n");
}

function kernelNames(step: LaunchStep | TemplateStep | ChainStep): string {
  if (step.kind !== "chain") return step.kernel.name;
  return `by blocks of rows ${step.parts.map(({ kernel }) => kernel.name).join(", ")}`;
}

function sourceLine({ meta, name }: CallNode): string {
  const { source } = meta;
  return source === null
    ? `// ${name}`
    : `// ${name}, ${source.file}:${source.line}: ${source.code.trim()}`;
}

function printStep(step: Step): string {
  switch (step.kind) {
    case "launch":
      return printLaunch(step);
    case "template":
      return `${step.kernel.name} ${printAxes(step.axes)}`;
    case "chain":
      return step.parts.map(printStep).join(", ");
    case "routine":
      return `routine ${step.call.op.name}`;
    case "call":
      return `call ${printedTarget(step.node)}`;
    case "version":
      return `written ${bufferName(step.buffer)}`;
  }
}

/** Batch, if there is one, rows, columns and inner axes. */
function printAxes({ batch, rows, columns, inner }: ContractionAxes): string {
  return [...(batch.length > 0 ? [batch] : []), rows, columns, inner]
    .map((sizes) => `[${sizes.join()}]`)
    .join(" x ");
}

function printLaunch({ kernel, parallel, fold }: LaunchStep): string {
  return `${kernel.name} [${parallel.join()}]${fold.length === 0 ? "" : ` fold [${fold.join()}]`}`;
}

function printBody(step: Step): readonly string[] {
  if (step.kind === "template") {
    const operands = step.operands.map(placeName);
    const scalars = step.scalars.map(scalarName);
    const value = printExpression(step.kernel.value, { operands, scalars });
    return [
      `  s0 = sum of ${at(operands, 1)} * ${at(operands, 2)} over [${step.axes.inner.join()}]`,
      `  ${at(operands, 0)} = ${value}`,
    ];
  }
  if (step.kind !== "launch") return [];
  const names = { operands: step.operands.map(placeName), scalars: step.scalars.map(scalarName) };
  return [printKernel(step.kernel, names).replace(/^/gm, "  ")];
}

function placeName({ buffer, offset, strides }: Place): string {
  const start = offset === 0 ? "" : `+${offset}`;
  return `${bufferName(buffer)}${start}(${strides.join()})`;
}

function bufferName({ id, origin }: Buffer): string {
  return origin.kind === "input" ? `in${origin.index}` : `buf${id}`;
}

function scalarName(scalar: ScalarValue): string {
  return scalar instanceof RuntimeScalar ? `number${scalar.slot}` : String(scalar);
}
