import { InternalError } from "../../base/errors.ts";
import type { GraphFailure, GraphModule } from "../../fx/graph-module-brand.ts";
import { createGraphModule } from "../../fx/graph-module.ts";
import { printExpression } from "../../symbolic/expression.ts";
import type { Machine } from "../interpreter/machine.ts";
import type { Outcome } from "../interpreter/outcome.ts";
import { residualBindings } from "./residual-bindings.ts";
import { BreakWriter, type UnitFor } from "./break-writer.ts";
import { EffectWriter } from "./effect-writer.ts";
import { ResidualWriter } from "./residual-writer.ts";
import { makeFunction } from "../../script/make-function.ts";

/** What generated code of one segment does when it is called. */
export type ResidualCode = (receiver: unknown, inputs: readonly unknown[]) => unknown;

export interface Residual {
  readonly text: string;
  readonly graphModule: GraphModule | null;
  /** The values the graph is compiled for, in the order of its inputs. */
  readonly exampleInputs: readonly unknown[];
  link(runGraph: ((...inputs: readonly unknown[]) => unknown) | null): ResidualCode;
}

/**
 * Turns the end of a capture into code: reload, call the graph, replay effects in program order, then return, or
 * execute the breaking instruction natively and go on in a resume function.
 */
export function buildResidual(
  machine: Machine,
  outcome: Exclude<Outcome, { kind: "throw" }>,
  unitFor: UnitFor,
): Residual {
  const writer = new ResidualWriter();
  const effects = new EffectWriter(writer, machine.tracer.effects);
  if (outcome.kind === "return") writer.body.push(`return ${writer.value(outcome.value)};`);
  else {
    const breaking = new BreakWriter(writer, machine, outcome.graphBreak, unitFor);
    if (outcome.graphBreak.reason.key === "traceTooLong") breaking.writeNativeRest();
    else breaking.write();
  }
  return assemble(machine, writer, effects);
}

function assemble(machine: Machine, writer: ResidualWriter, effects: EffectWriter): Residual {
  const { graph } = machine.tracer;
  const hasGraph = graph.callCount > 0;
  const inputs = graph.inputs.map((input) =>
    input.kind === "tensor"
      ? writer.load(input.source)
      : printExpression(
          input.expression,
          (leaf) => {
            if (leaf.kind !== "source") throw new InternalError("a graph input exists at entry");
            return writer.load(leaf.source);
          },
          (name) => writer.textOf(Math[name]),
        ),
  );
  const graphModule = hasGraph ? createGraphModule(graph.builder.build([...writer.outputs])) : null;
  const call =
    graphModule === null
      ? []
      : graphCall(inputs, effects.beforeFailure(graphModule.graph, writer.outputs));
  // A store or delete that is refused throws in strict code only: the breaking instruction runs in the mode of its function.
  const isStrict = machine.tracer.frames.at(-1)?.code.isStrict ?? true;
  const text = [...writer.loads, ...call, ...writer.body].join("\n");
  return {
    text,
    graphModule,
    exampleInputs: graph.inputs.map((input) => input.example),
    link: (runGraph) => link(text, isStrict, writer.constants, runGraph, graphModule),
  };
}

/** When the graph throws, what eager code would have done before the throwing call is done, then the error passes. */
function graphCall(inputs: readonly string[], replay: readonly string[]): readonly string[] {
  const call = `G(${inputs.join(", ")})`;
  if (replay.length === 0) return [`const g = ${call};`];
  return [
    "let g;",
    "try {",
    `g = ${call};`,
    "} catch (error) {",
    "const { callIndex: failed, outputs } = failure();",
    "g = outputs;",
    ...replay,
    "throw error;",
    "}",
  ];
}

function link(
  text: string,
  isStrict: boolean,
  constants: readonly unknown[],
  runGraph: unknown,
  graphModule: GraphModule | null,
): ResidualCode {
  const names = constants.map((_, index) => `k${index} = K[${index}]`);
  const make = makeFunction(
    ["K", "R", "B", "G", "failure"],
    `${isStrict ? '"use strict";\n' : ""}${names.length > 0 ? `const ${names.join(", ")};\n` : ""}return (T, A) => {\n${text}\n};`,
  );
  // A backend that runs something else and does not say where it failed (`noteFailure`): then nothing is replayed.
  const failure = (): GraphFailure => graphModule?.takeFailure() ?? { callIndex: -1, outputs: [] };
  // The text above returns a function of receiver and inputs.
  return make(constants, residualBindings.R, residualBindings.B, runGraph, failure) as ResidualCode;
}
