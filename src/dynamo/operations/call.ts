import { breakForConstruct } from "../graph-breaks/break-for-construct.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { isObject } from "../../base/is-object.ts";
import { nodeBuiltin } from "../../base/node-builtin.ts";
import type { CallResult } from "../builtins/builtin.ts";
import type { Code } from "../bytecode/code.ts";
import { compiledOf } from "../compiled-target.ts";
import { disabledReason } from "../disable.ts";
import { Frame, maximumDepth, type ReturnMode } from "../interpreter/frame.ts";
import {
  functionCode,
  isInterpretable,
  type NotInterpretable,
  noteNestedCode,
} from "../interpreter/function-code.ts";
import { reachesProxy } from "../interpreter/exotic-object.ts";
import { lexicalThis } from "../interpreter/lexical-this.ts";
import type { Machine } from "../interpreter/machine.ts";
import { captureCells } from "../interpreter/captures.ts";
import { frameworkFunction } from "../framework-function.ts";
import { type Source, sourceName } from "../variables/source.ts";
import { closureInfo } from "../bytecode/closures/make-closure.ts";
import {
  type ClosureVariable,
  ConstantVariable,
  LazyVariable,
  type UserFunctionVariable,
  type Variable,
  describeForUser,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import { callLogging, isConsoleMethod, isRegisteredLogging as logging } from "./call-logging.ts";
import { isPackageFile } from "../source/framework-files.ts";
import { constructUserClass } from "./construct-user-class.ts";
import { frameThis } from "./frame-this.ts";
import { hasConstantResult } from "../opaque-functions.ts";
import { unwrap } from "../transparent-wrapper.ts";
import { makeGenerator } from "./generator.ts";
import { callInGraph } from "./call-in-graph.ts";

/** Call (ECMA-262 §7.3.14): functions of the program are entered, known ones applied, all others break the graph. */
export function callValue(
  machine: Machine,
  callee: Variable,
  thisValue: Variable,
  args: readonly Variable[],
): CallResult {
  const target = machine.force(callee);
  switch (target.kind) {
    case "function": {
      const rule = frameworkFunction(target.value);
      if (rule !== null) return rule(machine, args);
      if (hasConstantResult(target.value)) return constantResult(machine, target.value, args);
      if (logging(target.value)) return callLogging(machine, target.value, thisValue, args);
      return enterCall(machine, target, thisValue, args);
    }
    case "closure":
      return enterCall(machine, target, thisValue, args);
    case "builtin":
      return target.builtin.call(machine, thisValue, args, target.builtin);
    case "inGraph":
      return callInGraph(machine, target, thisValue, args);
    case "bound":
      return callValue(machine, target.target, target.thisValue, [...target.args, ...args]);
    case "opaque":
      if (typeof target.value === "function") {
        if (logging(target.value)) return callLogging(machine, target.value, thisValue, args);
        if (isConsoleMethod(target.value)) {
          const name = `console.${target.value.name}`;
          return breakGraph(
            "untraceableBuiltin",
            {
              functionName: name,
              argumentTypes: args.map((arg) => describeVariable(machine.force(arg))).join(", "),
              loggingFunction: name,
            },
            `call ${name}(${args.map((arg) => describeVariable(machine.force(arg))).join(", ")})`,
          );
        }
        const receiver = machine.force(thisValue);
        if (isLogger(receiver)) {
          return breakGraph(
            "loggerMethod",
            { functionName: calleeText(machine) ?? target.description },
            `call_method ${describeVariable(receiver)} (${args.map((arg) => describeVariable(machine.force(arg))).join(", ")})`,
          );
        }
        if (isBound(target.value)) {
          return breakGraph(
            "nativeFunction",
            { functionName: target.value.name, kind: "bound" },
            `call ${describeVariable(target)}`,
          );
        }
        // A singleton of the engine (`performance`, `Date`) is only the place where the function is kept.
        if (
          receiver.kind === "opaque" &&
          typeof receiver.value === "object" &&
          !sourceName(receiver.source).startsWith("globalThis")
        ) {
          return breakGraph(
            "unsupportedMethod",
            { receiver: describeForUser(receiver), method: target.description },
            `call_method ${describeVariable(receiver)} ${target.description}`,
          );
        }
        return breakGraph(
          "skippedFunction",
          {
            functionName: target.description,
            why: "it is native code, which the compiler cannot look into",
          },
          `call ${describeVariable(target)}`,
        );
      }
      break;
    default:
      break;
  }
  return breakGraph(
    "unsupportedCall",
    { callee: machine.expressionText(), kind: describeForUser(target) },
    `call ${describeVariable(target)}`,
  );
}

/** `torch.compiler.assume_constant_result`: called now, on constants, and never again. */
function constantResult(machine: Machine, fn: Function, args: readonly Variable[]): Variable {
  const values = args.map((arg) => {
    const value = machine.force(arg);
    if (value.kind === "constant") return value.value;
    return breakGraph(
      "assumedConstantArgument",
      { functionName: fn.name, argument: describeForUser(value) },
      `call ${fn.name}`,
    );
  });
  const value: unknown = Reflect.apply(fn, undefined, values);
  if ((typeof value !== "object" || value === null) && typeof value !== "function")
    return new ConstantVariable(value);
  return new LazyVariable(value, { kind: "pinned", value, name: `${fn.name}()` });
}

/** Consoles that a program makes: their methods are bound native functions, which do not tell what they are for. */
function isLogger(receiver: Variable): boolean {
  const loggers = nodeBuiltin("console")?.Console;
  if (loggers === undefined || (receiver.kind !== "object" && receiver.kind !== "opaque"))
    return false;
  return (
    isObject(receiver.value) &&
    !reachesProxy(receiver.value) && // `instanceof` asks for a property of Node's own
    receiver.value instanceof loggers
  );
}

/** What is called, as the program writes it. */
function calleeText({ tracer: { frame } }: Machine): string | null {
  const instruction = frame.code.instructions[frame.pc];
  return instruction !== undefined && "site" in instruction ? instruction.site : null;
}

/** Made by Function.prototype.bind: native, without a prototype, named after its target (ECMA-262 §20.2.3.2). */
const isBound = (fn: Function): boolean =>
  fn.name.startsWith("bound ") && !Object.hasOwn(fn, "prototype");

/** A call of a generator function gives its generator, any other call will give what its frame returns. */
function enterCall(
  machine: Machine,
  target: UserFunctionVariable | ClosureVariable,
  thisValue: Variable,
  args: readonly Variable[],
): CallResult {
  const frame = frameOf(machine, target, thisValue, args, "push");
  if (frame.code.suspends === "generator") return makeGenerator(machine, target, frame);
  refuseSuspending(frame.code);
  machine.tracer.frames.push(frame);
  return null;
}

/** Pushes a frame for a function of the program, or breaks with the reason it cannot be interpreted. */
export function enterFunction(
  machine: Machine,
  target: UserFunctionVariable | ClosureVariable,
  thisValue: Variable,
  args: readonly Variable[],
  returnMode: ReturnMode,
): void {
  const frame = frameOf(machine, target, thisValue, args, returnMode);
  refuseSuspending(frame.code);
  machine.tracer.frames.push(frame);
}

function frameOf(
  machine: Machine,
  target: UserFunctionVariable | ClosureVariable,
  thisValue: Variable,
  args: readonly Variable[],
  returnMode: ReturnMode,
): Frame {
  if (machine.tracer.frames.length >= maximumDepth) {
    breakGraph(
      "traceTooLong",
      { limit: `${maximumDepth} nested calls`, place: null },
      `call ${describeVariable(target)}`,
    );
  }
  return target.kind === "closure"
    ? closureFrame(machine, target, thisValue, args, returnMode)
    : functionFrame(machine, target, thisValue, args, returnMode);
}

function closureFrame(
  machine: Machine,
  target: ClosureVariable,
  thisValue: Variable,
  args: readonly Variable[],
  returnMode: ReturnMode,
): Frame {
  const child = target.parent.children[target.child];
  if (child === undefined || child.code === null) {
    const construct = child?.unsupported?.construct ?? "nested function";
    return breakForConstruct(construct, child?.name ?? "", `call ${describeVariable(target)}`);
  }
  const { code } = child;
  if (code.kind === "classConstructor")
    return breakGraph(
      "unsupportedCall",
      { callee: machine.expressionText(), kind: "a class constructor without new" },
      "call class",
    );
  noteNestedCode(code, target.parent);
  const isArrow = code.kind === "arrow";
  return new Frame({
    code,
    captures: target.captures,
    capturesSource: null,
    thisValue: isArrow ? target.frame.thisValue : frameThis(machine, code, thisValue),
    args,
    newTarget: isArrow ? target.frame.newTarget : undefinedVariable,
    self: target,
    returnMode,
  });
}

function functionFrame(
  machine: Machine,
  target: UserFunctionVariable,
  thisValue: Variable,
  args: readonly Variable[],
  returnMode: ReturnMode,
): Frame {
  const fn = target.value;
  const disabled = disabledReason(fn);
  if (disabled !== null)
    breakGraph(
      "disabledFunction",
      { functionName: fn.name, reason: disabled.reason },
      `call ${describeVariable(target)}`,
    );
  const rebuilt = closureInfo(fn);
  if (rebuilt !== null && target.source !== null) {
    const { child, captures: cells } = rebuilt;
    if (child.code === null) {
      const construct = child.unsupported?.construct ?? "nested function";
      return breakForConstruct(construct, child.name, `call ${describeVariable(target)}`);
    }
    const { code } = child;
    const isArrow = code.kind === "arrow";
    const capturesSource: Source = { kind: "closureCaptures", base: target.source };
    const lexicalThis = new LazyVariable(rebuilt.frame.this, {
      kind: "closureThis",
      base: target.source,
    });
    return new Frame({
      code,
      captures: captureCells(machine, code, cells, capturesSource),
      capturesSource,
      thisValue: isArrow ? lexicalThis : frameThis(machine, code, thisValue),
      args,
      newTarget: undefinedVariable,
      self: target,
      returnMode,
    });
  }
  const handle = compiledOf(fn);
  const { fn: inner, breakPolicy } = unwrap(handle?.fn ?? fn);
  const known = functionCode(inner);
  if (!isInterpretable(known)) return refuseFunction(known, fn.name);
  const file = known.source.location?.start.file ?? "";
  if (file.startsWith("node:")) {
    breakGraph(
      "skippedFunction",
      { functionName: fn.name, why: "it is part of Node.js" },
      `call ${describeVariable(target)}`,
    );
  }
  if (isPackageFile(file)) {
    breakGraph(
      "skippedFunction",
      { functionName: fn.name, why: "it belongs to this library and acts outside of graphs" },
      `call ${describeVariable(target)}`,
    );
  }
  const { code } = known;
  if (code.kind === "classConstructor" && returnMode !== "construct") {
    return breakGraph(
      "unsupportedCall",
      { callee: machine.expressionText(), kind: `class ${fn.name} without new` },
      `call ${describeVariable(target)}`,
    );
  }
  if (code.kind === "arrow" && code.usesNewTarget) {
    const why =
      "it is an arrow function that uses the `new.target` of the place where it was written";
    return breakGraph(
      "skippedFunction",
      { functionName: fn.name, why },
      `call ${describeVariable(target)}`,
    );
  }
  const receiver =
    code.kind === "arrow"
      ? lexicalThis(machine, code, known.source)
      : frameThis(machine, code, thisValue);
  const capturesSource: Source = {
    kind: "pinned",
    value: known.captures,
    name: `captures of ${fn.name}`,
  };
  const captures = captureCells(machine, code, known.captures, capturesSource);
  const isFullgraph = handle?.options.fullgraph ?? false;
  return new Frame({
    code,
    captures,
    capturesSource,
    thisValue: receiver,
    args,
    newTarget: undefinedVariable,
    self: target,
    returnMode,
    isFullgraph,
    breakPolicy,
  });
}

/** An async frame is driven from outside: only a compiled function itself can be one. */
function refuseSuspending({ name, suspends }: Code): void {
  if (suspends === null) return;
  const context = `call UserFunctionVariable(${name})`;
  if (suspends === "async") breakGraph("asyncFunction", { functionName: name }, context);
  breakGraph("generatorFunction", { functionName: name, obstacle: null }, context);
}

/** Breaks with the reason why a function runs natively. */
export function refuseFunction(why: NotInterpretable, name: string): never {
  const context = `call UserFunctionVariable(${name})`;
  switch (why.reason) {
    case "syntax":
      return breakForConstruct(why.detail, name, context);
    case "outerVariable":
      return breakGraph("unreachableOuterVariable", { variable: name, why: why.detail }, context);
    case "sourceUnavailable":
      return breakGraph("sourceUnavailable", { functionName: name, why: why.detail }, context);
    case "native":
    case "bound":
      return breakGraph("nativeFunction", { functionName: name, kind: why.reason }, context);
    case "classConstructor":
      return breakGraph("constructorCall", { className: name }, context);
  }
}

/** Construct (§7.3.15) of engine classes with a rule; classes of the program run natively. */
export function constructValue(
  machine: Machine,
  callee: Variable,
  args: readonly Variable[],
): CallResult {
  const target = machine.force(callee);
  if (target.kind === "builtin" && target.builtin.construct !== undefined) {
    return target.builtin.construct(machine, args, target.builtin);
  }
  if (target.kind === "function" && machine.tracer.frames.length < maximumDepth) {
    return constructUserClass(machine, target, args);
  }
  return breakGraph(
    "constructorCall",
    {
      className:
        "value" in target && typeof target.value === "function"
          ? target.value.name
          : describeVariable(target),
    },
    `construct ${describeVariable(target)}`,
  );
}
