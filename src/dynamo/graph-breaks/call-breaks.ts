import { defineGraphBreak, optionalText, text } from "./define-graph-break.ts";
import { standardHints } from "./standard-hints.ts";

const functionName = /* @__PURE__ */ text(
  "the function as written at the call, as in `performance.now`",
);

/** Breaks because a called function cannot be looked into. */
export const callBreaks = {
  skippedFunction: defineGraphBreak({
    id: "GB0007",
    title: "Attempted to call function marked as skipped",
    facts: {
      functionName,
      why: text("why it is not traced, as in `it is implemented natively by the engine`"),
    },
    explanation: ({ functionName, why }) =>
      `\`${functionName}\` is not traced: ${why}. It is called for real instead.`,
    hints: [
      ({ functionName }) =>
        `Avoid calling \`${functionName}\` in the compiled function, or move the call outside it.`,
      standardHints.customOperator,
    ],
    context: "The function and its arguments.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  const start = performance.now();
  return y.mul(start > 0 ? 2 : 3);
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor, start: number) => x.add(1).mul(start > 0 ? 2 : 3));
fn(torch.ones(3), 1);`,
  }),
  untraceableBuiltin: defineGraphBreak({
    id: "GB0059",
    title: "Failed to trace builtin operator",
    facts: {
      functionName,
      argumentTypes: text("kinds of the arguments, as in `TensorVariable, string`"),
      loggingFunction: optionalText(
        "the function's name when it is one that logs, as `console.log` is",
      ),
    },
    explanation: ({ functionName, argumentTypes, loggingFunction }) =>
      loggingFunction === null
        ? `There is no rule for calling \`${functionName}\` with (${argumentTypes}) while tracing.`
        : `\`${functionName}\` prints, and what it prints must appear when it would without compiling: ` +
          "the graph so far runs first, then the call.",
    hints: [
      ({ loggingFunction }) =>
        loggingFunction === null
          ? null
          : `Add it to the set: \`torch._dynamo.config.reorderable_logging_functions.add(${loggingFunction})\`. ` +
            "It is then called after the graph, with what it would have printed.",
      ({ loggingFunction }) =>
        loggingFunction === null
          ? null
          : `To leave the calls out: \`torch._dynamo.config.ignore_logging_functions.add(${loggingFunction})\`.`,
      ({ loggingFunction, functionName }) =>
        loggingFunction === null
          ? `Avoid calling \`${functionName}\` on values of the compiled function.`
          : null,
      ({ loggingFunction }) => (loggingFunction === null ? standardHints.supportable : null),
    ],
    context: "The function and the kinds of its arguments.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  console.log("log!");
  return torch.sin(y);
});
fn(torch.ones(3));`,
    rightExample: `
