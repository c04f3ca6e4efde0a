import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import type { Graph } from "../../src/fx/graph.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import type { NodeSource } from "../../src/fx/node.ts";
import { operators } from "../../src/fx/operators.ts";

/** Numbers stand for tensors, so that the tests of this layer need none. */
export const fakeTorch = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  scale: (a: number, options: { readonly by: number }) => a * options.by,
  print: (_value: number) => undefined,
  fail: (): never => {
    throw new RangeError("out of range");
  },
  cond: (
    predicate: boolean,
    whenTrue: (...operands: readonly number[]) => unknown,
    whenFalse: (...operands: readonly number[]) => unknown,
    operands: readonly number[],
  ) => (predicate ? whenTrue : whenFalse)(...operands),
  float32: new (class DType {
    toString(): string {
      return "torch.float32";
    }
  })(),
};

/** The value of a dotted name, as a printed graph finds it in its scope. */
export function resolveFakeTorch(name: string): unknown {
  return new Map<string, unknown>(Object.entries(fakeTorch)).get(name.replace(/^torch\./, ""));
}

const tensor = (...shape: readonly number[]) => ({ dtype: "torch.float32", shape });

export function sourceLine(line: number, code: string): NodeSource {
  return { file: "model.ts", line, functionName: "fn", code };
}

/** `(x, y) => cond(x > y, x + y - 1, x, …)`: placeholders, calls, an operator, two sub-graphs, one with a nested value. */
export function exampleGraph(): Graph {
  const builder = new GraphBuilder();
  const x = builder.placeholder("l_x_", { example: tensor(3, 3) });
  const y = builder.placeholder("l_y_", { example: tensor(3, 3) });
  const source = sourceLine(4, "  const sum = torch.add(x, y);");
  const sum = builder.callFunction(fakeTorch.add, "torch.add", [x, y], {
    example: tensor(3, 3),
    source,
  });
  const predicate = builder.callFunction(operators.gt.apply, "operator.gt", [x, y], {
    example: true,
  });

  const whenTrue = new GraphBuilder(builder);
  const inner = whenTrue.callFunction(fakeTorch.sub, "torch.sub", [sum, 1], {
    example: tensor(3, 3),
  });
  const trueGraph = builder.attribute("true_graph_0", createGraphModule(whenTrue.build(inner)));
  const whenFalse = new GraphBuilder(builder);
  const input = whenFalse.placeholder("x");
  const scaled = whenFalse.callFunction(fakeTorch.scale, "torch.scale", [input], {
    kwargs: { by: 2 },
  });
  const falseGraph = builder.attribute("false_graph_0", createGraphModule(whenFalse.build(scaled)));

  const condSource = sourceLine(5, "  return torch.cond(…);");
  const operands = whenTrue.lifted.map(({ operand }) => operand);
  const cond = builder.callFunction(
    fakeTorch.cond,
    "torch.cond",
    [predicate, trueGraph, falseGraph, operands],
    {
      source: condSource,
    },
  );
  const text = builder.callMethod("toFixed", [cond, 2]);
  return builder.build([cond, { text, dtype: fakeTorch.float32, missing: null }]);
}

/** The text of `exampleGraph`. */
export const exampleText = `class GraphModule {
  forward(l_x_ /* f32[3, 3] */, l_y_ /* f32[3, 3] */) {
    // File: model.ts:4 in fn, code: const sum = torch.add(x, y);
    const add /* f32[3, 3] */ = torch.add(l_x_, l_y_);
    const gt /* boolean */ = l_x_ > l_y_;
    const true_graph_0 = this.true_graph_0;
    const false_graph_0 = this.false_graph_0;

    // File: model.ts:5 in fn, code: return torch.cond(…);
    const cond = torch.cond(gt, true_graph_0, false_graph_0, [add]);
    const toFixed = cond.toFixed(2);
    return [cond, { text: toFixed, dtype: torch.float32, missing: null }];
  }

  true_graph_0 = (add /* f32[3, 3] */) => {
    const sub /* f32[3, 3] */ = torch.sub(add, 1);
    return sub;
  };

  false_graph_0 = (x) => {
    const scale = torch.scale(x, { by: 2 });
    return scale;
  };
}`;
