import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { PrivateName } from "../source/private-name.ts";
import type { Source } from "../variables/source.ts";
import {
  ConstantVariable,
  type ForcedVariable,
  LazyVariable,
  type ObjectVariable,
  type UserFunctionVariable,
  type Variable,
  describeForUser,
  describeVariable,
} from "../variables/variable.ts";

type Verb = "get" | "set" | "has";

/** An object or class from outside, with what is needed to look at its private names. */
interface Outside {
  readonly target: ObjectVariable | UserFunctionVariable;
  readonly value: object;
  readonly source: Source;
}

/** PrivateGet (ECMA-262 §7.3.31) of fields and methods; accessors run code of the program, natively. */
export function getPrivate(machine: Machine, object: Variable, key: Variable): Variable {
  const name = nameOf(machine, key);
  const { target, value, source } = outsideOf(machine, object, name, "get");
  requireBrand(machine, value, source, name);
  if (name.kind === "accessor") refuse(machine, target, name, "get");
  if (name.kind === "method") {
    // Every instance of the class has the same one.
    const method = name.get(value) as Function; // a private method
    return machine.tracer.pinnedFunction(method);
  }
  const written =
    target.kind === "object" ? target.privates.get(fieldOf(target, value, name)) : undefined;
  return written ?? new LazyVariable(name.get(value), { kind: "private", base: source, name });
}

/** PrivateSet (§7.3.32) of a field. */
export function setPrivate(
  machine: Machine,
  object: Variable,
  key: Variable,
  assigned: Variable,
): void {
  const name = nameOf(machine, key);
  const { target, value, source } = outsideOf(machine, object, name, "set");
  requireBrand(machine, value, source, name);
  if (name.kind !== "field" || target.kind !== "object")
    return refuse(machine, target, name, "set");
  machine.tracer.noteMutation(target, `the private field ${name.name}`);
  target.privates.set(fieldOf(target, value, name), assigned);
  machine.tracer.addEffect({ kind: "setPrivate", target, name, value: assigned });
}

/** `#x in object` (§13.10.1). */
export function hasPrivate(machine: Machine, key: Variable, object: Variable): Variable {
  const name = nameOf(machine, key);
  const { value, source } = outsideOf(machine, object, name, "has");
  const truth = name.has(value);
  machine.tracer.addGuard({ kind: "PRIVATE_NAME", source, name, truth });
  return new ConstantVariable(truth);
}

function nameOf(machine: Machine, key: Variable): PrivateName {
  const name = machine.force(key);
  if ("value" in name && name.value instanceof PrivateName) return name.value;
  return refuse(machine, name, null, "get");
}

function outsideOf(machine: Machine, object: Variable, name: PrivateName, verb: Verb): Outside {
  const target = machine.force(object);
  const isHolder = target.kind === "object" || target.kind === "function";
  if (!isHolder || target.value === null || target.source === null)
    return refuse(machine, target, name, verb);
  return { target, value: target.value, source: target.source };
}

/** Another object of the same prototype may lack the field: reading it would throw. */
function requireBrand(machine: Machine, value: object, source: Source, name: PrivateName): void {
  if (!name.has(value))
    breakGraph(
      "observedException",
      { errorClass: "TypeError", message: `an object has no ${name.name}` },
      "private name",
    );
  machine.tracer.addGuard({ kind: "PRIVATE_NAME", source, name, truth: true });
}

/** The name under which this capture knows the field already: every function has a name of its own for it. */
function fieldOf(target: ObjectVariable, value: object, name: PrivateName): PrivateName {
  for (const known of target.privates.keys()) if (known.isSameField(value, name)) return known;
  return name;
}

function refuse(
  machine: Machine,
  target: ForcedVariable,
  name: PrivateName | null,
  verb: Verb,
): never {
  const object = describeForUser(target);
  const property = name?.name ?? machine.expressionText();
  const context = `${verb} ${property} of ${describeVariable(target)}`;
  return verb === "set"
    ? breakGraph("unsupportedPropertyWrite", { object, property }, context)
    : breakGraph("unknownProperty", { object, property }, context);
}
