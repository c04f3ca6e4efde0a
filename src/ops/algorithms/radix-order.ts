import type { TypedArray } from "../../core/storage.ts";

/**
 * The positions of the elements of `row` in sorted order, equal ones in their order, by a
 * least-significant-digit radix sort: linear in the length. NaN is largest and -0 equals 0.
 * `row` is the caller's own copy: its zeros and NaNs are made uniform.
 */
export function radixOrder(row: TypedArray, descending: boolean): Uint32Array {
  const words = sortableWords(row);
  let order: Uint32Array = new Uint32Array(row.length);
  for (let position = 0; position < order.length; position++) order[position] = position;
  for (const word of words) {
    // The order of complements is the reverse one, and equal elements keep their order.
    if (descending) word.forEach((bits, position) => (word[position] = ~bits));
    order = orderByWord(order, word);
  }
  return order;
}

const signBit = 0x80000000;

/** Unsigned words whose order is that of the elements, the least significant first. */
function sortableWords(row: TypedArray): readonly Uint32Array[] {
  if (row instanceof Float32Array) {
    return [
      floatWords(uniform(row), new Uint32Array(row.buffer, row.byteOffset, row.length), null),
    ];
  }
  if (row instanceof Float64Array) {
    const [low, high] = halves(uniform(row));
    floatWords(row, high, low);
    return [low, high];
  }
  if (row instanceof BigInt64Array) {
    const [low, high] = halves(row);
    return [low, high.map((bits) => bits ^ signBit)];
  }
  if (row instanceof Int32Array) return [Uint32Array.from(row, (value) => value ^ signBit)];
  return [Uint32Array.from(row)];
}

/** Makes elements that are equal in order equal in their bits. */
function uniform<Row extends Float32Array | Float64Array>(row: Row): Row {
  for (let position = 0; position < row.length; position++) {
    const value = row[position];
    if (value === 0) row[position] = 0;
    else if (Number.isNaN(value)) row[position] = Number.NaN;
  }
  return row;
}

/** Negative floats have all bits turned, so that larger magnitudes come first; others the sign. */
function floatWords(
  row: Float32Array | Float64Array,
  high: Uint32Array,
  low: Uint32Array | null,
): Uint32Array {
  for (let position = 0; position < row.length; position++) {
    const bits = high[position] ?? 0;
    const isNegative = bits >= signBit;
    high[position] = isNegative ? ~bits : bits ^ signBit;
    if (low !== null && isNegative) low[position] = ~(low[position] ?? 0);
  }
  return high;
}

/** The low and the high words of 64-bit elements (every engine stores the low word first). */
function halves(row: Float64Array | BigInt64Array): readonly [Uint32Array, Uint32Array] {
  const words = new Uint32Array(row.buffer, row.byteOffset, row.length * 2);
  const low = new Uint32Array(row.length);
  const high = new Uint32Array(row.length);
  for (let position = 0; position < row.length; position++) {
    low[position] = words[2 * position] ?? 0;
    high[position] = words[2 * position + 1] ?? 0;
  }
  return [low, high];
}

const digitBits = 11;
const digits = 2 ** digitBits;

function orderByWord(order: Uint32Array, word: Uint32Array): Uint32Array {
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  for (let shift = 0; shift < 32; shift += digitBits) {
    const starts = new Uint32Array(digits + 1);
    for (const bits of word) {
      const next = ((bits >>> shift) & (digits - 1)) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    if (starts.includes(word.length)) continue; // all have the same digit
    for (let digit = 1; digit <= digits; digit++)
      starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
    for (const position of from) {
      const digit = ((word[position] ?? 0) >>> shift) & (digits - 1);
      const place = starts[digit] ?? 0;
      to[place] = position;
      starts[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}
