/** Carries out a program step by step, with memory of its own for every buffer. */
import type { GraphFailure } from "../fx/graph-module-brand.ts";
import { mapArgument } from "../fx/node.ts";
import type { Launch } from "../loops/backend.ts";
import { observeRoutine } from "../loops/observe-launches.ts";
import { currentBackend } from "../loops/run-computation.ts";
import { Frame } from "./frame.ts";
import { frameLayout } from "./frame-layout.ts";
import { invoke } from "./invoke.ts";
import type { LaunchStep, Program, Step, TemplateStep } from "./program.ts";

/** Runs the program on real inputs. What is thrown is reported with the call it belongs to, and passes. */
export function runProgram(
  program: Program,
  inputs: readonly unknown[],
  noteFailure: (failure: GraphFailure) => void,
): unknown {
  const layout = frameLayout(program);
  const lent = layout.buffers.map(() => null);
  const frame = new Frame(program, layout, inputs, lent);
  let current: Step | null = null;
  try {
    for (const step of program.steps) {
      current = step;
      runStep(frame, step);
    }
  } catch (error) {
    if (current !== null) {
      const { callIndex } = current;
      noteFailure({ callIndex, outputs: outputsBefore(program, frame, callIndex) });
    }
    throw error;
  }
  return frame.real(program.outputs);
}

export function runStep(frame: Frame, step: Step): void {
  switch (step.kind) {
    case "launch":
      return currentBackend().run({
        kernel: step.kernel,
        parallel: step.parallel,
        fold: step.fold,
        source: step.node.meta.source,
        ...given(frame, step),
      });
    case "template":
      return currentBackend().runTemplate({
        kernel: step.kernel,
        axes: step.axes,
        source: step.node.meta.source,
        ...given(frame, step),
      });
    case "chain":
      for (const part of step.parts) runStep(frame, part);
      return;
    case "routine": {
      const { op, routine, args } = step.call;
      const values: Record<string, unknown> = {};
      for (const [name, value] of Object.entries(args)) values[name] = frame.real(value);
      const outputs = step.call.outputs.map((output) => frame.tensor(output));
      return observeRoutine(op.name, outputs, step.node.meta.source, () =>
        routine(values, outputs),
      );
    }
    case "call":
      return frame.bind(
        step.result,
        invoke(
          step.node,
          step.args.map((arg) => frame.real(arg)),
        ),
      );
    case "version":
      frame.storageOf(step.buffer).version += 1;
      return;
  }
}

/** What a launch works on in this call. */
function given(
  frame: Frame,
  { operands, scalars }: LaunchStep | TemplateStep,
): Pick<Launch, "operands" | "scalars"> {
  return {
    operands: operands.map((place) => ({ tensor: frame.operand(place), strides: place.strides })),
    scalars: scalars.map((scalar) => frame.scalarNow(scalar)),
  };
}

/** The outputs as far as they were computed before call `failed`; undefined for the others. */
export function outputsBefore(program: Program, frame: Frame, failed: number): unknown {
  return mapArgument(program.outputs, (leaf) =>
    (program.madeBy.get(leaf) ?? -1) < failed ? frame.real(leaf) : undefined,
  );
}
