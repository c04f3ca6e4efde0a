import { metaOf, type TensorMeta } from "../../../core/tensor-meta.ts";
import { stateOf } from "../../../core/tensor.ts";
import type { Tensor } from "../../../api/tensor.ts";
import type { Argument, Node, TargetFunction } from "../../../fx/node.ts";
import type { Machine } from "../../interpreter/machine.ts";
import {
  ConstantVariable,
  NumberVariable,
  TensorVariable,
  type Variable,
} from "../../variables/variable.ts";
import { typeOf } from "../operators.ts";
import { copyOf, type Subgraph } from "./subgraph.ts";
import type { TreeLeaf } from "./result-tree.ts";

/** What is known about one output of an operator before it runs. */
export type OutputLeaf =
  | { readonly kind: "tensor"; readonly fake: Tensor; readonly mayAlias: boolean }
  | { readonly kind: "number"; readonly type: "number" | "boolean" }
  | { readonly kind: "constant"; readonly value: number | boolean };

/** Adds the node of an operator; its outputs are those leaves, in order. */
export function callOperator(
  machine: Machine,
  operator: { readonly name: string; readonly run: TargetFunction },
  args: readonly Argument[],
  outputs: readonly OutputLeaf[],
): readonly Variable[] {
  const { graph } = machine.tracer;
  const examples = outputs.map((leaf) => (leaf.kind === "tensor" ? leaf.fake : undefined));
  const call = graph.callFunction(operator.run, operator.name, args, examples, machine.place());
  return outputs.map((leaf, index) => outputVariable(machine, call, index, leaf));
}

function outputVariable(machine: Machine, call: Node, index: number, leaf: OutputLeaf): Variable {
  const { graph } = machine.tracer;
  switch (leaf.kind) {
    case "constant":
      return new ConstantVariable(leaf.value);
    case "number": {
      const node = graph.getItem(call, index, undefined, machine.place());
      return new NumberVariable(
        { kind: "leaf", leaf: { kind: "node", node, type: leaf.type } },
        undefined,
      );
    }
    case "tensor": {
      const node = graph.getItem(call, index, leaf.fake, machine.place());
      const variable = new TensorVariable(leaf.fake, node, null, null);
      variable.mayAlias = leaf.mayAlias;
      return variable;
    }
  }
}

/** What the functions of an operator give in one place, when any of them may have run; null if they do not go together. */
export function mergeLeaves(
  machine: Machine,
  leaves: readonly (readonly [Subgraph, TreeLeaf])[],
): OutputLeaf | null {
  const [first] = leaves;
  if (first === undefined) return null;
  const [, leaf] = first;
  if (leaf.kind === "number") {
    const values = leaves.map(([, each]) =>
      each.kind === "number" && each.expression.kind === "constant" ? each.expression.value : null,
    );
    const [value] = values;
    const areBooleans = leaves.every(
      ([, each]) => each.kind === "number" && typeOf(machine, each) === "boolean",
    );
    const type = areBooleans ? "boolean" : "number";
    return value !== null && value !== undefined && values.every((each) => Object.is(each, value))
      ? { kind: "constant", value }
      : { kind: "number", type };
  }
  const metas: TensorMeta[] = [];
  for (const [, each] of leaves) if (each.kind === "tensor") metas.push(metaOf(each.fake));
  const meta = metaOf(leaf.fake);
  if (metas.some(({ dtype, shape }) => dtype !== meta.dtype || shape.length !== meta.shape.length))
    return null;
  const { shapes, unbacked, guardPlace } = machine.tracer;
  // A size that depends on data has a stand-in here, which may happen to be the size of another.
  const isUnknown = (dim: number): boolean =>
    leaves.some(([, each]) => each.kind === "tensor" && unbacked.isUnbackedDim(each.fake, dim));
  const dims = meta.shape.flatMap((size, dim) =>
    metas.every(({ shape }) => shape[dim] === size) && !isUnknown(dim) ? [] : [dim],
  );
  const mayAlias = leaves.some(([subgraph, each]) => isShared(subgraph, each));
  if (dims.length > 0)
    return { kind: "tensor", fake: unbacked.addOrigin(meta.shape, dims, leaf.fake), mayAlias };
  for (const [, each] of leaves)
    if (each.kind === "tensor") shapes.addSameSizes(leaf.fake, each.fake, guardPlace);
  return { kind: "tensor", fake: copyOf(machine, leaf.fake), mayAlias };
}

/** Whether a result is, or shares memory with, a tensor from outside the function or another of its results. */
function isShared({ birth, lifted, ownInputs, result }: Subgraph, leaf: TreeLeaf): boolean {
  if (leaf.kind !== "tensor") return false;
  if (leaf.birth < birth) return true;
  const { storage } = stateOf(leaf.fake);
  const examples = [...lifted.map(({ operand }) => operand), ...ownInputs].map(
    (node) => node.meta.example,
  );
  if (examples.some((example) => isFakeTensor(example) && stateOf(example).storage === storage))
    return true;
  return result.leaves.some(
    (other) => other !== leaf && other.kind === "tensor" && stateOf(other.fake).storage === storage,
  );
}

const isFakeTensor = (value: unknown): value is Tensor =>
  typeof value === "object" && value !== null && "storage_offset" in value && "dtype" in value;
