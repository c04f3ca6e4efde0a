/**
 * The mode of recording gradients while capturing. The flag itself stays as it is: operations are captured under the mode
 * that the program has reached, and what is left of it at the end of the region is an effect.
 */
import {
  enable_grad,
  is_grad_enabled,
  no_grad,
  set_grad_enabled,
} from "../../autograd/grad-mode.ts";
import { setGradMode } from "../../core/grad-mode-flag.ts";
import type { CallResult } from "../builtins/builtin.ts";
import { lowerFunction } from "../bytecode/lower/lower-function.ts";
import type { FrameworkRule } from "../framework-rule.ts";
import type { CapturableFunction } from "../in-graph-lookup.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { Frame } from "../interpreter/frame.ts";
import type { Machine } from "../interpreter/machine.ts";
import { markPolyfill } from "../interpreter/polyfill.ts";
import type { Tracer } from "../interpreter/tracer.ts";
import {
  ConstantVariable,
  type TensorVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";

/** Frames of `no_grad` and `enable_grad` that a capture entered itself: what it leaves them with, no mode has changed. */
const entered = new WeakSet<Frame>();

const entry = (name: string, mode: boolean) =>
  markPolyfill(
    `torch.${name}`,
    () =>
      lowerFunction(`function ${name}(body) {
        const before = isGradEnabled();
        setGradMode(${mode});
        try {
          return body();
        } finally {
          setGradMode(before);
        }
      }`),
    { isGradEnabled: is_grad_enabled, setGradMode },
  );

function region(name: string, mode: boolean): FrameworkRule {
  const polyfill = entry(name, mode);
  return (machine, args) => {
    const frame = new Frame({
      ...polyfill.enter(machine),
      thisValue: undefinedVariable,
      args,
      newTarget: undefinedVariable,
      self: undefinedVariable,
      returnMode: "push",
    });
    entered.add(frame);
    machine.tracer.frames.push(frame);
    return null;
  };
}

function readMode({ tracer }: Machine): Variable {
  tracer.addGuard({ kind: "GRAD_MODE", enabled: tracer.gradMode.atEntry });
  return new ConstantVariable(tracer.gradMode.now);
}

/** A program's own change stays when the graph throws; that of a region ends with the region. */
function changeMode(machine: Machine, args: readonly Variable[], isOwn: boolean): CallResult {
  const mode = machine.force(args[0] ?? undefinedVariable);
  if (mode.kind !== "constant" || typeof mode.value !== "boolean" || args.length > 1) {
    return breakGraph(
      "skippedFunction",
      { functionName: "torch.set_grad_enabled", why: "what it is given is no known boolean" },
      `call set_grad_enabled(${args.map(describeVariable).join(", ")})`,
    );
  }
  const { gradMode, frames } = machine.tracer;
  gradMode.now = mode.value;
  if (isOwn && !frames.some((frame) => entered.has(frame))) noteLeftMode(machine.tracer);
  return undefinedVariable;
}

/** At the end of a region, and where a change is to stay whatever happens: the mode is what the program has made it. */
export function noteLeftMode(tracer: Tracer): void {
  const { gradMode } = tracer;
  if (gradMode.now === gradMode.noted) return;
  tracer.addEffect({
    kind: "call",
    callee: setGradMode,
    receiver: undefinedVariable,
    args: [new ConstantVariable(gradMode.now)],
  });
  gradMode.noted = gradMode.now;
}

/**
 * A graph runs under one mode. It is that at entry, which code of the program in the graph may see, unless the graph writes to
 * a leaf under `no_grad`.
 */
export function noteModeOf(
  { tracer }: Machine,
  name: string,
  called: CapturableFunction,
  tensors: readonly TensorVariable[],
): void {
  const { gradMode } = tracer;
  const writesToLeaf =
    called.mutates &&
    gradMode.atEntry &&
    !gradMode.now &&
    tensors.some(({ fake }) => fake.requires_grad && fake.is_leaf);
  const seesAnother =
    called.runsProgram && (gradMode.writesToLeaf || gradMode.now !== gradMode.atEntry);
  if (seesAnother || (writesToLeaf && gradMode.runsProgram)) {
    breakGraph(
      "skippedFunction",
      { functionName: name, why: "the graph runs under another grad mode than this call" },
      `call ${name} under another grad mode`,
    );
  }
  gradMode.writesToLeaf ||= writesToLeaf;
  gradMode.runsProgram ||= called.runsProgram;
}

/** Whether the frame protects nothing but the mode, which an error of the running graph finds unchanged. */
export const protectsOnlyGradMode = (frame: Frame): boolean => entered.has(frame);

export const gradModeRules: readonly (readonly [Function, FrameworkRule])[] = [
  [is_grad_enabled, readMode],
  [set_grad_enabled, (machine, args) => changeMode(machine, args, true)],
  [setGradMode, (machine, args) => changeMode(machine, args, false)],
  [no_grad, region("no_grad", false)],
  [enable_grad, region("enable_grad", true)],
];
