/** Where the intermediates of a program lie: memory is used again as soon as its last reader is done. */
import { at } from "../../core/shape.ts";
import type { Buffer, LaunchStep, Place, Program, Step } from "../program.ts";
import { accessOf, visibleBuffers } from "../schedule/step-access.ts";
import { type Constants, findConstants } from "./constants.ts";

export interface MemoryPlan {
  /** By buffer that only launches and products use: where it starts in the arena, in bytes. */
  readonly offsets: ReadonlyMap<Buffer, number>;
  /** The most that intermediates take at a time. */
  readonly arenaBytes: number;
  /** What they would take if each had memory of its own. */
  readonly separateBytes: number;
  /** By the number of a step: intermediates that it is the first to use, and that must be zero before. */
  readonly zeroedBefore: ReadonlyMap<number, readonly Buffer[]>;
  /** Where in the arena the memory starts that a step needs beside its operands. */
  readonly spareOffsets: ReadonlyMap<Step, number>;
  /** What is computed once. */
  readonly constants: Constants;
}

/** How much memory steps need while they run, beside their operands. */
export type SpareBytes = (step: Step) => number;

/** Blocks start at cache lines: threads that write neighbours do not meet. */
const alignment = 64;

/** Buffers that follow each other in the same memory, from the first step that uses it to the last. */
interface Tenancy {
  readonly buffers: Buffer[];
  readonly bytes: number;
  readonly first: number;
  last: number;
}

export function planMemory(program: Program, spareBytes: SpareBytes = () => 0): MemoryPlan {
  const isHidden = hiddenBuffers(program);
  const constants = findConstants(program, isHidden);
  const isIntermediate = (buffer: Buffer): boolean =>
    isHidden(buffer) && !constants.buffers.has(buffer);
  const { tenancies, zeroedBefore, separateBytes } = findTenancies(program, isIntermediate);
  const spares = findSpares(program, constants, spareBytes);
  const { starts, end } = place(new Set([...tenancies, ...spares.values()]));
  const offsets = new Map<Buffer, number>();
  for (const [tenancy, start] of starts)
    for (const buffer of tenancy.buffers) offsets.set(buffer, start);
  const spareOffsets = new Map<Step, number>();
  for (const [step, tenancy] of spares) spareOffsets.set(step, starts.get(tenancy) ?? 0);
  return { offsets, arenaBytes: end, separateBytes, zeroedBefore, spareOffsets, constants };
}

/** Buffers that nothing but launches and templates sees. */
function hiddenBuffers(program: Program): (buffer: Buffer) => boolean {
  const visible = visibleBuffers(program);
  for (const step of program.steps) {
    if (step.kind !== "routine" && step.kind !== "call") continue;
    const { reads, writes } = accessOf(program, step);
    for (const buffer of [...reads, ...writes]) visible.add(buffer);
  }
  return (buffer) => !visible.has(buffer);
}

function findTenancies(
  program: Program,
  isIntermediate: (buffer: Buffer) => boolean,
): Pick<MemoryPlan, "zeroedBefore" | "separateBytes"> & {
  readonly tenancies: ReadonlySet<Tenancy>;
} {
  const lastUse = new Map<Buffer, number>();
  const places = program.steps.map((step) =>
    step.kind === "launch" || step.kind === "template" || step.kind === "chain"
      ? step.operands.filter(({ buffer }) => isIntermediate(buffer))
      : [],
  );
  places.forEach((own, index) => own.forEach(({ buffer }) => lastUse.set(buffer, index)));
  const tenancyOf = new Map<Buffer, Tenancy>();
  const zeroedBefore = new Map<number, Buffer[]>();
  let separateBytes = 0;
  program.steps.forEach((step, index) => {
    for (const { buffer } of at(places, index)) {
      if (tenancyOf.has(buffer)) continue;
      const bytes = align(buffer.length * buffer.dtype.itemsize);
      separateBytes += bytes;
      if (!program.overwritten.has(buffer))
        zeroedBefore.set(index, [...(zeroedBefore.get(index) ?? []), buffer]);
      const last = lastUse.get(buffer) ?? index;
      const replaced = step.kind === "launch" ? replacedBy(program, step, buffer) : null;
      const tenancy = replaced === null ? undefined : tenancyOf.get(replaced);
      if (tenancy?.last === index) {
        tenancy.buffers.push(buffer);
        tenancy.last = last;
        tenancyOf.set(buffer, tenancy);
      } else tenancyOf.set(buffer, { buffers: [buffer], bytes, first: index, last });
    }
  });
  return { tenancies: new Set(tenancyOf.values()), zeroedBefore, separateBytes };
}

function findSpares(
  { steps }: Program,
  constants: Constants,
  spareBytes: SpareBytes,
): ReadonlyMap<Step, Tenancy> {
  const spares = new Map<Step, Tenancy>();
  steps.forEach((step, index) => {
    const bytes = align(spareBytes(step));
    if (bytes > 0 && !constants.steps.has(step))
      spares.set(step, { buffers: [], bytes, first: index, last: index });
  });
  return spares;
}

/** An operand whose memory the result of a launch may take, as an in-place operation does; its last use must be there. */
function replacedBy(program: Program, step: LaunchStep, result: Buffer): Buffer | null {
  const [stage, other] = step.kernel.stages;
  const [store, more] = stage?.stores ?? [];
  if (stage?.over !== "point" || other !== undefined) return null;
  if (store?.coordinates !== null || more !== undefined) return null;
  const target = at(step.operands, store.operand);
  if (target.buffer !== result || !program.overwritten.has(result)) return null;
  const isSamePlace = ({ buffer, offset, strides }: Place, operand: number): boolean =>
    buffer !== result &&
    at(step.kernel.operands, operand).access === "point" &&
    buffer.length === result.length &&
    buffer.dtype.itemsize === result.dtype.itemsize &&
    offset === target.offset &&
    strides.every((stride, axis) => stride === target.strides[axis]) &&
    step.operands.filter((each) => each.buffer === buffer).length === 1;
  return step.operands.find(isSamePlace)?.buffer ?? null;
}

/** The largest first, each at the lowest place that is free for as long as it is needed. */
function place(tenancies: ReadonlySet<Tenancy>): {
  readonly starts: ReadonlyMap<Tenancy, number>;
  readonly end: number;
} {
  const order = [...tenancies].sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  const placed: { readonly tenancy: Tenancy; readonly start: number }[] = [];
  const starts = new Map<Tenancy, number>();
  let end = 0;
  for (const tenancy of order) {
    let start = 0;
    // In the order of their places: the first gap that is large enough.
    for (const neighbour of placed) {
      const { first, last, bytes } = neighbour.tenancy;
      if (first > tenancy.last || tenancy.first > last) continue;
      if (start + tenancy.bytes <= neighbour.start) break;
      start = Math.max(start, neighbour.start + bytes);
    }
    starts.set(tenancy, start);
    const position = placed.findIndex((each) => each.start > start);
    placed.splice(position < 0 ? placed.length : position, 0, { tenancy, start });
    end = Math.max(end, start + tenancy.bytes);
  }
  return { starts, end };
}

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
