import type { TypedArray } from "../../../core/storage.ts";

/** A matrix somewhere in a typed array. */
export interface MatrixPlace {
  readonly array: TypedArray;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export interface ProductSizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Writes the product of two matrices to `out`, which all have the same dtype.
 *
 * Floats are summed in float64 and rounded once, so float32 results are at least as accurate as
 * PyTorch's and may differ from them in the last bits. Integers wrap around.
 *
 * Hot path: both operands are first packed, row by row and column by column, into float64 arrays
 * padded to whole tiles, so that the inner loop reads consecutive memory, has no tails and keeps a
 * tile of 2 × 4 sums in registers.
 */
export function multiplyMatrices(
  out: MatrixPlace,
  left: MatrixPlace,
  right: MatrixPlace,
  sizes: ProductSizes,
): void {
  const { rows, inner, columns } = sizes;
  if (rows === 0 || columns === 0) return;
  if (isBigIntPlace(out) && isBigIntPlace(left) && isBigIntPlace(right)) {
    multiplyInt64(out, left, right, sizes);
    return;
  }
  const target = numericPlace(out);
  const isInteger = !(out.array instanceof Float32Array || out.array instanceof Float64Array);
  const b = packColumns(right, sizes);
  // In blocks of rows, so that what is packed and computed stays in the cache.
  for (let start = 0; start < rows; start += blockRows) {
    const block = { rows: Math.min(blockRows, rows - start), inner, columns };
    const a = packRows(rowsFrom(left, start), block.rows, inner, tileRows);
    const place = { ...target, offset: target.offset + start * target.rowStride };
    if (isInteger) multiplyInt32(place, a, b, block);
    else storeRows(place, multiplyTiles(a, b, block), block);
  }
}

const blockRows = 64;

function rowsFrom(place: MatrixPlace, start: number): MatrixPlace {
  return { ...place, offset: place.offset + start * place.rowStride };
}

function packColumns(right: MatrixPlace, { inner, columns }: ProductSizes): Float64Array {
  const turned = { ...right, rowStride: right.columnStride, columnStride: right.rowStride };
  return packRows(turned, columns, inner, tileColumns);
}

const tileRows = 2;
const tileColumns = 4;

type NumericArray = Exclude<TypedArray, BigInt64Array>;
type Place<Numbers extends TypedArray> = MatrixPlace & { readonly array: Numbers };

function isBigIntPlace(place: MatrixPlace): place is Place<BigInt64Array> {
  return place.array instanceof BigInt64Array;
}

function numericPlace(place: MatrixPlace): Place<NumericArray> {
  if (place.array instanceof BigInt64Array)
    throw new TypeError("the operands of a matrix product have one dtype");
  return { ...place, array: place.array };
}

/** Consecutive rows of float64, filled up with zero rows to a multiple of `tile`. */
function packRows(place: MatrixPlace, rows: number, length: number, tile: number): Float64Array {
  const { array, offset, rowStride, columnStride } = place;
  const packed = new Float64Array(Math.ceil(rows / tile) * tile * length);
  const consecutive = columnStride === 1 && !(array instanceof BigInt64Array) ? array : null;
  if (consecutive !== null && rowStride === length) {
    packed.set(consecutive.subarray(offset, offset + rows * length));
    return packed;
  }
  let next = 0;
  for (let row = 0; row < rows; row++) {
    let position = offset + row * rowStride;
    if (consecutive !== null) {
      packed.set(consecutive.subarray(position, position + length), next);
      next += length;
      continue;
    }
    for (let column = 0; column < length; column++) {
      packed[next++] = Number(array[position]);
      position += columnStride;
    }
  }
  return packed;
}

function multiplyTiles(a: Float64Array, b: Float64Array, sizes: ProductSizes): Float64Array {
  const { rows, inner, columns } = sizes;
  const product = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += tileRows) {
    const a0 = row * inner;
    const a1 = a0 + inner;
    for (let column = 0; column < columns; column += tileColumns) {
      const b0 = column * inner;
      const b1 = b0 + inner;
      const b2 = b1 + inner;
      const b3 = b2 + inner;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let k = 0; k < inner; k++) {
        // Every position is inside the packed arrays, which are padded to whole tiles.
        const x = a[a0 + k] as number;
        const y = a[a1 + k] as number;
        const u = b[b0 + k] as number;
        const v = b[b1 + k] as number;
        const w = b[b2 + k] as number;
        const z = b[b3 + k] as number;
        s00 += x * u;
        s01 += x * v;
        s02 += x * w;
        s03 += x * z;
        s10 += y * u;
        s11 += y * v;
        s12 += y * w;
        s13 += y * z;
      }
      const present = columns - column;
      const first = row * columns + column;
      product[first] = s00;
      if (present > 1) product[first + 1] = s01;
      if (present > 2) product[first + 2] = s02;
      if (present > 3) product[first + 3] = s03;
      if (row + 1 === rows) continue;
      const second = first + columns;
      product[second] = s10;
      if (present > 1) product[second + 1] = s11;
      if (present > 2) product[second + 2] = s12;
      if (present > 3) product[second + 3] = s13;
    }
  }
  return product;
}

/** Writes consecutive rows to their place, which rounds them to the dtype there. */
function storeRows(
  out: Place<NumericArray>,
  product: Float64Array,
  { columns }: ProductSizes,
): void {
  const { array, offset, rowStride, columnStride } = out;
  if (columnStride === 1 && rowStride === columns) {
    array.set(product, offset);
    return;
  }
  product.forEach((value, position) => {
    const column = position % columns;
    array[offset + ((position - column) / columns) * rowStride + column * columnStride] = value;
  });
}

/** Sums modulo 2^32, which narrower integers cut further when they are stored. */
function multiplyInt32(
  out: Place<NumericArray>,
  a: Float64Array,
  b: Float64Array,
  sizes: ProductSizes,
): void {
  const { rows, inner, columns } = sizes;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum = (sum + Math.imul(a[row * inner + k] ?? 0, b[column * inner + k] ?? 0)) | 0;
      }
      out.array[out.offset + row * out.rowStride + column * out.columnStride] = sum;
    }
  }
}

/** int64: in float64 as long as every sum is exact there, else in bigints. */
function multiplyInt64(
  out: Place<BigInt64Array>,
  left: Place<BigInt64Array>,
  right: Place<BigInt64Array>,
  sizes: ProductSizes,
): void {
  const a = packRows(left, sizes.rows, sizes.inner, tileRows);
  const b = packColumns(right, sizes);
  if (largestMagnitude(a) * largestMagnitude(b) * sizes.inner > Number.MAX_SAFE_INTEGER) {
    multiplyBigInts(out, left, right, sizes);
    return;
  }
  multiplyTiles(a, b, sizes).forEach((value, position) => {
    const column = position % sizes.columns;
    const row = (position - column) / sizes.columns;
    out.array[out.offset + row * out.rowStride + column * out.columnStride] = BigInt(value);
  });
}

function largestMagnitude(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

function multiplyBigInts(
  out: Place<BigInt64Array>,
  left: Place<BigInt64Array>,
  right: Place<BigInt64Array>,
  { rows, inner, columns }: ProductSizes,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0n;
      for (let k = 0; k < inner; k++) {
        const x = left.array[left.offset + row * left.rowStride + k * left.columnStride] ?? 0n;
        const y =
          right.array[right.offset + k * right.rowStride + column * right.columnStride] ?? 0n;
        sum += x * y;
      }
      out.array[out.offset + row * out.rowStride + column * out.columnStride] = sum; // stored modulo 2^64
    }
  }
}
