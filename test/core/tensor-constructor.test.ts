import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";

test("the constructor says what to use instead", () => {
  expect(() => Reflect.construct(torch.Tensor, [3])).toThrow(/use torch\.tensor\(data\)/);
});
