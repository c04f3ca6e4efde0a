/** What the template needs to know about the dtypes it is made for. */
import type {
  LaneInstruction,
  LoadInstruction,
  PlainInstruction,
  StoreInstruction,
} from "../../../../wasm/opcodes.ts";

export type ElementName = "float32" | "float64";

export interface Element {
  readonly name: ElementName;
  readonly bytes: 4 | 8;
  /** Elements in a vector. */
  readonly lanes: 4 | 2;
  readonly scalar: "f32" | "f64";
  readonly loadSplat: LoadInstruction;
  readonly load: LoadInstruction;
  readonly store: StoreInstruction;
  readonly scalarAdd: PlainInstruction;
  readonly scalarMul: PlainInstruction;
  readonly add: PlainInstruction;
  readonly mul: PlainInstruction;
  readonly multiplyAdd: PlainInstruction;
  readonly extractLane: LaneInstruction;
}

export const elements: Readonly<Record<ElementName, Element>> = {
  float32: {
    name: "float32",
    bytes: 4,
    lanes: 4,
    scalar: "f32",
    loadSplat: "v128.load32_splat",
    load: "f32.load",
    store: "f32.store",
    scalarAdd: "f32.add",
    scalarMul: "f32.mul",
    add: "f32x4.add",
    mul: "f32x4.mul",
    multiplyAdd: "f32x4.relaxed_madd",
    extractLane: "f32x4.extract_lane",
  },
  float64: {
    name: "float64",
    bytes: 8,
    lanes: 2,
    scalar: "f64",
    loadSplat: "v128.load64_splat",
    load: "f64.load",
    store: "f64.store",
    scalarAdd: "f64.add",
    scalarMul: "f64.mul",
    add: "f64x2.add",
    mul: "f64x2.mul",
    multiplyAdd: "f64x2.relaxed_madd",
    extractLane: "f64x2.extract_lane",
  },
};

export function isElementName(name: string): name is ElementName {
  return name in elements;
}
