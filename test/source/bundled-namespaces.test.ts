import { expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { runDifferential } from "../differential.ts";

/** What esbuild and Rolldown make of `export * as name`. */
function bundledNamespace(members: Readonly<Record<string, () => unknown>>): object {
  const target = {};
  for (const [name, get] of Object.entries(members))
    Object.defineProperty(target, name, { get, enumerable: true });
  return target;
}

test("a function read from a bundled namespace is captured", () => {
  const { gelu } = torch.nn.functional;
  const functional = bundledNamespace({ gelu: () => gelu });
  const nn = bundledNamespace({ functional: () => functional }) as typeof torch.nn;
  const { frames, ops, breaks } = runDifferential(
    () => ({
      fn: (x: torch.Tensor) => nn.functional.gelu(x.add(1)),
      calls: [[torch.ones(3)], [torch.zeros(3)]],
    }),
    { fullgraph: true },
  );
  expect({ frames, ops, breaks }).toEqual({ frames: 1, ops: 2, breaks: [] });
});

test("a variable that a bundled namespace shows is read anew by every call", () => {
  let scale = 1;
  const settings = bundledNamespace({ scale: () => scale }) as { readonly scale: number };
  const { results } = runDifferential(() => ({
    fn: (x: torch.Tensor) => x.mul(settings.scale),
    calls: [[torch.ones(1)], [torch.ones(1)], [torch.ones(1)]],
    before: (call) => {
      scale = call;
    },
  }));
  expect(results.map(String)).toEqual(["tensor([0.])", "tensor([1.])", "tensor([2.])"]);
});

test("an object whose getter does more is looked into as any other", () => {
  runDifferential(() => {
    let reads = 0;
    const counting = bundledNamespace({
      reads: () => {
        reads += 1;
        return reads;
      },
    }) as { readonly reads: number };
    return {
      fn: (x: torch.Tensor) => x.mul(counting.reads),
      calls: [[torch.ones(1)], [torch.ones(1)]],
    };
  });
});
