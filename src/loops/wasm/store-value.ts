/** Writes stores of vectors, of some of their lanes, and to computed places. */
import { InternalError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { Local } from "../../wasm/function-builder.ts";
import type { ProgramEmitter } from "./emit-program.ts";
import type { KernelFrame, Remainder } from "./kernel-frame.ts";
import type { StoredValue } from "./stage-program.ts";

const storeLane = {
  1: "v128.store8_lane",
  2: "v128.store16_lane",
  4: "v128.store32_lane",
  8: "v128.store64_lane",
} as const;

export function storeValue(
  k: KernelFrame,
  { operand, bytes, parts, address }: StoredValue,
  emitter: ProgramEmitter,
  pointers: ReadonlyMap<number, Local>,
  unit: number,
  lanes: 1 | 4,
  remainder: Remainder,
): void {
  const f = k.f;
  const value = (part: number): Local => emitter.local(at(parts, part), unit);
  if (address !== null) {
    f.get(emitter.local(address, unit));
    f.lane("i32x4.extract_lane", 0);
    f.get(value(0));
    f.memoryLane(storeLane[bytes], 0);
    return;
  }
  const pointer = pointers.get(operand);
  if (pointer === undefined) throw new InternalError(`operand ${operand} has no pointer here`);
  if (lanes === 1) {
    f.get(pointer);
    f.get(value(0));
    f.memoryLane(storeLane[bytes], 0);
    return;
  }
  const isVector = k.shape.innerSteps[operand] === "c";
  const storeAll = (): void => {
    if (!isVector) {
      for (let lane = 0; lane < 4; lane++) storeOne(lane);
    } else if (bytes < 4) {
      f.get(pointer);
      f.get(value(0));
      const instruction = bytes === 1 ? "v128.store32_lane" : "v128.store64_lane";
      f.memoryLane(instruction, 0, { offset: unit * 4 * bytes, align: bytes });
    } else {
      parts.forEach((_, part) => {
        f.get(pointer);
        f.get(value(part));
        f.store("v128.store", { offset: unit * 4 * bytes + part * 16, align: bytes });
      });
    }
  };
  const storeOne = (lane: number): void => {
    f.get(pointer);
    const element = unit * 4 + lane;
    if (!isVector && element > 0) {
      f.get(k.stepLocal(operand));
      f.i32Const(element);
      f.emit("i32.mul");
      f.emit("i32.add");
    }
    const part = bytes === 8 ? lane >> 1 : 0;
    f.get(value(part));
    const offset = isVector ? element * bytes : 0;
    f.memoryLane(storeLane[bytes], bytes === 8 ? lane & 1 : lane, { offset });
  };
  if (remainder !== "masked") {
    storeAll();
    return;
  }
  f.get(k.count);
  f.i32Const(4);
  f.emit("i32.ge_s");
  f.if(storeAll, () => {
    storeOne(0);
    for (let lane = 1; lane < 3; lane++) {
      f.get(k.count);
      f.i32Const(lane);
      f.emit("i32.gt_s");
      f.if(() => storeOne(lane));
    }
  });
}
