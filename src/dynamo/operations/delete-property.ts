import { isObject } from "../../base/is-object.ts";
import { isIntrinsicHolder } from "../builtins/intrinsics.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { type Variable, describeForUser, describeVariable } from "../variables/variable.ts";
import { describeKey } from "./describe-key.ts";
import { isErrorStack } from "./error-stack.ts";
import { noteWritten } from "./prototype-chain.ts";

/** OrdinaryDelete (§10.1.10) on plain objects. */
export function deleteProperty(machine: Machine, base: Variable, key: PropertyKey): boolean {
  const target = machine.force(base);
  // Everything else relies on what the engine's own objects have.
  const isIntrinsic =
    "value" in target && isObject(target.value) && isIntrinsicHolder(target.value);
  if (target.kind !== "object" || target.frozen || isIntrinsic || isErrorStack(target, key)) {
    return breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `delete ${describeVariable(target)} ${describeKey(key)}`,
    );
  }
  machine.tracer.noteMutation(target, `the property ${describeKey(key)}`);
  if (target.value === null || target.source === null) {
    // The Error constructor makes a message again when the object is made real: that it is gone must stay known.
    if (target.error !== null && key === "message") target.properties.set(key, { kind: "deleted" });
    else target.properties.delete(key);
    return true;
  }
  const descriptor = Object.getOwnPropertyDescriptor(target.value, key);
  if (descriptor !== undefined && descriptor.configurable !== true) {
    return breakGraph(
      "unsupportedPropertyWrite",
      { object: describeForUser(target), property: describeKey(key) },
      `delete ${describeKey(key)}`,
    );
  }
  if (descriptor === undefined)
    machine.tracer.addGuard({ kind: "NOT_PRESENT", source: target.source, key });
  else machine.tracer.addGuard({ kind: "CONFIGURABLE", source: target.source, key });
  noteWritten(machine, target);
  target.properties.set(key, { kind: "deleted" });
  machine.tracer.addEffect({ kind: "deleteProperty", target, key });
  return true;
}
