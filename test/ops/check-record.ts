/** Checks that hold for every op record, over its own samples. */
import { expect } from "vitest";
import { DataDependentError } from "../../src/core/data-dependent-error.ts";
import type { DType, DTypeName } from "../../src/core/dtype.ts";
import { copyElements, copyStored } from "../../src/core/elements.ts";
import { fakeTensor, isFake, metaOf } from "../../src/core/fake-tensor.ts";
import { adoptArray } from "../../src/core/make-tensor.ts";
import { canCast } from "../../src/core/promotion.ts";
import { sameShape } from "../../src/core/shape.ts";
import { isTensor, type TensorBase } from "../../src/core/tensor.ts";
import type { NaiveArray } from "../../src/ops/naive-array.ts";
import type { AnyArgs, OpRecord } from "../../src/ops/op-record.ts";
import { runInPlace, runRecord } from "../../src/ops/run-op.ts";
import { sampleMaker } from "../../src/ops/sample-maker.ts";

export interface Sample {
  readonly label: string;
  readonly args: AnyArgs;
}

/**
 * Fresh samples of a record in all its dtypes. `without` leaves one of the floats of 16 bits out: where two tests walk all
 * samples, each takes the other one, as they differ in nothing but how words are loaded and stored.
 */
export function samplesOf(op: OpRecord, without: DType | null = null): Sample[] {
  const dtypes = op.dtypes.filter((dtype) => dtype !== without);
  return dtypes.flatMap((dtype) =>
    [...op.samples(sampleMaker(dtype))].map((args, index) => ({
      label: `${op.name}, ${dtype.name}, sample ${index}: ${describeArgs(args)}`,
      args: { ...op.defaults, ...args },
    })),
  );
}

function describeArgs(args: AnyArgs): string {
  const show = (value: unknown): string => {
    if (isTensor(value))
      return `${value.dtype.name}[${value.shape.join()}]/(${value.stride().join()})`;
    if (Array.isArray(value)) return `[${value.map(show).join()}]`;
    return String(value);
  };
  return Object.entries(args)
    .map(([name, value]) => `${name}=${show(value)}`)
    .join(" ");
}

/** The tensors of a result, whether it is one, a list or a named tuple. */
function tensorsOf(result: unknown): TensorBase[] {
  if (isTensor(result)) return [result];
  return Array.isArray(result) ? result.filter(isTensor) : [];
}

/** The op's result equals its reference, and its inputs are as before unless it mutates. */
export function checkReference(op: OpRecord, { label, args }: Sample): void {
  if (op.reference === null) return;
  const reference = op.reference(args);
  const expected: readonly NaiveArray[] = isArrayOfNaive(reference) ? reference : [reference];
  const before = inputsOf(args).map(copyElements);
  const actual = tensorsOf(runRecord(op, args));
  expect(actual.length, label).toBe(expected.length);
  actual.forEach((tensor, index) => {
    const wanted = expected[index];
    if (wanted === undefined) return;
    expect(tensor.shape, `${label}: shape`).toEqual(wanted.shape);
    expectClose(tensor, wanted.values, label);
  });
  if (!op.mutates && op.writes.length === 0)
    expect(inputsOf(args).map(copyElements), `${label}: inputs changed`).toEqual(before);
}

function isArrayOfNaive(value: NaiveArray | readonly NaiveArray[]): value is readonly NaiveArray[] {
  return Array.isArray(value);
}

function expectClose(tensor: TensorBase, wanted: readonly number[], label: string): void {
  const actual = Array.from<number | bigint>(copyElements(tensor)).map(Number);
  expect(actual.length, `${label}: number of elements`).toBe(wanted.length);
  const tolerance = tolerances[tensor.dtype.name] ?? 0;
  wanted.forEach((value, index) => {
    const target = convert(value, tensor.dtype);
    const got = actual[index] ?? NaN;
    const close =
      Object.is(got, target) ||
      got === target ||
      Math.abs(got - target) <= tolerance * (1 + Math.abs(target));
    if (!close) expect.fail(`${label}: element ${index} is ${got}, the reference says ${target}`);
  });
}

/** Floats of 16 bits are computed in float32 and rounded once by each operator; decompositions round between theirs. */
const tolerances: Readonly<Partial<Record<DTypeName, number>>> = {
  float32: 1e-5,
  float64: 1e-9,
  float16: 2e-3,
  bfloat16: 1.6e-2,
};

function convert(value: number, dtype: DType): number {
  if (dtype.words !== null) return dtype.words.decode(dtype.words.encode(value));
  switch (dtype.name) {
    case "float32":
      return Math.fround(value);
    case "int32":
      return value | 0;
    case "uint8":
      return value & 255;
    case "bool":
      return value === 0 ? 0 : 1;
    default:
      return value;
  }
}

function inputsOf(args: AnyArgs): TensorBase[] {
  return Object.values(args).flatMap((value) =>
    Array.isArray(value) ? value.filter(isTensor) : isTensor(value) ? [value] : [],
  );
}

function fakeArgs(args: AnyArgs): AnyArgs {
  const toFake = (value: unknown): unknown =>
    isTensor(value) ? fakeTensor(metaOf(value)) : Array.isArray(value) ? value.map(toFake) : value;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, toFake(value)]));
}

/** Fake tensors get the same metadata as real ones, or the op says that it needs data. */
export function checkFake(op: OpRecord, { label, args }: Sample): void {
  if (inputsOf(args).length === 0) return;
  let fake: unknown;
  try {
    fake = runRecord(op, fakeArgs(args));
  } catch (error) {
    expect(error, label).toBeInstanceOf(DataDependentError);
    return;
  }
  const real = runRecord(op, args);
  const fakes = tensorsOf(fake);
  expect(fakes.every(isFake), `${label}: all results of fake inputs are fake`).toBe(true);
  expect(fakes.map(describeMeta), `${label}: metadata`).toEqual(tensorsOf(real).map(describeMeta));
}

function describeMeta(tensor: TensorBase): string {
  return `${tensor.dtype.name}[${tensor.shape.join()}] strides (${tensor.stride().join()})`;
}

/** The in-place twin writes what the op gives, to the same object, or refuses for a reason of shape or dtype. */
export function checkInPlace(op: OpRecord, { label, args }: Sample): void {
  const self = args["self"];
  if (!isTensor(self)) return;
  const result = runRecord(op, args);
  if (!isTensor(result)) return;
  const copy = adoptArray(copyStored(self), self.shape, self.dtype);
  const inPlaceArgs = { ...args, self: copy };
  if (!sameShape(result.shape, self.shape) || !canCast(result.dtype, self.dtype)) {
    expect(() => runInPlace(op, inPlaceArgs), label).toThrow(
      /doesn't match the broadcast shape|can't be cast/,
    );
    return;
  }
  expect(runInPlace(op, inPlaceArgs), label).toBe(copy);
  expectClose(
    copy,
    Array.from<number | bigint>(copyElements(result)).map(Number),
    `${label}: in place`,
  );
}
