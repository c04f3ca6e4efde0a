/** Small graphs around one operator. */
import { type ApiEntry, apiEntries, type Overload } from "../../src/api/api-entry.ts";
import { inGraphFunctions } from "../../src/api/in-graph.ts";
import { isTensor } from "../../src/core/tensor.ts";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import { operators } from "../../src/fx/operators.ts";
import type { Node, TargetFunction } from "../../src/fx/node.ts";
import type { AnyArgs, OpRecord } from "../../src/ops/op-record.ts";

/** The functions that graphs may call. */
export const functionsByName: ReadonlyMap<string, TargetFunction> = new Map<string, TargetFunction>(
  [...inGraphFunctions()].map(([value, { name }]) => [name, value as TargetFunction]),
);

/** How a record is called: the first public name that graphs may hold, in place or not. */
export interface PublicCall {
  readonly entry: ApiEntry;
  readonly overload: Overload;
}

export function publicCalls(op: OpRecord): readonly PublicCall[] {
  return op.api.flatMap((name) => {
    const entry = apiEntries().get(name);
    const overload = entry?.overloads.find((each) => each.op === op);
    if (entry === undefined || overload === undefined || entry.isProperty) return [];
    return entry.isMethod || functionsByName.has(name) ? [{ entry, overload }] : [];
  });
}

export interface GraphOfOp {
  readonly module: GraphModule;
  readonly inputs: readonly unknown[];
}

/**
 * A graph that calls the operator once with these arguments, every tensor and (if asked) every number of the
 * arithmetic an input; `outputCount` items of the result are outputs, all of it if it is one tensor.
 */
export function graphOfOp(
  { entry, overload }: PublicCall,
  args: AnyArgs,
  options: { readonly outputCount: number | null; readonly symbolicNumbers: boolean },
): GraphOfOp {
  const builder = new GraphBuilder();
  const inputs: unknown[] = [];
  const lift = (value: unknown, kind: string): unknown => {
    const isNumber = typeof value === "number" && options.symbolicNumbers;
    if (isTensor(value) || (isNumber && (kind === "operand" || kind === "scalar"))) {
      inputs.push(value);
      return builder.placeholder(`input${inputs.length}`, { example: value });
    }
    return Array.isArray(value) ? value.map((item) => lift(item, kind)) : value;
  };
  const positional: unknown[] = entry.isMethod ? [lift(args["self"], "tensor")] : [];
  const keywords: Record<string, unknown> = {};
  let inOrder = true;
  for (const { name, key, arg } of overload.parameters) {
    const given = Object.hasOwn(args, key) && args[key] !== undefined;
    if (!given) inOrder = false;
    else if (inOrder && !arg.keywordOnly) positional.push(lift(args[key], arg.kind));
    else keywords[name] = lift(args[key], arg.kind);
  }
  const details = { kwargs: keywords };
  const target = functionsByName.get(entry.fullName);
  const call =
    entry.isMethod || target === undefined
      ? builder.callMethod(entry.name, positional, details)
      : builder.callFunction(target, entry.fullName, positional, details);
  const { getitem } = operators;
  const outputs: readonly Node[] =
    options.outputCount === null
      ? [call]
      : Array.from({ length: options.outputCount }, (_, index) =>
          builder.callFunction(getitem.apply, getitem.name, [call, index]),
        );
  return { module: createGraphModule(builder.build(outputs)), inputs };
}
