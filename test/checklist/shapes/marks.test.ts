import * as torch from "fullgraph";
import { afterEach, describe, expect, test } from "vitest";

const { mark_dynamic, mark_static, maybe_mark_dynamic, testing, exc } = torch._dynamo;
afterEach(() => torch._dynamo.reset());

function counted(
  fn: (x: torch.Tensor) => torch.Tensor,
  options: { readonly dynamic?: boolean } = {},
): { readonly call: (x: torch.Tensor) => number } {
  const counter = new testing.CompileCounter();
  const compiled = torch.compile(fn, { ...options, backend: counter });
  return {
    call: (x) => {
      expect(compiled(x).equal(fn(x))).toBe(true);
      return counter.frame_count;
    },
  };
}

const marked = (size: number, mark: (x: torch.Tensor, dim: number) => void): torch.Tensor => {
  const x = torch.ones(size, 2);
  mark(x, 0);
  return x;
};

describe("E95: marks", () => {
  test("mark_dynamic serves other sizes with the first compile", () => {
    const { call } = counted((x) => x.add(1));
    expect([call(marked(5, mark_dynamic)), call(torch.ones(6, 2)), call(torch.ones(7, 2))]).toEqual(
      [1, 1, 1],
    );
  });

  test("a size that the program fixes makes mark_dynamic an error that names the line", () => {
    const fn = torch.compile((x: torch.Tensor) => (x.shape[0] === 5 ? x.add(1) : x), {
      backend: "eager",
    });
    let message = "";
    try {
      fn(marked(5, mark_dynamic));
    } catch (error) {
      expect(error).toBeInstanceOf(exc.ConstraintViolationError);
      message = String(error);
    }
    expect(message).toContain(
      'You marked L["x"].size()[0] as dynamic, but your code specialized it to be a constant (5): (L["x"].size()[0] === 5).',
    );
    expect(message).toMatch(/at <anonymous> \(test\/checklist\/shapes\/marks\.test\.ts:\d+:\d+\)/);
  });

  test("a loop over a marked size is the same error", () => {
    const fn = torch.compile(
      (x: torch.Tensor) => {
        let y = x;
        for (let i = 0; i < x.size(0); i++) y = y.add(1);
        return y;
      },
      { backend: "eager" },
    );
    expect(() => fn(marked(3, mark_dynamic))).toThrow(exc.ConstraintViolationError);
  });

  test("maybe_mark_dynamic lets the program fix the size", () => {
    const { call } = counted((x) => (x.shape[0] === 5 ? x.add(1) : x.sub(1)));
    expect([call(marked(5, maybe_mark_dynamic)), call(marked(6, maybe_mark_dynamic))]).toEqual([
      1, 2,
    ]);
  });

  test("mark_static keeps a size fixed under dynamic: true", () => {
    const { call } = counted((x) => x.add(1), { dynamic: true });
    expect([call(marked(5, mark_static)), call(marked(6, mark_static))]).toEqual([1, 2]);
  });

  test("a range bounds the sizes that the compile serves", () => {
    const { call } = counted((x) => x.add(1));
    const x = torch.ones(5, 2);
    mark_dynamic(x, 0, { min: 4, max: 8 });
    expect([call(x), call(torch.ones(8, 2)), call(torch.ones(9, 2))]).toEqual([1, 1, 2]);
  });

  test("a dimension that the tensor does not have is an IndexError", () => {
    expect(() => mark_dynamic(torch.ones(2), 1)).toThrow(torch.IndexError);
  });
});

test("TORCH_LOGS=dynamic says for every size whether it is static or dynamic, why, and what decided", () => {
  const records: string[] = [];
  const write = process.stderr.write;
  torch._logging.set_logs({ dynamic: true });
  process.stderr.write = (text: string | Uint8Array) => records.push(String(text)) > 0;
  try {
    const fn = torch.compile((x: torch.Tensor) => (x.size(0) > 3 ? x.add(1) : x), {
      backend: "eager",
    });
    fn(torch.ones(5, 2));
    fn(torch.ones(6, 2));
  } finally {
    process.stderr.write = write;
    torch._logging.set_logs({});
  }
  const text = records.join("");
  expect(text).toContain('L["x"].size()[0] = 5: static (no other size seen yet)');
  expect(text).toContain('L["x"].size()[0] = 6: dynamic s0 (it was 5, then 6)');
  expect(text).toMatch(
    /only if \(L\["x"\]\.size\(\)\[0\] > 3\) {2}# const fn = .* {2}# test\/checklist\/shapes\/marks\.test\.ts:\d+ in <anonymous>/,
  );
  expect(text).toContain('L["x"].size()[1] = 2: static (no other size seen yet)');
});
