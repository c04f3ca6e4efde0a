import type { GraphModule } from "../../../fx/graph-module-brand.ts";
import type { CallResult } from "../../builtins/builtin.ts";
import { arrayItems } from "../../interpreter/contents.ts";
import type { Machine } from "../../interpreter/machine.ts";
import {
  ConstantVariable,
  LazyVariable,
  type Variable,
  undefinedVariable,
} from "../../variables/variable.ts";
import { ownDataProperties } from "../own-data-properties.ts";
import { branchesOutputs } from "./branches-outputs.ts";
import { refuseArguments } from "./checks.ts";
import { namingOperator } from "./naming-operator.ts";
import { callOperator } from "./operator-result.ts";
import { withLeaves } from "./result-tree.ts";
import { captureSubgraph, checkCallable, joinSubgraphs } from "./subgraph.ts";

interface Invocation {
  readonly operator: string;
  /** What the operator calls its function. */
  readonly role: string;
  /** Its name in graphs. */
  readonly node: string;
  readonly graph: string;
  readonly hints?: Readonly<Record<string, unknown>>;
}

/** A call that becomes one node around a sub-graph. */
function invoke(
  machine: Machine,
  { operator, role, node, graph, hints }: Invocation,
  fn: Variable,
  args: readonly Variable[],
): CallResult {
  return namingOperator(machine, operator, () => {
    checkCallable(operator, machine.force(fn), "argument 1");
    const body = captureSubgraph(machine, operator, role, fn, () => args);
    const outputs = branchesOutputs(machine, operator, [body]);
    const { attributes, operands } = joinSubgraphs(machine, [body], [graph]);
    const extra = hints === undefined ? [] : [hints];
    const results = callOperator(
      machine,
      { name: node, run: runSubgraph },
      [attributes[0], operands, ...extra],
      outputs,
    ).values();
    return withLeaves(machine, body.result.value, () => results.next().value ?? undefinedVariable);
  });
}

const runSubgraph = (body: GraphModule, operands: readonly unknown[]): unknown => body(...operands);

/** A call of a function given to `nested_compile_region`. */
export const captureRegion = (
  machine: Machine,
  fn: Function,
  args: readonly Variable[],
): CallResult =>
  invoke(
    machine,
    {
      operator: "torch.compiler.nested_compile_region",
      role: fn.name === "" ? "the region" : fn.name,
      node: "torch._higher_order_ops.invoke_subgraph",
      graph: "repeated_subgraph_0",
    },
    new LazyVariable(fn, { kind: "pinned", value: fn, name: fn.name }),
    args,
  );

/** `torch.utils.checkpoint.checkpoint(fn, ...args)`. */
export function captureCheckpoint(machine: Machine, args: readonly Variable[]): CallResult {
  const [fn = undefinedVariable, ...operands] = args;
  return invoke(
    machine,
    {
      operator: "torch.utils.checkpoint.checkpoint",
      role: "function",
      node: "torch._higher_order_ops.tag_activation_checkpoint",
      graph: "wrap_body_0",
    },
    fn,
    operands,
  );
}

/** `hints_wrapper(body_fn, args, { hints })`. */
export function captureHintsWrapper(machine: Machine, args: readonly Variable[]): CallResult {
  const operator = "torch._higher_order_ops.hints_wrapper";
  const [fn = undefinedVariable, list = undefinedVariable, options = undefinedVariable] = args;
  const operands = machine.force(list);
  const given = machine.force(options);
  if (operands.kind !== "array" || given.kind !== "object")
    return namingOperator(machine, operator, () =>
      refuseArguments(
        operator,
        "a function, an array of arguments and { hints }",
        "hintsWrapperArguments",
      ),
    );
  const hints: Record<string, unknown> = {};
  for (const [key, value] of ownDataProperties(machine, given)) {
    const inner = machine.force(value);
    if (key !== "hints" || inner.kind !== "object") continue;
    for (const [name, hint] of ownDataProperties(machine, inner)) {
      const constant = machine.force(hint);
      hints[String(name)] = constant instanceof ConstantVariable ? constant.value : null;
    }
  }
  return invoke(
    machine,
    { operator, role: "body_fn", node: operator, graph: "hints_wrapper_body_0", hints },
    fn,
    arrayItems(machine, operands).map((item) => item ?? undefinedVariable),
  );
}
