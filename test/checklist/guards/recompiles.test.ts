import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { recordRecompiles } from "./record-recompiles.ts";

/** Group D of the behavioural checklist: what a compiled entry assumes, and when it is compiled again. */

const { config } = torch._dynamo;
type Tensor = torch.Tensor;

afterEach(() => {
  config.reset();
  torch.set_grad_enabled(true);
  torch.set_default_dtype(torch.float32);
});

const ones = (): Tensor => torch.ones(3);

test("D73: the same shape twice is one graph", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({ fn: (x: Tensor) => x.add(1), calls: [[ones()], [torch.zeros(3)]] })),
  );
  expect(result.framesAfter).toEqual([1, 1]);
  expect(reasons).toEqual([]);
});

describe("D74: metadata of a tensor", () => {
  const add = (x: Tensor) => x.add(1);

  test("another dtype recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => ({
        fn: add,
        calls: [[ones()], [torch.ones(3, { dtype: torch.float64 })]],
      })),
    );
    expect(result.framesAfter).toEqual([1, 2]);
    expect(reasons).toEqual([["tensor 'x' dtype mismatch. expected Float, actual Double"]]);
  });

  test("another rank recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => ({ fn: add, calls: [[ones()], [torch.ones(3, 1)]] })),
    );
    expect(result.framesAfter).toEqual([1, 2]);
    expect(reasons).toEqual([["tensor 'x' rank mismatch. expected 1, actual 2"]]);
  });

  test("another size recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => ({ fn: add, calls: [[ones()], [torch.ones(4)]] })),
    );
    expect(result.framesAfter).toEqual([1, 2]);
    expect(reasons).toEqual([["tensor 'x' size mismatch at index 0. expected 3, actual 4"]]);
  });

  test("other strides recompile", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => ({ fn: add, calls: [[torch.ones(2, 2)], [torch.ones(2, 2).t()]] })),
    );
    expect(result.framesAfter).toEqual([1, 2]);
    expect(reasons).toEqual([["tensor 'x' stride mismatch at index 0. expected 2, actual 1"]]);
  });

  test("requires_grad recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => ({
        fn: add,
        calls: [[ones()], [torch.ones(3, { requires_grad: true })]],
      })),
    );
    expect(result.framesAfter).toEqual([1, 2]);
    expect(reasons).toEqual([["tensor 'x' requires_grad mismatch. expected requires_grad=0"]]);
  });

  test("the grad mode recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => ({
        fn: add,
        calls: [[ones()], [ones()], [ones()]],
        before: (call: number) => torch.set_grad_enabled(call !== 1),
      })),
    );
    expect(result.framesAfter).toEqual([1, 2, 2]);
    expect(reasons).toEqual([["GLOBAL_STATE changed: grad_mode"]]);
  });

  test("the default dtype recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(
        () => ({
          fn: (x: Tensor) => x.add(torch.ones(3)),
          calls: [[ones()], [ones()]],
          before: (call: number) =>
            torch.set_default_dtype(call === 0 ? torch.float32 : torch.float64),
        }),
        { configure: () => torch.set_default_dtype(torch.float32) },
      ),
    );
    expect(result.framesAfter).toEqual([1, 2]);
    expect(reasons).toEqual([["GLOBAL_STATE changed: default_dtype"]]);
  });

  test("something that is no tensor recompiles, and then fails as in eager", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => ({ fn: (x: Tensor) => torch.sin(x), calls: [[ones()], ["one"]] })),
    );
    expect(reasons).toEqual([["expected type of 'x' to be a tensor, actual string"]]);
    expect(result.outcomes[1]).toMatchObject({
      kind: "error",
      error: {
        name: "TypeError",
        message: "sin(): argument 'input' (position 1) must be Tensor, not string",
      },
    });
  });
});

test("D74: the whole record names the function, the entry and the line that needed the guard", () => {
  const { log } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: function grow(x: Tensor) {
        return x.add(1);
      },
      calls: [[ones()], [torch.ones(4)], [torch.ones(5, 1)]],
    })),
  );
  const place = String.raw`test/checklist/guards/recompiles\.test\.ts:\d+`;
  const cause = (entry: number, text: string) =>
    `    - \\d+/${entry}: ${text}  # return x\\.add\\(1\\);  # ${place} in grow\n`;
  const title = `Recompiling function grow in ${place}\n    triggered by the following guard failure\\(s\\):\n`;
  const size = "tensor 'x' size mismatch at index 0\\. expected 3, actual 4";
  const rank = "tensor 'x' rank mismatch\\. expected 1, actual 2";
  expect(log).toMatch(
    new RegExp(`^${title}${cause(0, size)}\n${title}${cause(1, rank)}${cause(0, rank)}$`),
  );
});

