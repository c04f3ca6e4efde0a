import { RuntimeError } from "../base/errors.ts";
import { config } from "./config.ts";
import { isFrameworkFile } from "./source/framework-files.ts";
import { formatReason } from "./graph-breaks/graph-break-record.ts";
import type { GraphBreakRecord } from "./graph-breaks/graph-break-record.ts";
import { collapseResumeFrames, formatFrames } from "./graph-breaks/user-frame.ts";
import type { UserFrame } from "./graph-breaks/user-frame.ts";

/** `torch._dynamo.exc`: the errors that compiling can throw. */
export class TorchDynamoException extends RuntimeError {
  static {
    nameOnPrototype(this, "TorchDynamoException");
  }

  constructor(message: string, options?: ErrorOptions) {
    // So many frames of the compiler may lie on top of the program's.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 200;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
    if (!config.verbose) hideFramework(this, stackTraceLimit);
  }
}

/** A graph break where none is allowed (`fullgraph: true`). */
export class Unsupported extends TorchDynamoException {
  static {
    nameOnPrototype(this, "Unsupported");
  }
  declare readonly record: GraphBreakRecord;

  constructor(record: GraphBreakRecord) {
    super(withUserCode(formatReason(record), record.stack));
    defineHidden(this, "record", record);
  }
}

/** A graph break inside a function given to a higher-order operator, which cannot run otherwise. */
export class UncapturedHigherOrderOpError extends TorchDynamoException {
  static {
    nameOnPrototype(this, "UncapturedHigherOrderOpError");
  }
  declare readonly record: GraphBreakRecord;

  constructor(record: GraphBreakRecord) {
    const operator = record.higherOrderOperator ?? "This higher-order operator";
    const place = record.higherOrderFunction === null ? "" : ` in ${record.higherOrderFunction}`;
    const lead = `${operator} works only when the functions given to it are captured completely, but${place} there was:`;
    super(withUserCode(`${lead}\n\n${formatReason(record)}`, record.stack));
    defineHidden(this, "record", record);
  }
}

/** The program asks for something that compiling cannot mean, such as a guard on a number that only running gives. */
export class UserError extends TorchDynamoException {
  static {
    nameOnPrototype(this, "UserError");
  }

  constructor(message: string, stack: readonly UserFrame[] = []) {
    super(withUserCode(message, stack));
  }
}

/** A dimension that `mark_dynamic` says is dynamic can have only one size in the program. */
export class ConstraintViolationError extends UserError {
  static {
    nameOnPrototype(this, "ConstraintViolationError");
  }
}

/** An operator of the graph fails whatever the data is, and the program does not catch it. */
export class TorchRuntimeError extends TorchDynamoException {
  static {
    nameOnPrototype(this, "TorchRuntimeError");
  }

  constructor(message: string, stack: readonly UserFrame[] = [], options?: ErrorOptions) {
    super(withUserCode(message, stack), options);
  }
}

/** A bug of the compiler. The cause is the error as it was thrown. */
export class InternalTorchDynamoError extends TorchDynamoException {
  static {
    nameOnPrototype(this, "InternalTorchDynamoError");
  }

  constructor(cause: unknown, stack: readonly UserFrame[] = []) {
    super(withUserCode(`${describeCause(cause)}\n\n${workaround}`, stack), { cause });
  }
}

/** A backend threw while it compiled a graph. */
export class BackendCompilerFailed extends TorchDynamoException {
  static {
    nameOnPrototype(this, "BackendCompilerFailed");
  }

  constructor(backendName: string, cause: unknown) {
    super(`backend='${backendName}' raised:\n${describeCause(cause)}\n\n${workaround}`, { cause });
  }
}

/** There is no backend of this name, or the value given as backend is neither a name nor a function. */
export class InvalidBackend extends TorchDynamoException {
  static {
    nameOnPrototype(this, "InvalidBackend");
  }
}

/** A recompilation where `error_on_recompile` forbids it. */
export class RecompileError extends TorchDynamoException {
  static {
    nameOnPrototype(this, "RecompileError");
  }
}

/** The recompile limit was hit where it must not be (`fullgraph: true`, `fail_on_recompile_limit_hit`). */
export class FailOnRecompileLimitHit extends TorchDynamoException {
  static {
    nameOnPrototype(this, "FailOnRecompileLimitHit");
  }
}

const workaround =
  "To run the function as plain JavaScript when this happens, set `torch._dynamo.config.suppress_errors = true`.";

const verboseAdvice =
  "Set TORCHDYNAMO_VERBOSE=1 for the internal stack trace (please include it in a bug report). " +
  'For even more developer context, set TORCH_LOGS="+dynamo"';

function withUserCode(message: string, stack: readonly UserFrame[]): string {
  const frames =
    stack.length === 0 ? "" : `\n\nfrom user code:\n${formatFrames(collapseResumeFrames(stack))}`;
  return `${message}${frames}\n\n${verboseAdvice}\n`;
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

/** Leaves the stack to the program's own frames; with TORCHDYNAMO_VERBOSE=1 it stays as the engine made it. */
function hideFramework(error: Error, limit: number): void {
  const { stack, message } = error;
  const end = typeof stack === "string" ? stack.indexOf(message) + message.length : -1;
  if (typeof stack !== "string" || end < message.length) return;
  const own = stack
    .slice(end)
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !isFrameworkFrame(line));
  defineHidden(error, "stack", [stack.slice(0, end), ...own.slice(0, limit)].join("\n"));
}

/** `    at name (file:line:column)`, or without a name. */
function isFrameworkFrame(line: string): boolean {
  if (line.includes("eval at makeFunction")) return true;
  const place = /(?:\(|at (?:async )?)([^()\s]+):\d+:\d+\)?$/.exec(line)?.[1];
  return place !== undefined && isFrameworkFile(place);
}

/** Errors that nobody catches are printed with their enumerable properties. */
function defineHidden(error: Error, key: "stack" | "record", value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true });
}

// As for built-in errors: the name does not show among an error's own properties.
function nameOnPrototype(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, "name", {
    value: name,
    configurable: true,
    writable: true,
  });
}
