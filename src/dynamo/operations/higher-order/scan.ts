import { associative_scan } from "../../../api/higher-order/associative-scan.ts";
import { map } from "../../../api/higher-order/map.ts";
import { scan } from "../../../api/higher-order/scan.ts";
import type { Tensor } from "../../../api/tensor.ts";
import type { GraphModule } from "../../../fx/graph-module-brand.ts";
import type { CallResult } from "../../builtins/builtin.ts";
import type { OperatorArgumentBreak } from "../../graph-breaks/operator-argument-breaks.ts";
import type { Machine } from "../../interpreter/machine.ts";
import {
  ArrayVariable,
  TensorVariable,
  type Variable,
  undefinedVariable,
} from "../../variables/variable.ts";
import { ownDataProperties } from "../own-data-properties.ts";
import { refuseArguments, requireSameMeta } from "./checks.ts";
import { derivedFake } from "./derived-fake.ts";
import { namingOperator } from "./naming-operator.ts";
import { callOperator, type OutputLeaf } from "./operator-result.ts";
import { structureOf, type TreeLeaf, withLeaves } from "./result-tree.ts";
import { scannedLeaves, sliceOf, stackedLike } from "./slices.ts";
import {
  captureSubgraph,
  checkCallable,
  copyOf,
  joinSubgraphs,
  type SubgraphInputs,
} from "./subgraph.ts";

const scanName = "torch._higher_order_ops.scan";
const associativeName = "torch._higher_order_ops.associative_scan";
const mapName = "torch._higher_order_ops.map";

/** `scan(combine_fn, init, xs, { dim, reverse })`: the step becomes a sub-graph of carry and slice. */
export function captureScan(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, scanName, () => {
    const [combine, init, xs, options] = args;
    if (combine === undefined || init === undefined || xs === undefined || args.length > 4)
      return refuseArguments(scanName, "combine_fn, init, xs and options");
    checkCallable(scanName, machine.force(combine), "combine_fn");
    const { dim, reverse } = walk(machine, scanName, options);
    const start = treeOf(machine, scanName, init, "scanInit");
    const carry = start.leaves;
    const whole = scannedLeaves(
      machine,
      scanName,
      treeOf(machine, scanName, xs, "scanXs").leaves,
      dim,
    );
    const step = captureSubgraph(machine, scanName, "combine_fn", combine, (inputs) => [
      rebuilt(
        machine,
        init,
        carry.map((leaf, index) => inputLike(inputs, leaf, `carry_${index}`)),
      ),
      rebuilt(machine, xs, sliceInputs(machine, inputs, whole, dim)),
    ]);
    const pair = machine.force(step.result.value);
    if (pair.kind !== "array" || pair.items?.length !== 2)
      return refuseArguments(
        scanName,
        "combine_fn to return a pair: [carry, output]",
        "scanReturns",
      );
    const first = whole[0];
    if (!step.result.structure.startsWith(`[${start.structure}, `) || first === undefined)
      return refuseArguments(
        scanName,
        "combine_fn to return a carry of the structure of init",
        "scanCombine",
      );
    const returned = step.result.leaves.slice(0, carry.length);
    const outputs = step.result.leaves.slice(carry.length);
    for (const [index, leaf] of returned.entries())
      requireSameMeta(machine, scanName, carry[index], leaf);
    const { attributes, operands } = joinSubgraphs(machine, [step], ["combine_graph_0"]);
    const results = callOperator(
      machine,
      { name: scanName, run: runScan },
      [attributes[0], nodesOf(machine, carry), nodesOf(machine, whole), dim, reverse, operands],
      [
        ...carry.map((leaf) => copied(machine, leaf)),
        ...outputs.map((leaf) => stacked(machine, scanName, first, dim, leaf)),
      ],
    );
    return new ArrayVariable({
      items: [
        rebuilt(machine, pair.items[0] ?? undefinedVariable, results.slice(0, carry.length)),
        rebuilt(machine, pair.items[1] ?? undefinedVariable, results.slice(carry.length)),
      ],
    });
  });
}

