/** Compares the bits of results. `toEqual` compares large arrays slowly, and looks for the edits between different ones for hours. */
import { expect } from "vitest";
import type { TypedArray } from "../../src/core/storage.ts";

export function expectSameBits(actual: TypedArray, expected: TypedArray, label: string): void {
  expect(actual.length, label).toBe(expected.length);
  const [got, wanted] = [bytesOf(actual), bytesOf(expected)];
  if (Buffer.compare(got, wanted) === 0) return;
  const byte = got.findIndex((value, index) => value !== wanted[index]);
  const element = Math.floor(byte / actual.BYTES_PER_ELEMENT);
  expect.fail(`${label}: element ${element} is ${actual[element]} and not ${expected[element]}`);
}

function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
