/** Random graphs of pointwise, reducing, viewing, joining and writing operators. */
import {
  bfloat16,
  bool,
  type DType,
  float16,
  float32,
  float64,
  int64,
} from "../../src/core/dtype.ts";
import { fakeTensor, metaOf, runFake } from "../../src/core/fake-tensor.ts";
import { isTensor, stateOf, type TensorBase } from "../../src/core/tensor.ts";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import type { Argument, Node } from "../../src/fx/node.ts";
import { functionsByName } from "./graph-of-op.ts";

type Random = () => number;

/** Mulberry32 (Tommy Ettinger, 2017). */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A value of the graph while it is made: its node and a tensor of its metadata. */
interface Value {
  readonly node: Node;
  readonly fake: TensorBase;
}

/** A graph over `inputs`, and how many outputs it has. Calls that the arguments do not allow are left out. */
export function randomGraph(
  inputs: readonly TensorBase[],
  seed: number,
  length: number,
): GraphModule {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  };
  const builder = new GraphBuilder();
  const values: Value[] = inputs.map((input, index) => ({
    node: builder.placeholder(`x${index}`),
    fake: fakeTensor(metaOf(input)),
  }));
  const number = (): number => pick([0, 1, 2, -1, 0.5, 3]);
  const dim = ({ fake }: Value): number => Math.floor(random() * Math.max(fake.ndim, 1));
  const tensors = (): readonly Argument[] => [pick(values)];
  const other = (): Argument => (random() < 0.7 ? pick(values) : number());
  /** Method name and arguments, values in place of nodes. */
  const calls: readonly (() => readonly [
    string,
    readonly Argument[],
    Record<string, Argument>?,
  ])[] = [
    () => [
      pick(["add", "sub", "mul", "maximum", "minimum", "add", "mul"]),
      [pick(values), pick(values)],
    ],
    () => [pick(["add", "sub", "mul", "div", "gt", "le"]), [pick(values), other()]],
    () => [pick(["relu", "sigmoid", "tanh", "neg", "abs", "square", "sin", "exp"]), [pick(values)]],
    () => [pick(["relu", "sigmoid", "tanh", "neg", "abs", "square", "sin"]), [pick(values)]],
    () => [pick(["clamp"]), [pick(values), -2, 2]],
    () => ["to", [pick(values), pick<DType>([float32, float64, float16, bfloat16, int64, bool])]],
    () => ["where", [pick(values), pick(values), pick(values)]],
    () => {
      const x = pick(values);
      return [
        pick(["sum", "mean", "amax", "amin", "prod"]),
        [x, dim(x)],
        { keepdim: random() < 0.6 },
      ];
    },
    () => {
      const x = pick(values);
      return [pick(["softmax", "log_softmax", "cumsum", "argmax", "logsumexp"]), [x, dim(x)]];
    },
    () => ["var", [pick(values), -1], { keepdim: true }],
    () => [pick(["sum", "mean"]), [pick(values)]],
    () => [pick(["t", "contiguous", "flatten", "clone"]), [pick(values)]],
    () => {
      const x = pick(values);
      return ["transpose", [x, dim(x), dim(x)]];
    },
    () => {
      const x = pick(values);
      return [pick(["unsqueeze", "squeeze"]), [x, dim(x)]];
    },
    () => {
      const x = pick(values);
      const axis = dim(x);
      const size = x.fake.shape[axis] ?? 1;
      const start = Math.floor(random() * size);
      return ["narrow", [x, axis, start, 1 + Math.floor(random() * (size - start))]];
    },
    () => [
      "expand",
      [
        pick(values),
        pick([
          [3, 4],
          [2, 3, 4],
        ]),
      ],
    ],
    () => ["reshape", [pick(values), pick([[-1], [2, -1], [3, -1], [-1, 4]])]],
    () => ["torch.cat", [[pick(values), pick(values)], pick([0, 1])]],
    () => ["torch.stack", [[pick(values), pick(values)], pick([0, 1])]],
    () => [pick(["add_", "mul_", "sub_"]), [pick(values), other()]],
    () => [pick(["copy_"]), tensors().concat(tensors())],
    () => [pick(["relu_", "zero_", "tanh_", "neg_"]), [pick(values)]],
    () => ["fill_", [pick(values), number()]],
    () => ["index_select", [pick(values), 0, pick(values)]],
    () => ["torch.arange", [pick([4, 12])]],
    () => ["torch.zeros", [pick([[3, 4], [4]])]],
    () => ["torch.rand", [[3, 4]]],
    () => ["matmul", [pick(values), pick(values)]],
    () => ["mm", [pick(values), pick(values)]],
    () => ["addmm", [pick(values), pick(values), pick(values)]],
  ];
  for (let count = 0; count < length; count++) {
    const [name, args, kwargs = {}] = pick(calls)();
    const value = tryCall(builder, name, args, kwargs);
    // A whole value may be large or infinite; what counts is that both runs agree.
    if (value !== null) values.push(value);
  }
  const outputs = values.filter((_, index) => index < inputs.length || random() < 0.4);
  return createGraphModule(builder.build(outputs.map(({ node }) => node)));
}

function tryCall(
  builder: GraphBuilder,
  name: string,
  args: readonly Argument[],
  kwargs: Record<string, Argument>,
): Value | null {
  const fakes = args.map((arg) => (Array.isArray(arg) ? arg.map(fakeOf) : fakeOf(arg)));
  const nodes = args.map((arg) => (Array.isArray(arg) ? arg.map(nodeOf) : nodeOf(arg)));
  if (Object.keys(kwargs).length > 0) fakes.push(kwargs);
  const fn = functionsByName.get(name);
  let fake: unknown;
  try {
    fake = runFake(() => {
      if (fn !== undefined) return Reflect.apply(fn, undefined, fakes) as unknown;
      const [self, ...rest] = fakes;
      return Reflect.apply(Reflect.get(Object(self), name) as Function, self, rest) as unknown;
    });
  } catch {
    return null;
  }
  if (!isTensor(fake) || stateOf(fake).storage.length > 65536) return null;
  const node =
    fn === undefined
      ? builder.callMethod(name, nodes, { kwargs })
      : builder.callFunction(fn, name, nodes, { kwargs });
  return { node, fake };
}

const isValue = (value: unknown): value is Value =>
  typeof value === "object" && value !== null && "node" in value && "fake" in value;
const fakeOf = (value: unknown): unknown => (isValue(value) ? value.fake : value);
const nodeOf = (value: unknown): unknown => (isValue(value) ? value.node : value);
