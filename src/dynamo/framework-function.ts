import { _check } from "../api/check.ts";
import { associative_scan } from "../api/higher-order/associative-scan.ts";
import { checkpoint } from "../api/checkpoint.ts";
import { hints_wrapper } from "../api/higher-order/hints-wrapper.ts";
import { print } from "../api/higher-order/print.ts";
import { map } from "../api/higher-order/map.ts";
import { scan } from "../api/higher-order/scan.ts";
import { switch_ } from "../api/higher-order/switch.ts";
import { while_loop } from "../api/higher-order/while-loop.ts";
import { cond } from "../api/higher-order/cond.ts";
import { breakGraph, skipFrame } from "./graph-breaks/graph-break.ts";
import type { FrameworkRule } from "./framework-rule.ts";
import type { Machine } from "./interpreter/machine.ts";
import { captureAssociativeScan, captureMap, captureScan } from "./operations/higher-order/scan.ts";
import { regionOf } from "./nested-region.ts";
import {
  captureCheckpoint,
  captureHintsWrapper,
  captureRegion,
} from "./operations/higher-order/invoke-subgraph.ts";
import { capturePrint } from "./operations/higher-order/print.ts";
import { captureSwitch } from "./operations/higher-order/switch.ts";
import { captureWhileLoop } from "./operations/higher-order/while-loop.ts";
import { captureCond } from "./operations/higher-order/cond.ts";
import { askCondition, checkCondition } from "./operations/check-condition.ts";
import { gradModeRules } from "./operations/grad-mode.ts";
import { set_stance } from "./stance.ts";
import { UserError } from "./exc.ts";
import { userStack } from "./units/user-stack.ts";
import { guard_or_false, guard_or_true, statically_known_true } from "./symbolic-shapes.ts";
import { ConstantVariable, type Variable } from "./variables/variable.ts";

/** `torch._dynamo.graph_break()`: does nothing in eager, ends the graph while capturing. */
export function graph_break(_options: { readonly msg?: string } = {}): void {
  // Eager code simply goes on.
}

/** `torch._dynamo.skip_frame()`: the function that calls it is not captured any further. */
export function skip_frame(_options: { readonly msg?: string } = {}): void {
  // Eager code simply goes on.
}

/** `torch.compiler.is_compiling()`: true in captured code, false in eager. */
export function is_compiling(): boolean {
  return false;
}

function messageOf(machine: Machine, [first]: readonly Variable[]): string | null {
  if (first === undefined) return null;
  const options = machine.force(first);
  const slot = options.kind === "object" ? options.properties.get("msg") : undefined;
  const message = slot?.kind === "data" ? machine.force(slot.value) : null;
  return message?.kind === "constant" && typeof message.value === "string" ? message.value : null;
}

/** What is compiled must not depend on how it is compiled. */
function refuseStance({ tracer }: Machine): never {
  throw new UserError(
    "attempted to set_stance in a torch.compile region: set it outside of compiled functions, or in a function given to torch.compiler.disable",
    userStack(tracer.frames, "", true),
  );
}

const rules = new Map<Function, FrameworkRule>([
  [
    graph_break,
    (machine, args) =>
      breakGraph("userGraphBreak", { message: messageOf(machine, args) }, "call graph_break"),
  ],
  [
    skip_frame,
    (machine, args) =>
      skipFrame("userSkipFrame", { message: messageOf(machine, args) }, "call skip_frame"),
  ],
  [is_compiling, () => new ConstantVariable(true)],
  [set_stance, refuseStance],
  ...gradModeRules,
  [cond, captureCond],
  [while_loop, captureWhileLoop],
  [scan, captureScan],
  [associative_scan, captureAssociativeScan],
  [map, captureMap],
  [switch_, captureSwitch],
  [checkpoint, captureCheckpoint],
  [hints_wrapper, captureHintsWrapper],
  [print, capturePrint],
  [_check, checkCondition],
  [statically_known_true, askCondition(false, false)],
  [guard_or_false, askCondition(false, true)],
  [guard_or_true, askCondition(true, true)],
]);

/** The rule of a function of this package that means something to the interpreter itself. */
export function frameworkFunction(fn: Function): FrameworkRule | null {
  const region = regionOf(fn);
  if (region !== null) return (machine, args) => captureRegion(machine, region, args);
  return rules.get(fn) ?? null;
}
