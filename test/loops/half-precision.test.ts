/** Floats of 16 bits in kernels: loads, stores and rounding are the same in JavaScript, WebAssembly, eager and compiled. */
import { afterEach, describe, expect, test } from "vitest";
import { copyStored } from "../../src/core/elements.ts";
import { javascriptBackend } from "../../src/loops/javascript/javascript-backend.ts";
import { currentBackend, runOnBackend, setBackend } from "../../src/loops/run-computation.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import * as torch from "../../src/index.ts";

const before = currentBackend();
const wasm = makeWasmBackend({ smallestLaunch: 0 });
afterEach(() => setBackend(before));

const words = Uint16Array.from({ length: 2 ** 16 }, (_, word) => word);

/** All values of a dtype, NaNs of both signs among them, on the memory of an array of words. */
const allOf = (dtype: torch.DType): torch.Tensor =>
  torch.frombuffer(words.slice().buffer, { dtype });

/** Float32 numbers around every border between two words, and a sample of all others. */
function manyFloats(): torch.Tensor {
  const bits = new Uint32Array(3 * 2 ** 16);
  for (let word = 0; word < 2 ** 16; word++) {
    bits[3 * word] = word * 2 ** 16 + 2 ** 15;
    bits[3 * word + 1] = word * 2 ** 16 + 2 ** 15 + 1;
    bits[3 * word + 2] = Math.imul(word, 0x9e3779b1) >>> 0;
  }
  return torch.frombuffer(bits.buffer, { dtype: torch.float32 });
}

const onJavaScript = <Result>(body: () => Result): Result => runOnBackend(javascriptBackend, body);
const onWasm = <Result>(body: () => Result): Result => runOnBackend(wasm, body);

describe.each([torch.float16, torch.bfloat16])("%s", (dtype) => {
  test("every word is loaded as the same number by both kinds of kernels", () => {
    const load = (): unknown => allOf(dtype).float().tolist();
    expect(onWasm(load)).toEqual(onJavaScript(load));
  });

  test("floats around every border are rounded to the same word by both kinds of kernels", () => {
    const store = (): unknown => copyStored(manyFloats().to(dtype));
    expect(onWasm(store)).toEqual(onJavaScript(store));
  });

  test("a value that is not stored is rounded as if it were", () => {
    const x = manyFloats();
    const fused = torch.compile((y: torch.Tensor) => y.to(dtype).float());
    expect(fused(x).nan_to_num(0).equal(x.to(dtype).float().nan_to_num(0))).toBe(true);
  });

  test.each([1, 2, 3, 4, 5, 7, 8, 15, 17, 300])("%i elements are stored and no more", (length) => {
    const run = (): unknown => {
      const target = torch.zeros(length + 8, { dtype });
      target.narrow(0, 4, length).copy_(torch.arange(length, { dtype: torch.float32 }).add(0.1));
      return target.tolist();
    };
    expect(onWasm(run)).toEqual(onJavaScript(run));
  });

  test("strided, expanded and gathered elements are those of the contiguous copy", () => {
    const run = (): unknown => {
      const x = torch.arange(60, { dtype: torch.float32 }).div(7).to(dtype).reshape(6, 10);
      const index = torch.tensor([5n, 0n, 3n]);
      return [
        x.t().add(x.select(0, 1).unsqueeze(1)),
        x.narrow(1, 1, 7).mul(x.select(1, 2).unsqueeze(1)),
        x.index_select(1, index),
        x.index_add(1, index, x.narrow(1, 0, 3)),
      ].map((each) => each.tolist());
    };
    expect(onWasm(run)).toEqual(onJavaScript(run));
  });

  test("a fused chain gives bit for bit what its operators give one after the other", () => {
    const chain = (x: torch.Tensor, y: torch.Tensor): torch.Tensor =>
      x.mul(y).add(0.1).exp().sub(x).sigmoid().mul(y).softmax(1).sum(0);
    torch.manual_seed(0);
    const [x, y] = [torch.randn(40, 33).to(dtype), torch.randn(40, 33).to(dtype)];
    expect(torch.compile(chain, { fullgraph: true })(x, y).equal(chain(x, y))).toBe(true);
  });

  test.each([1, 3, 9])("a product with %i rows is that of float32 copies, rounded", (rows) => {
    torch.manual_seed(0);
    const [x, w] = [torch.randn(rows, 300).to(dtype), torch.randn(70, 300).to(dtype)];
    const b = torch.randn(70).to(dtype);
    const { linear } = torch.nn.functional;
    const eager = linear(x, w, b);
    const wide = linear(x.float(), w.float(), b.float());
    const unit = dtype === torch.float16 ? 2 ** -10 : 2 ** -7;
    expect(eager.float().sub(wide).abs().le(wide.abs().mul(unit).add(1e-4)).all().item()).toBe(
      true,
    );
    expect(
      torch
        .compile(() => linear(x, w, b))()
        .equal(eager),
    ).toBe(true);
    expect(
      torch
        .compile(() => w.matmul(x.t()))()
        .equal(w.matmul(x.t())),
    ).toBe(true);
  });

  test("the number of threads changes no bit", () => {
    const threads = torch.get_num_threads();
    torch.manual_seed(0);
    const [x, y] = [torch.randn(301, 257).to(dtype), torch.randn(257, 64).to(dtype)];
    const results = [1, 2].map((count) => {
      torch.set_num_threads(count);
      return [x.mul(0.3).tanh(), x.sum(1), x.matmul(y)].map((each) => each.tolist());
    });
    torch.set_num_threads(threads);
    expect(results[1]).toEqual(results[0]);
  });
});

test("close floats of 16 bits pass the comparison that tests use", () => {
  const x = torch.rand(20).half();
  expect(() => torch.testing.assert_close(x, x.mul(1.0005))).not.toThrow();
});

test("sums are taken in more than 16 bits and rounded once", () => {
  const ones = torch.ones(4096, { dtype: torch.bfloat16 });
  expect(ones.sum().item()).toBe(4096);
  expect(ones.matmul(ones).item()).toBe(4096);
});
