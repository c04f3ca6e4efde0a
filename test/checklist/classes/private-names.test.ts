import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { testOfPrivateNames } from "../../capabilities.ts";
import { type DifferentialResult, runDifferential } from "../../differential.ts";

type Tensor = torch.Tensor;

class Layer {
  readonly #weight: Tensor;
  #bias: Tensor;
  #calls = 0;
  #scale;
  static #made = 0;

  constructor(scale = 1) {
    this.#weight = torch.ones(3, 2);
    this.#bias = torch.zeros(2);
    this.#scale = scale;
    Layer.#made += 1;
  }

  forward(x: Tensor): Tensor {
    this.#calls += 1;
    return this.#activate(x.matmul(this.#weight).add(this.#bias)).mul(this.#scale);
  }

  #activate(y: Tensor): Tensor {
    return y.relu();
  }

  /** For comparison. */
  get state(): unknown {
    return [this.#calls, this.#scale, this.#bias, Layer.#made > 0];
  }

  get #doubled(): number {
    return this.#calls * 2;
  }

  readsAccessor(x: Tensor): Tensor {
    return x.add(this.#doubled);
  }

  static isLayer(x: Tensor, other: object): unknown {
    return [x.add(1), #scale in other];
  }

  inCallbacks(x: Tensor): Tensor[] {
    return [1, 2].map((k) => x.mul(k + this.#scale));
  }

  ofAnother(x: Tensor, other?: Layer): Tensor {
    return other === undefined ? x.add(7) : x.add(other.#scale).add(other.#activate(x));
  }

  assigns(x: Tensor): unknown {
    [this.#bias, this.#scale] = [this.#bias.add(1), this.#scale + 1];
    const before = this.#scale++;
    this.#scale **= 2;
    const given: { calls?: number } = {};
    ({ calls: this.#calls = 5 } = given);
    for (this.#scale of [4, 5]) x = x.add(this.#scale);
    return [x, before, (this.#calls &&= 8), this.#calls];
  }

  breaks(x: Tensor): Tensor {
    this.#calls += 1;
    const y = x.mul(this.#scale);
    torch._dynamo.graph_break();
    this.#calls += 10;
    return y.add(this.#calls);
  }

  replaced(x: Tensor): Tensor {
    return x.mul(this.#scale).add(this.#calls);
  }

  rescale(scale: number): void {
    this.#scale = scale;
  }
}

const run = (
  fn: (layer: Layer, ...args: never[]) => unknown,
  calls: (layers: readonly [Layer, Layer]) => readonly (readonly unknown[])[],
  options: { readonly fullgraph?: boolean } = {},
): DifferentialResult =>
  runDifferential(() => {
    const layers = [new Layer(3), new Layer()] as const;
    return { fn, calls: calls(layers), watch: { get states() { return layers.map(({ state }) => state); } } }; // prettier-ignore
  }, options);

const x = torch.ones(2, 3);

describe("private names of classes from outside", () => {
  testOfPrivateNames("fields and methods are captured, in one graph for both instances", () => {
    const { breaks, frames } = run((layer, t: Tensor) => layer.forward(t), ([a, b]) => [[a, x], [b, x], [a, x]]); // prettier-ignore
    expect(breaks).toEqual([]);
    expect(frames).toBeLessThan(4);
  });

  testOfPrivateNames("with fullgraph, in callbacks and through another instance", () => {
    run((layer, t: Tensor) => layer.inCallbacks(t), ([a]) => [[a, x], [a, x]], { fullgraph: true }); // prettier-ignore
    run((layer, t: Tensor, other: Layer) => layer.ofAnother(t, other), ([a, b]) => [[a, x, b], [a, x], [b, x, a]], { fullgraph: true }); // prettier-ignore
    run((_, t: Tensor, other: object) => Layer.isLayer(t, other), ([a, b]) => [[a, x, b], [a, x, {}]], { fullgraph: true }); // prettier-ignore
  });

  testOfPrivateNames("every form of assignment", () => {
    const calls = (layers: readonly [Layer, Layer]): unknown[][] => layers.map((a) => [a, x]);
    expect(run((layer, t: Tensor) => layer.assigns(t), calls).breaks).toEqual([]);
  });

  test("a change from outside is noticed", () => {
    const fn = (layer: Layer, t: Tensor, scale: number): Tensor => {
      layer.rescale(scale);
      return layer.replaced(t);
    };
    run(fn, ([a]) => [[a, x, 2], [a, x, 3], [a, x, 3], [a, x, 0.5]]); // prettier-ignore
    run((layer, t: Tensor) => layer.replaced(t), ([a, b]) => [[a, x], [b, x], [a, x]]); // prettier-ignore
  });

  test("a break in between keeps the order", () => {
    run((layer, t: Tensor) => layer.breaks(t), ([a, b]) => [[a, x], [b, x], [a, x]]); // prettier-ignore
  });

  test("accessors run natively", () => {
    run((layer, t: Tensor) => layer.readsAccessor(t), ([a]) => [[a, x], [a, x]]); // prettier-ignore
  });

  test("an object without the name throws the engine's error", () => {
    const fn = (_: Layer, t: Tensor, other: object): unknown => Reflect.apply(Layer.prototype.forward, other, [t]); // prettier-ignore
    run(fn, ([a, b]) => [[a, x, b], [a, x, {}], [a, x, Object.create(Layer.prototype)], [a, x, b]]); // prettier-ignore
  });

  test("one class text that was evaluated twice has two names, even on one object", () => {
    const withTag = (Base: new () => object) =>
      class extends Base {
        #tag = 1;
        bump(t: Tensor): Tensor {
          this.#tag += 1;
          return t.mul(this.#tag);
        }
      };
    runDifferential(() => {
      const Inner = withTag(Object);
      const Outer = withTag(Inner);
      const both = new Outer() as { bump: (t: Tensor) => Tensor };
      const fn = (t: Tensor): unknown => [both.bump(t), Reflect.apply(Inner.prototype.bump, both, [t]), both.bump(t)]; // prettier-ignore
      return { fn, calls: [[x], [x]] };
    });
  });
});
