/** Finds two products with a kernel over the rows of the first between them: attention, by whatever operators it is written. */
import { at, contiguousStrides, isNonOverlappingAndDense, numelOf } from "../../core/shape.ts";
import type { Kernel } from "../../loops/kernel.ts";
import { chainsProducts } from "../../loops/templates/contraction/multiply-in-webassembly.ts";
import type { ProductChain } from "../../loops/templates/contraction/wasm/plan-attention.ts";
import type { Buffer, ChainStep, LaunchStep, Place, Program, Step } from "../program.ts";
import { mayThrow } from "../schedule/may-throw.ts";
import { accessOf, visibleBuffers } from "../schedule/step-access.ts";

/** Elements between the products from which it is worth their while. */
const smallestChain = 2 ** 13;

/**
 * The program with every such chain as one step: what is between the products never exists as a whole. Takes programs of
 * `splitTemplates`, after which a product is computed where its result goes: one of another dtype has a buffer for its sums.
 */
export function chainProducts(program: Program): Program {
  const steps: Step[] = [];
  const isOwn = ownBuffers(program);
  for (const step of program.steps) {
    const [first, between] = steps.slice(-2);
    const chain = chainOf(first, between, step, isOwn);
    if (chain !== null) steps.splice(-2, 2, chain);
    else steps.push(step);
  }
  return steps.length === program.steps.length ? program : { ...program, steps };
}

/** Buffers that one step writes and one reads, and nobody else sees. */
function ownBuffers(program: Program): (buffer: Buffer) => boolean {
  const visible = visibleBuffers(program);
  const reads = new Map<Buffer, number>();
  const writes = new Map<Buffer, number>();
  const count = (counts: Map<Buffer, number>, buffer: Buffer): void =>
    void counts.set(buffer, (counts.get(buffer) ?? 0) + 1);
  for (const step of program.steps) {
    const access = accessOf(program, step);
    for (const buffer of access.reads) count(reads, buffer);
    for (const buffer of access.writes) count(writes, buffer);
    if (step.kind === "version") visible.add(step.buffer);
  }
  return (buffer) => !visible.has(buffer) && reads.get(buffer) === 1 && writes.get(buffer) === 1;
}

function chainOf(
  first: Step | undefined,
  between: Step | undefined,
  second: Step,
  isOwn: (buffer: Buffer) => boolean,
): ChainStep | null {
  if (first?.kind !== "template" || between?.kind !== "launch" || second.kind !== "template")
    return null;
  if (mayThrow(first) || mayThrow(between) || mayThrow(second)) return null;
  const scores = at(first.operands, 0);
  const left = ([1, 2] as const).find((factor) =>
    isStored(between, at(second.operands, factor).buffer),
  );
  if (left === undefined) return null;
  const weights = at(second.operands, left);
  const others = [
    ...first.operands.slice(1),
    ...second.operands.filter((place) => place !== weights),
  ];
  const isApart = [scores, weights].every(
    ({ buffer }) => isOwn(buffer) && others.every((place) => place.buffer !== buffer),
  );
  const result = at(second.operands, 0).buffer;
  const isRead = [...first.operands.slice(1), ...second.operands.slice(1)].some(
    ({ buffer }) => buffer === result,
  );
  if (!isApart || isRead || scores.buffer === weights.buffer) return null;
  const { batch, rows, columns } = first.axes;
  const outer = [...batch, ...rows, ...columns];
  if (!isNonOverlappingAndDense(outer, scores.strides.slice(0, outer.length))) return null;
  if (numelOf(outer) !== scores.buffer.length) return null;
  if (!foldsRows(between, scores, weights, numelOf(columns))) return null;
  const chain: ProductChain = { first, between: between.kernel, second, left };
  if (scores.buffer.length < smallestChain || !chainsProducts(chain)) return null;
  return {
    kind: "chain",
    node: first.node,
    callIndex: first.callIndex,
    origins: [...new Set([first, between, second].flatMap(({ origins }) => origins))],
    parts: [first, between, second],
    chain,
    operands: [
      at(second.operands, 0),
      ...first.operands.slice(1),
      at(second.operands, left === 1 ? 2 : 1),
      ...second.operands.slice(3),
    ],
    scalars: [...first.scalars, ...second.scalars, ...between.scalars],
  };
}

function isStored({ kernel, operands }: LaunchStep, buffer: Buffer): boolean {
  return kernel.stages.some(({ stores }) =>
    stores.some(({ operand }) => at(operands, operand).buffer === buffer),
  );
}

/**
 * Whether the launch makes of every row of the scores one of the weights, which may then lie in the same place: all of both,
 * contiguous, with nothing else, and stored only where no later stage looks.
 */
function foldsRows(
  { kernel, parallel, fold, operands }: LaunchStep,
  scores: Place,
  weights: Place,
  columns: number,
): boolean {
  const shape = [...parallel, ...fold];
  const strides = contiguousStrides(shape);
  const isWhole = ({ buffer, offset, strides: own }: Place): boolean =>
    offset === 0 &&
    (buffer === scores.buffer || buffer === weights.buffer) &&
    own.every((step, axis) => shape[axis] === 1 || step === strides[axis]);
  return (
    scores.offset === 0 &&
    weights.offset === 0 &&
    numelOf(fold) === columns &&
    numelOf(shape) === scores.buffer.length &&
    scores.buffer.length === weights.buffer.length &&
    operands.every(isWhole) &&
    !kernel.keepsParallel &&
    (!kernel.keepsFold || fold.filter((size) => size !== 1).length <= 1) &&
    isInPlace(kernel)
  );
}

/** One store, in the last stage, which is a sweep, into an operand that is not read; all operands at the point, of one type. */
function isInPlace({ stages, operands }: Kernel): boolean {
  const stored = stages.flatMap(({ stores }) => stores);
  const last = stages.at(-1);
  return (
    stored.length === 1 &&
    last?.over === "sweep" &&
    last.stores.length === 1 &&
    last.states.length === 0 &&
    stored.every(({ coordinates, mode }) => coordinates === null && mode === "set") &&
    operands.every(({ type, access }) => access === "point" && type === operands[0]?.type)
  );
}