torch._dynamo.config.reorderable_logging_functions.add(console.log);
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  console.log("log!");
  return torch.sin(y);
});
fn(torch.ones(3));`,
  }),
  loggerMethod: defineGraphBreak({
    id: "GB0291",
    title: "Logger method not supported",
    facts: { functionName },
    explanation: ({ functionName }) =>
      `\`${functionName}\` is a method of a logger: what it prints must appear when it would without compiling, ` +
      "so the graph so far runs first, then the call.",
    hints: [
      ({ functionName }) =>
        `Add it to the set: \`torch._dynamo.config.reorderable_logging_functions.add(${functionName})\`. ` +
        "It is then called after the graph, with what it would have printed.",
      ({ functionName }) =>
        `To leave the calls out: \`torch._dynamo.config.ignore_logging_functions.add(${functionName})\`.`,
    ],
    context: "The method and the kinds of its arguments.",
    wrongExample: `
import { Console } from "node:console";
const logger = new Console(process.stdout);
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  logger.info("half way");
  return torch.sin(y);
});
fn(torch.ones(3));`,
    rightExample: `
import { Console } from "node:console";
const logger = new Console(process.stdout);
torch._dynamo.config.reorderable_logging_functions.add(logger.info);
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  logger.info("half way");
  return torch.sin(y);
});
fn(torch.ones(3));`,
  }),
  notReorderable: defineGraphBreak({
    id: "GB0296",
    title: "attempted to reorder a debugging function that can't actually be reordered",
    facts: {
      functionName,
      argument: text("source text or description of the argument in the way"),
      kind: text("what that argument is"),
    },
    explanation: ({ functionName, argument, kind }) =>
      `\`${functionName}\` is in reorderable_logging_functions, but its argument \`${argument}\` is ${kind}. ` +
      "What waits for the end of the graph must show what is there now: tensors, numbers, texts, and arrays, plain objects, " +
      "Maps and Sets of these can, functions and instances of classes made in the compiled function cannot.",
    hints: ["Pass the tensors and numbers it holds, or make a template string of them."],
    context: "The function and the kinds of its arguments.",
    wrongExample: `
torch._dynamo.config.reorderable_logging_functions.add(console.log);
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  console.log(() => y);
  return torch.sin(y);
});
fn(torch.ones(3));`,
    rightExample: `
torch._dynamo.config.reorderable_logging_functions.add(console.log);
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  console.log([y]);
  return torch.sin(y);
});
fn(torch.ones(3));`,
  }),
  unsupportedCall: defineGraphBreak({
    id: "GB0147",
    title: "Unsupported function call",
    facts: { callee: text("source text of what is called"), kind: text("what that value is") },
    explanation: ({ callee, kind }) => `\`${callee}\` is ${kind}; calling it cannot be traced.`,
    hints: [standardHints.userError, standardHints.supportable],
    context: "The called value and the arguments.",
    wrongExample: `
const settings = { scale: 2 };
const fn = torch.compile((x: torch.Tensor) => {
  // @ts-expect-error: scale is no function
  return x.mul(settings.scale());
});
try {
  fn(torch.ones(3));
} catch {}`,
    rightExample: `
const settings = { scale: 2 };
const fn = torch.compile((x: torch.Tensor) => x.mul(settings.scale));
fn(torch.ones(3));`,
  }),
  unsupportedMethod: defineGraphBreak({
    id: "GB0156",
    title: "Unsupported method call",
    facts: {
      receiver: text("what the method is called on, as in `a Date`"),
      method: text("name of the method"),
    },
    explanation: ({ receiver, method }) => `Calling \`${method}\` on ${receiver} cannot be traced.`,
    hints: [standardHints.moveOutside, standardHints.supportable],
    context: "The receiver, the method and the arguments.",
    wrongExample: `
const when = new Date(0);
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  return y.mul(when.getTime() + 1);
});
fn(torch.ones(3));`,
    rightExample: `
const time = new Date(0).getTime();
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(time + 1));
fn(torch.ones(3));`,
  }),
  disabledFunction: defineGraphBreak({
    id: "GB0098",
    title: "Skip calling 'torch.compiler.disable()'d function",
    facts: { functionName, reason: optionalText("the reason given to `torch.compiler.disable`") },
    explanation: ({ functionName, reason }) =>
      `\`${functionName}\` was marked with \`torch.compiler.disable\`` +
      `${reason === null ? "" : `, reason: ${reason}`}. It runs as plain JavaScript.`,
    hints: [({ functionName }) => `Remove \`torch.compiler.disable\` from \`${functionName}\`.`],
    context: "The function.",
    wrongExample: `
const g = torch.compiler.disable((x: torch.Tensor) => x.mul(2), { reason: "still debugging" });
const fn = torch.compile((x: torch.Tensor) => g(x.add(1)).sub(1));
fn(torch.ones(3));`,
    rightExample: `
const g = (x: torch.Tensor) => x.mul(2);
const fn = torch.compile((x: torch.Tensor) => g(x.add(1)).sub(1));
fn(torch.ones(3));`,
  }),
  assumedConstantArgument: defineGraphBreak({
    id: "GB2520",
    title: "assume_constant_result argument conversion failed",
    facts: { functionName, argument: text("what the argument is") },
    explanation: ({ functionName, argument }) =>
      `\`${functionName}\` was given to \`assume_constant_result\`, so that it is called once, while capturing. That takes ` +
      `arguments that are known then, but one of them is ${argument}.`,
    hints: ["Pass numbers, texts and booleans that do not change.", standardHints.moveOutside],
    context: "The function.",
    wrongExample: `
const rows = torch.compiler.assume_constant_result((x: torch.Tensor) => x.size(0));
const fn = torch.compile((x: torch.Tensor) => x.mul(rows(x.add(1))));
fn(torch.ones(3));`,
    rightExample: `
const twice = torch.compiler.assume_constant_result((n: number) => n * 2);
const fn = torch.compile((x: torch.Tensor) => x.mul(twice(3)));
fn(torch.ones(3));`,
  }),
  userGraphBreak: defineGraphBreak({
    id: "GB0025",
    title: "Call to 'torch._dynamo.graph_break()'",
    facts: { message: optionalText("the message given to the call") },
    explanation: ({ message }) =>
      `User-inserted graph break.${message === null ? "" : ` Message: ${message}`}`,
    hints: ["Remove the `torch._dynamo.graph_break()` call."],
    context: "The call: `Called `torch._dynamo.graph_break()` with args [] and options {}`.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  torch._dynamo.graph_break({ msg: "why" });
  return y.mul(2);
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(2));
fn(torch.ones(3));`,
  }),
  userSkipFrame: defineGraphBreak({
    id: "GB4297",
    title: "Call to 'torch._dynamo.skip_frame()'",
    facts: { message: optionalText("the message given to the call") },
    explanation: ({ message }) =>
      `User-inserted skip: this call of the function runs as plain JavaScript.` +
      `${message === null ? "" : ` Message: ${message}`}`,
    hints: ["Remove the `torch._dynamo.skip_frame()` call."],
    context: "The call.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  torch._dynamo.skip_frame({ msg: "not this one" });
  return x.add(1).mul(2);
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(2));
fn(torch.ones(3));`,
  }),
  recompileLimit: defineGraphBreak({
    id: "GB0039",
    title: "Dynamo recompile limit exceeded",
    facts: { limitName: text("the flag of the limit"), limit: text("its value") },
    explanation: ({ limitName, limit }) =>
      `The function was compiled ${limit} times (config.${limitName}), each time because another guard failed. ` +
      "Compiled entries stay in use; calls that fit none of them run as plain JavaScript.",
    hints: [
      "Run with `TORCH_LOGS=recompiles` to see which value changes from call to call.",
      ({ limitName }) =>
        `Raise \`torch._dynamo.config.${limitName}\` if that many versions are wanted.`,
      "Pass what changes from call to call as a tensor or a number: strings and objects are compiled for one by one.",
    ],
    context: "The limit and the number of entries.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor, label: string) => (label === "" ? x : x.add(label.length)));
for (const label of "abcdefghij") fn(torch.ones(3), label.repeat(label.charCodeAt(0)));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor, length: number) => (length === 0 ? x : x.add(length)));
for (const label of "abcdefghij") fn(torch.ones(3), label.charCodeAt(0));`,
  }),
  sourceUnavailable: defineGraphBreak({
    id: "GBJ005",
    title: "Source text not available",
    facts: { functionName, why: text("why the source cannot be had") },
    explanation: ({ functionName, why }) =>
      `The source text of \`${functionName}\` and its outer variables are needed to trace it, but ${why}.`,
    hints: [
      "Define it as an ordinary function in a file, not with `new Function` or in a sandbox.",
      standardHints.customOperator,
    ],
    context: "The function.",
    wrongExample: `
import { runInNewContext } from "node:vm";
const double: (x: torch.Tensor) => torch.Tensor = runInNewContext("(x) => x.mul(2)");
const fn = torch.compile((x: torch.Tensor) => double(x.add(1)).sub(1));
fn(torch.ones(3));`,
    rightExample: `
const double = (x: torch.Tensor) => x.mul(2);
const fn = torch.compile((x: torch.Tensor) => double(x.add(1)).sub(1));
fn(torch.ones(3));`,
  }),
  nativeFunction: defineGraphBreak({
    id: "GB0177",
    title: "Native or bound function",
    facts: { functionName, kind: text("`native` or `bound`") },
    explanation: ({ functionName, kind }) =>
      `\`${functionName}\` is a ${kind} function: it has no JavaScript source text that could be traced.`,
    hints: [
      ({ kind }) =>
        kind === "bound"
          ? "Write an arrow function, `(x) => object.method(x)`, instead of using `bind`."
          : null,
      standardHints.customOperator,
    ],
    context: "The function.",
    wrongExample: `
const object = { factor: 2, scale(x: torch.Tensor) { return x.mul(this.factor); } };
const scale = object.scale.bind(object);
const fn = torch.compile((x: torch.Tensor) => scale(x.add(1)).sub(1));
fn(torch.ones(3));`,
    rightExample: `
const object = { factor: 2, scale(x: torch.Tensor) { return x.mul(this.factor); } };
const scale = (x: torch.Tensor) => object.scale(x);
const fn = torch.compile((x: torch.Tensor) => scale(x.add(1)).sub(1));
fn(torch.ones(3));`,
  }),
  constructorCall: defineGraphBreak({
    id: "GB5017",
    title: "Constructor call that cannot be traced",
    facts: { className: text("the class as written") },
    explanation: ({ className }) =>
      `\`new ${className}(…)\` runs a constructor that cannot be traced: of the engine, of a class that extends one of the engine's ` +
      "other than errors, of one with private fields or fields that start with more than a literal, or of one that uses " +
      "`this` in an arrow function or calls `super(…)` inside another statement.",
    hints: [
      standardHints.moveOutside,
      "In a class of your own, set such fields in the constructor, or hold the other object instead of extending its class.",
    ],
    context: "The class and the arguments.",
    wrongExample: `
class Point {
  name = "p".repeat(3);
  x: torch.Tensor;
  constructor(x: torch.Tensor) {
    this.x = x;
  }
}
const fn = torch.compile((x: torch.Tensor) => new Point(x.add(1)).x.mul(2));
fn(torch.ones(3));`,
    rightExample: `
class Point {
  x: torch.Tensor;
  name: string;
  constructor(x: torch.Tensor) {
    this.x = x;
    this.name = "p".repeat(3);
  }
}
const fn = torch.compile((x: torch.Tensor) => new Point(x.add(1)).x.mul(2));
fn(torch.ones(3));`,
  }),
} as const;
