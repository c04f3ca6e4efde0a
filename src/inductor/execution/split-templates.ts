/** Takes contractions apart into what WebAssembly runs one after the other, so that they do not end a run of launches. */
import { dtypes } from "../../core/dtype.ts";
import { at, contiguousStrides, numelOf } from "../../core/shape.ts";
import { type ContractionKernel, hasNoEpilogue, hasWordFactors } from "../../loops/template.ts";
import { finishKernel } from "../../loops/templates/contraction/finish-contraction.ts";
import {
  finishesInBlocks,
  takesContraction,
} from "../../loops/templates/contraction/multiply-in-webassembly.ts";
import { plainKernel } from "../../loops/templates/contraction/plain-contraction.ts";
import type { Buffer, Place, Program, Step, TemplateStep } from "../program.ts";
import { internContraction } from "../schedule/intern-kernel.ts";
import { mayThrow } from "../schedule/may-throw.ts";

/** Below as many multiplications loops do as well as any template. */
const smallestTemplate = 4096;

/**
 * The program with every contraction as its product and its epilogue as a launch, where there is one that does not run
 * block by block inside of the product; small ones as a launch alone. Sums are kept in the output itself where they fit it, in a buffer of their own elsewhere.
 */
export function splitTemplates(program: Program): Program {
  if (program.steps.every(({ kind }) => kind !== "template")) return program;
  const sums: Buffer[] = [];
  let nextId = 1 + Math.max(0, ...program.buffers.map(({ id }) => id));
  const newBuffer = (kernel: ContractionKernel, length: number): Buffer => {
    const dtype = dtypes[at(kernel.operands, 1)];
    const buffer: Buffer = { id: nextId++, dtype, length, origin: { kind: "made" } };
    sums.push(buffer);
    return buffer;
  };
  const steps = program.steps.flatMap((step): readonly Step[] =>
    step.kind === "template" && !mayThrow(step) ? split(step, newBuffer) : [step],
  );
  return {
    ...program,
    steps,
    buffers: [...program.buffers, ...sums],
    overwritten: new Set([...program.overwritten, ...sums]),
  };
}

function split(
  step: TemplateStep,
  newBuffer: (kernel: ContractionKernel, length: number) => Buffer,
): readonly Step[] {
  const { kernel, axes, operands, scalars, node, callIndex, origins } = step;
  const outer = [...axes.batch, ...axes.rows, ...axes.columns];
  if (outer.includes(0)) return []; // there is nothing to do
  const common = {
    node,
    callIndex,
    origins,
    kind: "launch",
    isFused: false,
    scalars,
  } as const;
  if (!takesContraction(step)) {
    const isFold = hasWordFactors(kernel);
    if (!isFold && numelOf(outer) * numelOf(axes.inner) >= smallestTemplate) return [step];
    return [
      {
        ...common,
        kernel: plainKernel(kernel),
        parallel: outer,
        fold: axes.inner,
        operands,
        isScript: !isFold,
      },
    ];
  }
  if (hasNoEpilogue(kernel)) return [step];
  if (canHoldSums(step) && finishesInBlocks(step)) return [step];
  const padding = axes.inner.map(() => 0);
  const target = at(operands, 0);
  const place: Place = canHoldSums(step)
    ? target
    : {
        buffer: newBuffer(kernel, numelOf(outer)),
        offset: 0,
        strides: [...contiguousStrides(outer), ...padding],
      };
  const withoutInner = (own: Place): Place => ({
    ...own,
    strides: own.strides.slice(0, outer.length),
  });
  return [
    {
      ...step,
      kernel: productKernel(kernel),
      operands: [place, ...operands.slice(1, 3)],
      scalars: [],
    },
    {
      ...common,
      kernel: finishKernel(kernel),
      parallel: outer,
      fold: [],
      operands: [target, place, place, ...operands.slice(3)].map(withoutInner),
    },
  ];
}

/** Nothing else that the epilogue reads may lie where the sums go. */
function canHoldSums({ kernel, operands }: TemplateStep): boolean {
  const { buffer } = at(operands, 0);
  return (
    kernel.operands[0] === kernel.operands[1] &&
    operands.slice(3).every((operand) => operand.buffer !== buffer)
  );
}

/** The kernel that stores the sums. */
function productKernel({ operands }: ContractionKernel): ContractionKernel {
  const type = at(operands, 1);
  return internContraction({
    kind: "contraction",
    name: "contraction",
    operands: [type, type, type],
    scalars: [],
    value: { kind: "state", type: dtypes[type].computeName, state: 0 },
  });
}
