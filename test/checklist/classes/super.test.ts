import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { testOfCompiledText } from "../../capabilities.ts";

/** `super.x` in methods of the program. */

type Tensor = torch.Tensor;
const gb = torch._dynamo.graph_break;

class Layer {
  scale = 2;
  static make(x: Tensor): Tensor {
    return x.add(1);
  }
  get half(): number {
    return this.scale / 2;
  }
  forward(x: Tensor): Tensor {
    return x.mul(this.scale);
  }
  breaking(x: Tensor): Tensor {
    const y = x.add(1);
    gb();
    return y.mul(this.scale);
  }
}

class Biased extends Layer {
  bias = 3;
  readonly first: number;
  constructor() {
    super();
    this.first = super.half + 1;
  }
  static override make(x: Tensor): Tensor {
    return super.make(x).mul(2);
  }
  override get half(): number {
    return super.half + 10;
  }
  override forward(x: Tensor): Tensor {
    return super.forward(x).add(this.bias);
  }
  override breaking(x: Tensor): Tensor {
    return super.breaking(x.neg()).add(super.half);
  }
  byName(x: Tensor, name: "forward" | "breaking"): Tensor {
    return super[name](x);
  }
  inArrow(x: Tensor): Tensor {
    return [x].map((y) => super.forward(y))[0] ?? x;
  }
  missing(): unknown {
    return (super.toString as unknown) === Object.prototype.toString && "none" in this;
  }
}

class Deep extends Biased {
  override forward(x: Tensor): Tensor {
    return super.forward(super.forward(x));
  }
}

const fresh = () => [[torch.ones(3)], [torch.ones(3)]];

describe("super", () => {
  afterEach(() => torch._dynamo.config.reset());

  testOfCompiledText.each([
    ["a method", () => (x: Tensor) => new Biased().forward(x)],
    ["a method of a method", () => (x: Tensor) => new Deep().forward(x)],
    ["a getter", () => (x: Tensor) => x.add(new Biased().half)],
    ["in a constructor", () => (x: Tensor) => x.add(new Biased().first)],
    ["a static method", () => (x: Tensor) => Biased.make(x)],
    ["a computed name", () => (x: Tensor) => new Biased().byName(x, "forward")],
    [
      "a name that only Object.prototype has",
      () => (x: Tensor) => [x.add(1), new Biased().missing()],
    ],
  ])("%s costs no break", (_, make) => {
    const run = runDifferential(() => ({ fn: make(), calls: fresh() }));
    expect([run.frames, run.breaks]).toEqual([1, []]);
  });

  testOfCompiledText("in a method that is compiled itself", () => {
    const run = runDifferential(() => {
      const layer = new Deep();
      return { fn: layer.forward, self: layer, calls: fresh() };
    });
    expect([run.frames, run.breaks]).toEqual([1, []]);
  });

  testOfCompiledText("goes on after a break in the method that it calls", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor, layer: Biased) => layer.byName(layer.breaking(x), "breaking"),
      calls: [
        [torch.ones(3), new Biased()],
        [torch.ones(3), new Biased()],
      ],
    }));
    expect(run.breaks.map(({ reason }) => reason.id)).toEqual(["GB0025", "GB0025"]);
  });

  test("runs natively past the recompile limit", () => {
    runDifferential(
      () => ({
        fn: (x: Tensor, name: string) => {
          const layer = new Biased();
          gb();
          return [layer.breaking(x), name];
        },
        calls: ["a", "b", "c"].map((name) => [torch.ones(3), name]),
      }),
      { configure: () => (torch._dynamo.config.recompile_limit = 1) },
    );
  });

  test("sees another method or another parent", () => {
    runDifferential(() => {
      class First {
        f(x: Tensor): Tensor {
          return x.add(1);
        }
      }
      class Second {
        f(x: Tensor): Tensor {
          return x.add(20);
        }
      }
      class Child extends First {
        override f(x: Tensor): Tensor {
          return super.f(x).mul(2);
        }
      }
      const child = new Child();
      return {
        fn: (x: Tensor) => child.f(x),
        calls: [[torch.ones(3)], [torch.ones(3)], [torch.ones(3)]],
        before: (call) => {
          if (call === 1) First.prototype.f = (x) => x.sub(5);
          if (call === 2) Object.setPrototypeOf(Child.prototype, Second.prototype);
        },
      };
    });
  });

  test("means the class that made the method, wherever the method is now", () => {
    const mixin = (by: number) => {
      class Base {
        f(x: Tensor): Tensor {
          return x.add(by);
        }
      }
      return class Mixed extends Base {
        override f(x: Tensor): Tensor {
          return super.f(x).mul(2);
        }
      };
    };
    runDifferential(() => {
      const [One, Ten] = [mixin(1), mixin(10)];
      const ten = new Ten();
      Ten.prototype.f = One.prototype.f;
      const loose = { f: One.prototype.f };
      return { fn: (x: Tensor) => [ten.f(x), loose.f(x), new One().f(x)], calls: fresh() };
    });
  });

  testOfCompiledText(
    "is left to the engine in arrow functions, in object literals and in classes without a name",
    () => {
      const object = {
        __proto__: new Layer(),
        forward(x: Tensor): Tensor {
          return (super.forward as Layer["forward"]).call(this as unknown as Layer, x).add(1);
        },
      };
      const Nameless = (() =>
        class extends Layer {
          override forward(x: Tensor): Tensor {
            return super.forward(x).add(1);
          }
        })();
      for (const make of [
        (x: Tensor) => new Biased().inArrow(x),
        (x: Tensor) => object.forward(x),
        (x: Tensor) => new Nameless().forward(x),
      ]) {
        const run = runDifferential(() => ({ fn: (x: Tensor) => make(x.add(1)), calls: fresh() }));
        expect(run.breaks.map(({ reason }) => reason.id)).toContain("GBJ002");
      }
    },
  );
});
