/** The sixteen bytes of vector constants. */

/** Four 32-bit floats, or one in all four lanes. */
export function f32x4(...lanes: readonly number[]): Uint8Array {
  return vectorBytes(Float32Array.from({ length: 4 }, (_, lane) => laneOf(lanes, lane)));
}

/** Two 64-bit floats, or one in both lanes. */
export function f64x2(...lanes: readonly number[]): Uint8Array {
  return vectorBytes(Float64Array.from({ length: 2 }, (_, lane) => laneOf(lanes, lane)));
}

/** Four 32-bit integers, or one in all four lanes. */
export function i32x4(...lanes: readonly number[]): Uint8Array {
  return vectorBytes(Int32Array.from({ length: 4 }, (_, lane) => laneOf(lanes, lane)));
}

/** One 64-bit integer in both lanes. */
export function i64x2(value: bigint): Uint8Array {
  return vectorBytes(BigInt64Array.of(value, value));
}

function laneOf(lanes: readonly number[], lane: number): number {
  return (lanes.length === 1 ? lanes[0] : lanes[lane]) ?? 0;
}

function vectorBytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, 16);
}
