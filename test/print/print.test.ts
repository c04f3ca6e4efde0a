import { readFileSync } from "node:fs";

import { afterEach, describe, expect, test } from "vitest";

import { dtypes, type DTypeName } from "../../src/core/dtype.ts";
import type { PrintedElement } from "../../src/core/print/element-formatter.ts";
import { formatFakeTensor, formatTensor } from "../../src/core/print/format-tensor.ts";
import {
  get_printoptions,
  type PrintOptions,
  set_printoptions,
} from "../../src/core/print/print-options.ts";

interface Recording {
  readonly groups: readonly {
    readonly options: Partial<PrintOptions> & { readonly profile?: string };
    readonly tensors: readonly RecordedTensor[];
  }[];
}

interface RecordedTensor {
  readonly shape: readonly number[];
  readonly dtype: DTypeName;
  readonly requiresGrad: boolean;
  readonly elements: readonly string[] | "arange";
  readonly text: string;
}

const file = new URL("../golden-values/print.json", import.meta.url);
// The shape is that of record-print.py, which writes the file.
const { groups } = JSON.parse(readFileSync(file, "utf8")) as Recording;

afterEach(() => {
  set_printoptions({ profile: "default" });
});

describe.each(groups)("with options $options", ({ options, tensors }) => {
  test.each(tensors)(
    "a tensor prints as in PyTorch: $text",
    ({ shape, dtype, requiresGrad, elements, text }) => {
      set_printoptions(options);
      const printed = {
        shape,
        dtype,
        requiresGrad,
        defaultDtype: "float32" as const,
        gradFn: null,
      };
      const element = (position: number) => readElement(elements, dtype, position);
      expect(formatTensor({ ...printed, element }, get_printoptions())).toBe(text);
    },
  );
});

test("a tensor with a history names its backward function", () => {
  const text = formatTensor(
    {
      shape: [],
      dtype: "float32",
      element: () => 2,
      defaultDtype: "float32",
      requiresGrad: true,
      gradFn: "AddBackward0",
    },
    get_printoptions(),
  );
  expect(text).toBe("tensor(2., grad_fn=<AddBackward0>)");
});

test("a fake tensor prints its size instead of its elements", () => {
  const printed = {
    shape: [2, 3],
    dtype: "int64",
    defaultDtype: "float32",
    requiresGrad: false,
    gradFn: null,
  } as const;
  expect(formatFakeTensor(printed, get_printoptions())).toBe(
    "FakeTensor(..., size=(2, 3), dtype=torch.int64)",
  );
});

test("only the elements that appear in a summarised tensor are read", () => {
  const asked = new Set<number>();
  const element = (position: number) => {
    asked.add(position);
    return position;
  };
  const printed = {
    shape: [10_000_000],
    dtype: "int64",
    defaultDtype: "float32",
    requiresGrad: false,
    gradFn: null,
  } as const;
  formatTensor({ ...printed, element }, get_printoptions());
  expect(asked.size).toBe(6);
});

test("an unknown profile is an error", () => {
  expect(() => {
    set_printoptions({ profile: "tiny" });
  }).toThrow("profile must be one of default, short, full, but got tiny");
});

function readElement(
  elements: RecordedTensor["elements"],
  dtype: DTypeName,
  position: number,
): PrintedElement {
  if (elements === "arange") return position;
  const text = elements[position] ?? "0";
  if (dtypes[dtype].is_floating_point) return Buffer.from(text, "hex").readDoubleBE(0);
  return dtype === "bool" ? text === "1" : BigInt(text);
}
