import * as torch from "fullgraph";
import { describe, expect, test } from "vitest";
import { testOfCompiledText } from "../../capabilities.ts";
import { runDifferential } from "../../differential.ts";

type Tensor = torch.Tensor;

const oneGraph = (
  fn: (...args: never[]) => unknown,
  calls: readonly (readonly unknown[])[],
): void => {
  const { breaks, frames } = runDifferential(() => ({ fn, calls }));
  expect(breaks.map(({ reason }) => reason.title)).toEqual([]);
  expect(frames).toBeGreaterThan(0);
};

describe("a tensor as a condition", () => {
  test("with dimensions it is there, or it is not", () => {
    const attention = (scores: Tensor, mask?: Tensor, bias?: Tensor): Tensor => {
      const masked = mask ? scores.masked_fill(mask, -Infinity) : scores;
      if (!bias) return masked.softmax(-1);
      return (mask && masked.add(bias).softmax(-1)) ?? masked.sub(bias);
    };
    const scores = torch.ones(2, 2);
    const mask = torch.ones(2, 2).triu(1).to(torch.bool);
    oneGraph(attention, [
      [scores],
      [scores, mask],
      [scores, mask, scores],
      [scores, undefined, scores],
    ]);
  });

  test("without dimensions it breaks the graph: it looks like a test of the data", () => {
    const fn = (x: Tensor): Tensor => (x.sum().gt(0) ? x.add(1) : x.sub(1));
    const { breaks } = runDifferential(() => ({
      fn,
      calls: [[torch.ones(2)], [torch.ones(2).neg()]],
    }));
    expect(breaks[0]?.reason.key).toBe("tensorTruthiness");
  });
});

class Named {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  toString(): string {
    return `<${this.name}>`;
  }
}

class Weighed extends Named {
  override toString(): string {
    return `${super.toString()}!`;
  }
}

describe("the text of an object stays in the graph", () => {
  const programs: Readonly<Record<string, (x: Tensor) => unknown>> = {
    "a shape": (x) => [x.add(1), `${x.shape}`, String(x.shape), "shape " + x.shape, x.shape + ""],
    "nested arrays, holes and null": (x) => [x.add(1), `${[1, [2, 3], null, undefined, "a"]}`],
    "an error": (x) => {
      const named = Object.assign(new Error("late"), { name: "Named" });
      return [x.add(1), `${new RangeError("too far")}`, String(new Error()), "" + named];
    },
    "a caught error": (x) => {
      try {
        throw new TypeError(`not ${x.ndim}`);
      } catch (error) {
        return [x.add(1), String(error)];
      }
    },
  };
  test.each(Object.entries(programs))("%s", (_, fn) => {
    oneGraph(fn, [[torch.ones(2, 3)], [torch.ones(2, 3)]]);
  });

  testOfCompiledText("an object of a class with toString", () => {
    const fn = (x: Tensor): unknown => [x.add(1), `${new Named("a")}`, new Named("b") + "c"];
    oneGraph(fn, [[torch.ones(2, 3)], [torch.ones(2, 3)]]);
  });

  test("one whose conversion is not known runs natively", () => {
    const fn = (x: Tensor): unknown => [
      x.add(1),
      `${new Weighed("a")}`,
      `${{}}`,
      `${new Date(0)}`.length > 0,
    ];
    expect(runDifferential(() => ({ fn, calls: [[torch.ones(2)]] })).breaks.length).toBeGreaterThan(
      0,
    );
  });

  test("its conversion runs once, where the program asks for it", () => {
    const fn = (x: Tensor): unknown => {
      const log: string[] = [];
      const noisy = { toString: () => (log.push("asked"), torch._dynamo.graph_break(), "noisy") };
      const text = `${noisy}, ${log.length}`;
      return [x.add(1), text, log];
    };
    runDifferential(() => ({ fn, calls: [[torch.ones(2)], [torch.ones(2)]] }));
  });
});