/** `associative_scan(combine_fn, xs, dim, { reverse })`. */
export function captureAssociativeScan(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, associativeName, () => {
    const [combine, xs, along, options] = args;
    const dimension = along === undefined ? null : machine.force(along);
    if (
      combine === undefined ||
      xs === undefined ||
      dimension?.kind !== "constant" ||
      args.length > 4
    )
      return refuseArguments(
        associativeName,
        "combine_fn, xs, a dimension and options",
        "associativeScanArguments",
      );
    checkCallable(associativeName, machine.force(combine), "combine_fn");
    const dim = Number(dimension.value);
    const { reverse } = walk(machine, associativeName, options);
    const given = treeOf(machine, associativeName, xs, "associativeScanXs");
    const whole = scannedLeaves(machine, associativeName, given.leaves, dim);
    const step = captureSubgraph(machine, associativeName, "combine_fn", combine, (inputs) => [
      rebuilt(machine, xs, sliceInputs(machine, inputs, whole, dim)),
      rebuilt(machine, xs, sliceInputs(machine, inputs, whole, dim)),
    ]);
    if (step.result.structure !== given.structure)
      return refuseArguments(
        associativeName,
        "combine_fn to return the structure of xs",
        "associativeScanStructure",
      );
    for (const [index, leaf] of step.result.leaves.entries()) {
      const tensor = whole[index];
      if (tensor === undefined) continue;
      const slice = new TensorVariable(sliceOf(machine, tensor, dim), null, null, null);
      requireSameMeta(machine, associativeName, slice, leaf);
    }
    const { attributes, operands } = joinSubgraphs(machine, [step], ["combine_graph_0"]);
    const results = callOperator(
      machine,
      { name: associativeName, run: runAssociativeScan },
      [attributes[0], nodesOf(machine, whole), dim, reverse, operands],
      whole.map((leaf) => contiguousLike(machine, leaf, dim)),
    );
    return rebuilt(machine, xs, results);
  });
}

/** `map(f, xs, ...args)`. */
export function captureMap(machine: Machine, args: readonly Variable[]): CallResult {
  return namingOperator(machine, mapName, () => {
    const [f, xs, ...others] = args;
    if (f === undefined || xs === undefined)
      return refuseArguments(mapName, "a function and xs", "mapInputs");
    checkCallable(mapName, machine.force(f), "f");
    const whole = scannedLeaves(
      machine,
      mapName,
      treeOf(machine, mapName, xs, "mapInputs").leaves,
      0,
    );
    const step = captureSubgraph(machine, mapName, "f", f, (inputs) => [
      rebuilt(machine, xs, sliceInputs(machine, inputs, whole, 0)),
      ...others,
    ]);
    const [first] = whole;
    if (first === undefined)
      return refuseArguments(mapName, "at least one tensor in xs", "mapInputs");
    const { attributes, operands } = joinSubgraphs(machine, [step], ["body_graph_0"]);
    const results = callOperator(
      machine,
      { name: mapName, run: runMap },
      [attributes[0], nodesOf(machine, whole), operands],
      step.result.leaves.map((leaf) => stacked(machine, mapName, first, 0, leaf)),
    );
    return rebuilt(machine, step.result.value, results);
  });
}

function walk(
  machine: Machine,
  operator: string,
  options: Variable | undefined,
): { readonly dim: number; readonly reverse: boolean } {
  let dim = 0;
  let reverse = false;
  const given = options === undefined ? undefinedVariable : machine.force(options);
  if (given.kind === "object") {
    for (const [key, property] of ownDataProperties(machine, given)) {
      const value = machine.force(property);
      if (value.kind !== "constant") return refuseArguments(operator, "constant options");
      if (key === "dim") dim = Number(value.value);
      else if (key === "reverse") reverse = value.value === true;
      else if (key !== "combine_mode")
        return refuseArguments(operator, `options it has, not ${String(key)}`);
    }
  } else if (given.kind !== "constant" || given.value !== undefined)
    return refuseArguments(operator, "options as an object");
  return { dim, reverse };
}

