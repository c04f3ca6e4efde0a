import type * as Torch from "../../src/index.ts";

type Values = readonly (number | boolean)[];

export function compute(torch: typeof Torch): Readonly<Record<string, Values | number>>;
export function computeLarge(torch: typeof Torch): Promise<readonly number[]>;