test("D75: an argument that is not used may be anything", () => {
  const { result } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (x: Tensor, _unused: unknown) => x.add(1),
      calls: [
        [ones(), 1],
        [ones(), "two"],
        [ones(), ones()],
        [ones(), null],
        [ones(), () => 3],
      ],
    })),
  );
  expect(result.framesAfter).toEqual([1, 1, 1, 1, 1]);
});

test("D77: every string that decides something is compiled for itself", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (x: Tensor, s: string) => x.add(s === "" ? 0 : s.length),
      calls: [
        [ones(), "a"],
        [ones(), "bb"],
        [ones(), "cc"],
        [ones(), "a"],
      ],
    })),
  );
  expect(result.framesAfter).toEqual([1, 2, 3, 3]);
  expect(reasons).toEqual([['L["s"] === "a"'], ['L["s"] === "bb"', 'L["s"] === "a"']]);
});

test("D77: a boolean has two entries", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (x: Tensor, flag: boolean) => (flag ? x.add(1) : x.mul(2)),
      calls: [
        [ones(), true],
        [ones(), false],
        [ones(), true],
      ],
    })),
  );
  expect(result.framesAfter).toEqual([1, 2, 2]);
  expect(reasons).toEqual([['L["flag"] === true']]);
});

test("D78: every length of an array is compiled for itself", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (l: Tensor[]) => {
        let sum = torch.zeros(3);
        for (const x of l) sum = sum.add(x);
        return sum;
      },
      calls: [[[ones()]], [[ones(), ones()]], [[ones(), ones(), ones()]], [[ones()]]],
    })),
  );
  expect(result.framesAfter).toEqual([1, 2, 3, 3]);
  expect(result.opsAfter).toEqual([2, 5, 9, 9]);
  expect(reasons).toEqual([
    ['L["l"].length === 1'],
    ['L["l"].length === 2', 'L["l"].length === 1'],
  ]);
});

test("D78: another set of keys recompiles and names them", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (d: Record<string, Tensor>) => {
        let sum = torch.zeros(3);
        for (const [, x] of Object.entries(d)) sum = sum.add(x);
        return sum;
      },
      calls: [[{ a: ones() }], [{ a: ones(), b: ones() }], [{ a: ones() }]],
    })),
  );
  expect(result.framesAfter).toEqual([1, 2, 2]);
  expect(reasons).toEqual([['Reflect.ownKeys(L["d"]) == ["a"]']]);
});

test("D78: another set of keys of a Map recompiles and names them", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (d: Map<string, Tensor>) => {
        let sum = torch.zeros(3);
        for (const x of d.values()) sum = sum.add(x);
        return sum;
      },
      calls: [
        [new Map([["a", ones()]])],
        [
          new Map([
            ["a", ones()],
            ["b", ones()],
          ]),
        ],
      ],
    })),
  );
  expect(result.framesAfter).toEqual([1, 2]);
  expect(reasons).toEqual([['[...L["d"].keys()] == ["a"]']]);
});

let moduleConstant = "add";

test("D79: a module variable that changes recompiles, and its old value finds the old entry", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (x: Tensor) => (moduleConstant === "add" ? x.add(1) : x.mul(3)),
      calls: [[ones()], [ones()], [ones()]],
      before: (call: number) => {
        moduleConstant = call === 1 ? "mul" : "add";
      },
    })),
  );
  expect(result.framesAfter).toEqual([1, 2, 2]);
  expect(reasons).toEqual([['G["moduleConstant"] === "add"']]);
});