interface Tree {
  readonly structure: string;
  readonly leaves: readonly TreeLeaf[];
}

function treeOf(
  machine: Machine,
  operator: string,
  tree: Variable,
  key: OperatorArgumentBreak,
): Tree {
  const leaves: TreeLeaf[] = [];
  const structure = structureOf(machine, tree, leaves, (shown) =>
    refuseArguments(operator, `tensors, or arrays and plain objects of tensors, not ${shown}`, key),
  );
  return { structure, leaves };
}

function rebuilt(machine: Machine, tree: Variable, leaves: readonly Variable[]): Variable {
  const rest = leaves.values();
  return withLeaves(machine, tree, () => rest.next().value ?? undefinedVariable);
}

const inputLike = (inputs: SubgraphInputs, leaf: TreeLeaf, name: string): Variable =>
  leaf.kind === "tensor" ? inputs.tensor(leaf, name) : inputs.number(name);

const sliceInputs = (
  machine: Machine,
  inputs: SubgraphInputs,
  whole: readonly TensorVariable[],
  dim: number,
): readonly Variable[] =>
  whole.map((tensor, index) => inputs.fake(sliceOf(machine, tensor, dim), `x_${index}`));

const nodesOf = ({ tracer }: Machine, leaves: readonly TreeLeaf[]): readonly unknown[] =>
  leaves.map((leaf) =>
    leaf.kind === "tensor" ? tracer.nodeOf(leaf) : tracer.graph.scalar(leaf.expression),
  );

function copied(machine: Machine, leaf: TreeLeaf): OutputLeaf {
  if (leaf.kind === "number") return { kind: "number", type: "number" };
  // A step may hand its carry on as it is.
  return { kind: "tensor", fake: copyOf(machine, leaf.fake), mayAlias: true };
}

function stacked(
  machine: Machine,
  operator: string,
  whole: TensorVariable,
  dim: number,
  leaf: TreeLeaf,
): OutputLeaf {
  if (leaf.kind === "number") return refuseArguments(operator, "tensors as outputs of a step");
  return { kind: "tensor", fake: stackedLike(machine, whole, dim, leaf.fake), mayAlias: false };
}

/** Stacked in front and moved to `dim`: the result of an associative scan. */
function contiguousLike(machine: Machine, leaf: TensorVariable, dim: number): OutputLeaf {
  const inFront = stackedLike(machine, leaf, dim, sliceOf(machine, leaf, dim));
  const moved = derivedFake(machine, "movedim", (tensor: Tensor) => tensor.movedim(0, dim), [
    inFront,
  ]);
  return { kind: "tensor", fake: moved, mayAlias: false };
}

/** A sub-graph gives the list of its outputs. */
const outputsOf = (graph: GraphModule, inputs: readonly unknown[]): readonly Tensor[] =>
  graph(...inputs) as readonly Tensor[];

function runScan(
  step: GraphModule,
  carry: readonly Tensor[],
  whole: readonly Tensor[],
  dim: number,
  reverse: boolean,
  operands: readonly unknown[],
): unknown {
  const [last, outputs] = scan(
    (now: readonly Tensor[], slice: readonly Tensor[]) => {
      const results = outputsOf(step, [...now, ...slice, ...operands]);
      return [results.slice(0, carry.length), results.slice(carry.length)] as const;
    },
    carry,
    whole,
    { dim, reverse },
  );
  return [...last, ...outputs];
}

function runAssociativeScan(
  step: GraphModule,
  whole: readonly Tensor[],
  dim: number,
  reverse: boolean,
  operands: readonly unknown[],
): unknown {
  return associative_scan(
    (left: readonly Tensor[], right: readonly Tensor[]) =>
      outputsOf(step, [...left, ...right, ...operands]),
    whole,
    dim,
    { reverse },
  );
}

function runMap(
  body: GraphModule,
  whole: readonly Tensor[],
  operands: readonly unknown[],
): unknown {
  return map((slice: readonly Tensor[]) => outputsOf(body, [...slice, ...operands]), whole);
}
