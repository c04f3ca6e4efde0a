/** How operators read their node, and shapes of functions that many of them share. */
import type * as torch from "../../src/index.ts";
import type { OnnxCase } from "./onnx-case.ts";

type Tensor = torch.Tensor;
/** `inputs` are those that are given; optional ones are found in the node by their place. */
export type Run = (inputs: readonly Tensor[], node: OnnxCase) => Tensor | readonly Tensor[];
export type Operators = Readonly<Record<string, Run>>;

export const number = (node: OnnxCase, name: string, fallback: number): number => {
  const value = node.attributes[name];
  return typeof value === "number" ? value : fallback;
};
export const flag = (node: OnnxCase, name: string, fallback: boolean): boolean =>
  number(node, name, Number(fallback)) === 1;
export const numbers = (node: OnnxCase, name: string): readonly number[] | null => {
  const value = node.attributes[name];
  return typeof value === "object" ? value : null;
};
export const text = (node: OnnxCase, name: string, fallback: string): string => {
  const value = node.attributes[name];
  return typeof value === "string" ? value : fallback;
};

export const one =
  (run: (x: Tensor) => Tensor): Run =>
  ([x]) =>
    run(needed(x));
export const two =
  (run: (x: Tensor, y: Tensor) => Tensor): Run =>
  ([x, y]) =>
    run(needed(x), needed(y));

export function needed(x: Tensor | null | undefined): Tensor {
  if (x === undefined || x === null) throw new Error("an input is missing");
  return x;
}

export const folded =
  (run: (x: Tensor, y: Tensor) => Tensor): Run =>
  (inputs) =>
    inputs.slice(1).reduce((joined, x) => run(joined, x), needed(inputs[0]));

export function integers(tensor: Tensor | null | undefined): readonly number[] {
  return [...needed(tensor).toTypedArray()].map(Number);
}

/** The axes that an input or, in older versions of an operator, an attribute gives; null: neither does. */
export function axesOf(node: OnnxCase, place: number, name = "axes"): readonly number[] | null {
  const given = node.inputs[place] ?? null;
  return given === null ? numbers(node, name) : integers(given);
}