describe("D80: attributes", () => {
  test("an attribute of an object that changes recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => {
        const o = { mode: "add" };
        return {
          fn: (x: Tensor) => (o.mode === "add" ? x.add(1) : x.mul(3)),
          calls: [[ones()], [ones()], [ones()]],
          before: (call: number) => {
            o.mode = call === 1 ? "mul" : "add";
          },
        };
      }),
    );
    expect(result.framesAfter).toEqual([1, 2, 2]);
    expect(reasons).toEqual([['G["o"].mode === "add"']]);
  });

  test("a static field that changes recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => {
        class Settings {
          static mode = "add";
        }
        return {
          fn: (x: Tensor) => (Settings.mode === "add" ? x.add(1) : x.mul(3)),
          calls: [[ones()], [ones()], [ones()]],
          before: (call: number) => {
            Settings.mode = call === 1 ? "mul" : "add";
          },
        };
      }),
    );
    expect(result.framesAfter).toEqual([1, 2, 2]);
    expect(reasons).toEqual([['G["Settings"].mode === "add"']]);
  });

  test("a property of the prototype that changes recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => {
        class Layer {
          declare mode: string;
        }
        Layer.prototype.mode = "add";
        const layer = new Layer();
        return {
          fn: (x: Tensor) => (layer.mode === "add" ? x.add(1) : x.mul(3)),
          calls: [[ones()], [ones()], [ones()]],
          before: (call: number) => {
            Layer.prototype.mode = call === 1 ? "mul" : "add";
          },
        };
      }),
    );
    expect(result.framesAfter).toEqual([1, 2, 2]);
    expect(reasons).toEqual([['Layer.prototype.mode === "add"']]);
  });

  test("the field behind a getter that changes recompiles", () => {
    const { result, reasons } = recordRecompiles(() =>
      runDifferential(() => {
        class Layer {
          _mode = "add";
          get mode(): string {
            return this._mode;
          }
        }
        const layer = new Layer();
        return {
          fn: (x: Tensor) => (layer.mode === "add" ? x.add(1) : x.mul(3)),
          calls: [[ones()], [ones()], [ones()]],
          before: (call: number) => {
            layer._mode = call === 1 ? "mul" : "add";
          },
        };
      }),
    );
    expect(result.framesAfter).toEqual([1, 2, 2]);
    expect(reasons).toEqual([['G["layer"]._mode === "add"']]);
  });
});

let helper = (x: Tensor): Tensor => x.add(1);
const other = (x: Tensor): Tensor => x.mul(3);
const first = helper;

test("D81: a helper function that is rebound is the one that runs", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (x: Tensor) => helper(x).sub(1),
      calls: [[ones()], [ones()], [ones()]],
      before: (call: number) => {
        helper = call === 1 ? other : first;
      },
    })),
  );
  expect(result.framesAfter).toEqual([1, 2, 2]);
  expect(result.results.map(String)).toEqual([
    "tensor([1., 1., 1.])",
    "tensor([2., 2., 2.])",
    "tensor([1., 1., 1.])",
  ]);
  expect(reasons).toEqual([['G["helper"] === helper']]);
});

let moduleTensor = torch.ones(3);

test("D83: a module-level tensor is an input: rebound with the same metadata it costs no graph", () => {
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => ({
      fn: (x: Tensor) => x.add(moduleTensor),
      calls: [[ones()], [ones()], [ones()]],
      before: (call: number) => {
        moduleTensor = torch.full([3], call);
      },
    })),
  );
  expect(result.framesAfter).toEqual([1, 1, 1]);
  expect(result.results.map(String)).toEqual([
    "tensor([1., 1., 1.])",
    "tensor([2., 2., 2.])",
    "tensor([3., 3., 3.])",
  ]);
  expect(reasons).toEqual([]);
});

test("D83: so is a tensor in a closure", () => {
  const run = runDifferential(() => {
    let tensor = torch.ones(3);
    return {
      fn: (x: Tensor) => x.mul(tensor),
      calls: [[ones()], [ones()]],
      before: (call: number) => {
        tensor = torch.full([3], call + 5);
      },
    };
  });
  expect(run.framesAfter).toEqual([1, 1]);
});

test("D88: an attribute of a model that changes recompiles", () => {
  class Model {
    k = "add";
    weight = torch.ones(3);
    forward(x: Tensor) {
      return this.k === "add" ? x.add(this.weight) : x.mul(this.weight);
    }
  }
  const { result, reasons } = recordRecompiles(() =>
    runDifferential(() => {
      const model = new Model();
      return {
        fn: model.forward,
        self: model,
        calls: [[ones()], [ones()]],
        before: (call: number) => {
          model.k = call === 1 ? "mul" : "add";
        },
      };
    }),
  );
  expect(result.framesAfter).toEqual([1, 2]);
  expect(reasons).toEqual([['L["this"].k === "add"']]);
});

test("D88: two instances with equal attributes share one graph, with different ones they do not", () => {
  class Model {
    readonly k: string;
    readonly weight: Tensor;
    constructor(k: string, weight: number) {
      this.k = k;
      this.weight = torch.full([3], weight);
    }
    forward(x: Tensor) {
      return x.mul(this.weight).add(this.k.length);
    }
  }
  const run = runDifferential(() => ({
    fn: (model: Model, x: Tensor) => model.forward(x),
    calls: [
      [new Model("a", 1), ones()],
      [new Model("a", 2), ones()],
      [new Model("bb", 2), ones()],
    ],
  }));
  expect(run.framesAfter).toEqual([1, 1, 2]);
});
