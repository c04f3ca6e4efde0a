import { expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { testOfCompiledText } from "../../capabilities.ts";

class Affine {
  calls = 0;
  readonly log: string[] = [];
  bias;
  readonly weight: torch.Tensor;

  constructor(weight: torch.Tensor, bias = 1) {
    this.weight = weight;
    this.bias = bias;
  }

  get twice(): torch.Tensor {
    return this.weight.mul(2);
  }

  apply(x: torch.Tensor): torch.Tensor {
    this.calls += 1;
    this.log.push(`call ${this.calls}`);
    return x.mul(this.weight).add(this.bias);
  }
}

class Breaking {
  readonly value: torch.Tensor;
  constructor(x: torch.Tensor) {
    const y = x.add(1);
    torch._dynamo.graph_break();
    this.value = y.mul(2);
  }
}

class Other {
  constructor(x: torch.Tensor) {
    return { x: x.add(1) };
  }
}

testOfCompiledText("an object made by a class of the program costs no break", () => {
  const run = runDifferential(() => ({
    fn: (x: torch.Tensor) => {
      const layer = new Affine(x.add(1));
      const y = layer.apply(layer.apply(x));
      return [y.add(layer.twice), layer.calls, layer.log, layer instanceof Affine];
    },
    calls: [[torch.ones(3)], [torch.ones(3)]],
  }));
  expect([run.frames, run.breaks]).toEqual([1, []]);
});

test("an object that leaves the function is an instance of its class", () => {
  const run = runDifferential(() => ({
    fn: (x: torch.Tensor) => new Affine(x, 3),
    calls: [[torch.ones(3)]],
  }));
  expect(run.results[0]).toBeInstanceOf(Affine);
});

test("a break inside a constructor goes on inside it, and gives the object", () => {
  const run = runDifferential(() => ({
    fn: (x: torch.Tensor) => new Breaking(x.mul(3)).value.sub(1),
    calls: [[torch.ones(3)], [torch.ones(3)]],
  }));
  expect([run.frames, run.breaks.length]).toEqual([2, 1]);
});

testOfCompiledText("a break after construction hands the object on", () => {
  const run = runDifferential(() => ({
    fn: (x: torch.Tensor) => {
      const layer = new Affine(x);
      const y = layer.apply(x);
      torch._dynamo.graph_break();
      return [layer.apply(y), layer];
    },
    calls: [[torch.ones(3)]],
  }));
  expect([run.frames, run.breaks.length]).toEqual([2, 1]);
});

test("a constructor may return another object", () => {
  runDifferential(() => ({
    fn: (x: torch.Tensor) => new Other(x),
    calls: [[torch.ones(3)]],
  }));
});

test("a constructor that throws is caught by the program", () => {
  class Checked {
    constructor(n: number) {
      if (n < 0) throw new RangeError(`negative: ${n}`);
    }
  }
  runDifferential(() => ({
    fn: (x: torch.Tensor, n: number) => {
      try {
        new Checked(n);
        return x.add(1);
      } catch (error) {
        return [x.sub(1), String(error)];
      }
    },
    calls: [
      [torch.ones(3), 1],
      [torch.ones(3), -1],
    ],
  }));
});
