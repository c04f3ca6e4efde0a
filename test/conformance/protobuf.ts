/** The part of the protobuf wire format that ONNX files use. */
export interface Field {
  readonly number: number;
  /** A varint, or the bytes of a fixed-size or length-delimited field. */
  readonly value: bigint | Uint8Array;
}

export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    const [value, next] = readVarint(bytes, at);
    at = next;
    return value;
  };
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const key = Number(varint());
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        fields.push({ number, value: take(8) });
        break;
      case 2:
        fields.push({ number, value: take(Number(varint())) });
        break;
      case 5:
        fields.push({ number, value: take(4) });
        break;
      default:
        throw new Error(`wire type ${key & 7} of field ${number} is not used by ONNX`);
    }
  }
  return fields;
}

function readVarint(bytes: Uint8Array, start: number): readonly [bigint, number] {
  let [value, shift, at] = [0n, 0n, start];
  for (;;) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error("a varint ends behind the file");
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte < 128) return [BigInt.asIntN(64, value), at];
  }
}

/** All numbers of a repeated field, packed or one by one. */
export function varintsOf(fields: readonly Field[], number: number): bigint[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap(({ value }) => {
      if (typeof value === "bigint") return [value];
      const values: bigint[] = [];
      for (let at = 0; at < value.length;) {
        const [next, end] = readVarint(value, at);
        values.push(next);
        at = end;
      }
      return values;
    });
}

export function bytesOf(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.flatMap((field) =>
    field.number === number && typeof field.value !== "bigint" ? [field.value] : [],
  );
}

export function textsOf(fields: readonly Field[], number: number): string[] {
  return bytesOf(fields, number).map((bytes) => new TextDecoder().decode(bytes));
}

/** float32 numbers of a repeated field, packed or one by one. */
export function floatsOf(fields: readonly Field[], number: number): number[] {
  return bytesOf(fields, number).flatMap((bytes) => [...new Float32Array(bytes.slice().buffer)]);
}
