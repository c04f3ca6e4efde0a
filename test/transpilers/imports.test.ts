/** vitest turns imports into properties of objects of its own (`__vi_import_0__.name`). */
import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import * as imported from "./imported.ts";
import { scale, shift } from "./imported.ts";

test("what a module imports is read through the runner's import objects, in one graph", () => {
  const fn = torch.compile(
    (x: torch.Tensor) => shift(x.mul(scale)).add(imported.scale).sub(imported.shift(x)),
    { fullgraph: true },
  );
  expect(fn(torch.ones(2)).tolist()).toEqual([5, 5]);
});

test("an imported variable that its module changes is read anew", () => {
  const graphs = new torch._dynamo.testing.CompileCounter();
  const fn = torch.compile((x: torch.Tensor) => x.mul(imported.turns), { backend: graphs });
  const before = fn(torch.ones(1)).item();
  imported.turn();
  expect([before, fn(torch.ones(1)).item(), graphs.frame_count]).toEqual([1, 2, 2]);
});
