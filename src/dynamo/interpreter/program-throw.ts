import { ConstantVariable, ObjectVariable, type Variable } from "../variables/variable.ts";

/**
 * Thrown by an operation that throws in the program: the machine goes on at the program's handler. Only where the error
 * is exactly the engine's, and nothing of the instruction has happened yet.
 */
export class ProgramThrow {
  readonly value: Variable;

  constructor(value: Variable) {
    this.value = value;
  }
}

export function throwTypeError(text: string): never {
  const message = new ConstantVariable(text);
  const error = new ObjectVariable({
    prototype: TypeError.prototype,
    error: { constructor: TypeError, message },
  });
  error.properties.set("message", { kind: "data", value: message, enumerable: false });
  throw new ProgramThrow(error);
}
