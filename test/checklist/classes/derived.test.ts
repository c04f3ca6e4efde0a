import { afterEach, describe, expect, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";
import { testOfCompiledText } from "../../capabilities.ts";

/** Classes that extend others, made inside the compiled function. */

type Tensor = torch.Tensor;
const gb = torch._dynamo.graph_break;
const outer = { scale: 3 };

class Layer {
  calls = 0;
  readonly log: string[] = [];
  readonly weight: Tensor;
  constructor(weight: Tensor) {
    this.weight = weight.mul(outer.scale);
    this.log.push("Layer");
  }
  apply(x: Tensor): Tensor {
    this.calls += 1;
    return x.mul(this.weight);
  }
}

class Affine extends Layer {
  bias = 1;
  label;
  constructor(weight: Tensor, label = "affine") {
    const doubled = weight.mul(2);
    super(doubled);
    this.label = label;
    this.log.push(`Affine ${new.target.name}`);
    if (label === "early") return;
    this.bias += outer.scale;
  }
}

class Plain extends Affine {
  readonly extra: Record<string, number> = {};
}

class Spread extends Plain {
  constructor(...args: [Tensor, string]) {
    super(...args);
    this.extra["spread"] = args.length;
  }
}

class Replaced extends (class {
  constructor(x: Tensor) {
    return { x, replaced: true };
  }
} as new (x: Tensor) => { x: Tensor; replaced: boolean; added?: number }) {
  constructor(x: Tensor) {
    super(x.add(1));
    this.added = 5;
  }
}

class Breaking {
  readonly value: Tensor;
  constructor(x: Tensor) {
    const y = x.add(1);
    gb();
    this.value = y.mul(2);
  }
}

class BreakingChild extends Breaking {
  field = 7;
  readonly more: Tensor;
  constructor(x: Tensor) {
    super(x.mul(3));
    gb();
    this.more = this.value.add(this.field);
  }
}

class Refused extends RangeError {
  override name = "Refused";
  readonly code: number;
  constructor(code: number) {
    super(`refused with ${code}`);
    this.code = code;
  }
}

class MoreRefused extends Refused {}

afterEach(() => torch._dynamo.config.reset());

describe("an instance of a class that extends another", () => {
  testOfCompiledText.each([
    ["with a constructor of its own", (x: Tensor) => new Affine(x)],
    ["whose constructor returns early", (x: Tensor) => new Affine(x, "early")],
    ["with the default constructor", (x: Tensor) => new Plain(x, "plain")],
    ["whose arguments are spread", (x: Tensor) => new Spread(x, "spread")],
    ["whose parent gives another object", (x: Tensor) => new Replaced(x)],
  ])("%s costs no break", (_, make) => {
    const run = runDifferential(() => ({
      fn: (x: Tensor) => {
        const made = make(x);
        return [made, Object.keys(made), made instanceof Layer, "apply" in made && made.apply(x)];
      },
      calls: [[torch.ones(3)], [torch.ones(3)]],
    }));
    expect([run.frames, run.breaks]).toEqual([1, []]);
  });

  testOfCompiledText("goes on after breaks in its constructors", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor) => {
        const made = new BreakingChild(x.add(1));
        return [made.more.sub(1), made];
      },
      calls: [[torch.ones(3)], [torch.ones(3)]],
    }));
    expect([run.frames, run.breaks.length]).toEqual([3, 2]);
  });

  test("is made natively once the recompile limit is reached", () => {
    runDifferential(
      () => ({
        fn: (x: Tensor, label: string) => {
          const made = new Affine(x, label);
          gb();
          return [made.apply(x), made, new BreakingChild(x)];
        },
        calls: ["a", "b", "early", "d"].map((label) => [torch.ones(3), label]),
      }),
      { configure: () => (torch._dynamo.config.recompile_limit = 1) },
    );
  });

  test("follows a class that gets another parent", () => {
    runDifferential(() => {
      class First {
        readonly by: number = 1;
      }
      class Second {
        readonly by: number = 2;
      }
      class Child extends First {}
      return {
        fn: (x: Tensor) => x.add(new Child().by),
        calls: [[torch.ones(3)], [torch.ones(3)]],
        before: (call) => {
          if (call === 1) Object.setPrototypeOf(Child, Second);
        },
      };
    });
  });

  test("is left to the engine where its parent is a collection, or its constructor needs `this` in a function", () => {
    class List extends Array<number> {}
    class Kept extends Layer {
      readonly get: () => Tensor;
      constructor(x: Tensor) {
        super(x);
        this.get = () => this.weight;
      }
    }
    class Late extends Layer {
      constructor(x: Tensor, n: number) {
        if (n > 0) super(x);
        else super(x.neg());
      }
    }
    for (const make of [
      () => new List(),
      (x: Tensor) => new Kept(x).get(),
      (x: Tensor) => new Late(x, 1),
    ]) {
      const run = runDifferential(() => ({
        fn: (x: Tensor) => [x.add(1), make(x)],
        calls: [[torch.ones(3)]],
      }));
      expect(run.breaks.map(({ reason }) => reason.id)).toContain("GB5017");
    }
  });
});

describe("errors of classes that extend others", () => {
  testOfCompiledText("are caught by their class, with what they hold", () => {
    const run = runDifferential(() => ({
      fn: (x: Tensor, code: number) => {
        try {
          if (code > 0) throw new MoreRefused(code);
          return x.add(1);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          return [x.add(error.code), error.name, error.message, error];
        } finally {
          x.add_(1);
        }
      },
      calls: [
        [torch.ones(3), 5],
        [torch.ones(3), 0],
      ],
    }));
    expect(run.breaks).toEqual([]);
  });

  test("reach the caller, with the engine's stack", () => {
    const { outcomes } = runDifferential(() => ({
      fn: (x: Tensor) => {
        if (x.shape.length === 1) throw new MoreRefused(3);
        return x;
      },
      calls: [[torch.ones(3)]],
    }));
    expect(outcomes).toMatchObject([{ kind: "error", error: { code: 3, name: "Refused" } }]);
    expect(outcomes[0]?.kind === "error" && outcomes[0].error).toBeInstanceOf(RangeError);
  });

  test("may have a cause, for which the graph breaks", () => {
    class Caused extends Error {
      constructor(cause: unknown) {
        super("caused", { cause });
      }
    }
    runDifferential(() => ({
      fn: (x: Tensor) => {
        try {
          throw new Caused(5);
        } catch (error) {
          return [x.add(1), error, error instanceof Error && error.cause];
        }
      },
      calls: [[torch.ones(3)]],
    }));
  });
});
