import { describe, expect, test } from "vitest";
import { torch } from "../api/torch.ts";

const attend = torch.nn.functional.scaled_dot_product_attention;

describe("scaled dot product attention", () => {
  test.each([false, true])(
    "over several blocks of rows is what one formula gives (causal: %s)",
    (causal) => {
      torch.manual_seed(1);
      const [query, key, value] = [
        torch.randn(2, 1500, 8),
        torch.randn(2, 1500, 8),
        torch.randn(2, 1500, 4),
      ];
      const scores = query.matmul(key.transpose(1, 2)).div(Math.sqrt(8));
      const hidden = torch.ones(1500, 1500, { dtype: torch.bool }).triu(1);
      const seen = causal ? scores.masked_fill(hidden, -Infinity) : scores;
      const expected = seen.softmax(-1).matmul(value);
      torch.testing.assert_close(attend(query, key, value, null, 0, causal), expected);
    },
  );

  test("rows whose keys are all masked give 0", () => {
    const mask = torch.tensor([
      [true, false],
      [false, false],
    ]);
    const result = attend(torch.ones(2, 3), torch.ones(2, 3), torch.ones(2, 1), mask);
    expect(result.tolist()).toEqual([[1], [0]]);
  });

  test("refuses a mask beside is_causal", () => {
    const x = torch.ones(2, 3);
    expect(() => attend(x, x, x, torch.ones(2, 2), 0, true)).toThrow(
      "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
    );
  });

  test("refuses a mask of integers", () => {
    const x = torch.ones(2, 3);
    const mask = torch.ones(2, 2, { dtype: torch.int64 });
    expect(() => attend(x, x, x, mask)).toThrow(
      "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: long int and  query.dtype: float instead.",
    );
  });

  test("refuses dtypes that differ", () => {
    const x = torch.ones(2, 3);
    expect(() => attend(x, x.double(), x)).toThrow(
      "Expected query, key, and value to have the same dtype, but got query.dtype: float key.dtype: double and value.dtype: float instead.",
    );
  });
});
