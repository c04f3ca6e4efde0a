import { defineGraphBreak, text } from "./define-graph-break.ts";
import { standardHints } from "./standard-hints.ts";

const operator = /* @__PURE__ */ text("the operator, as in `torch.sin`");
const message = /* @__PURE__ */ text("the message of the error");

/** Breaks because a tensor operation cannot be put in the graph as it is called. */
export const tensorBreaks = {
  fakeCallTypeError: defineGraphBreak({
    id: "GB0112",
    title: "TypeError when making fake tensor call",
    facts: { operator, message },
    explanation: ({ operator, message }) => `\`${operator}\` rejected its arguments: ${message}.`,
    hints: [standardHints.userError],
    context:
      "The error: `TypeError torch.sin: sin() takes 1 positional argument but 2 were given`.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  // @ts-expect-error: one argument too many
  const y = torch.sin(x, x);
  return y;
});
try {
  fn(torch.ones(3, 3));
} catch {}`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => torch.sin(x));
fn(torch.ones(3, 3));`,
  }),
  fakeCallRuntimeError: defineGraphBreak({
    id: "GB4315",
    title: "RuntimeError when making fake tensor call",
    facts: { operator, message },
    explanation: ({ operator, message }) =>
      `\`${operator}\` cannot be applied to tensors of these shapes and dtypes: ${message}.`,
    hints: [standardHints.userError],
    context: "The error.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor, y: torch.Tensor) => x.add(y));
try {
  fn(torch.ones(3), torch.ones(4));
} catch {}`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor, y: torch.Tensor) => x.add(y));
fn(torch.ones(3), torch.ones(3));`,
  }),
  resultTooLarge: defineGraphBreak({
    id: "GBJ015",
    title: "Result that no memory holds",
    facts: { operator, message },
    explanation: ({ operator, message }) =>
      `\`${operator}\` is left to fail where the program calls it: ${message}.`,
    hints: [standardHints.userError],
    context: "The error.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => x.tile(2 ** 40));
try {
  fn(torch.ones(3));
} catch {}`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.tile(4));
fn(torch.ones(3));`,
  }),
  fakeCallError: defineGraphBreak({
    id: "GB0064",
    title: "Fake tensor propagation exception",
    facts: { operator, errorClass: text("class of the error"), message },
    explanation: ({ operator, errorClass, message }) =>
      `\`${operator}\` threw ${errorClass} when it was asked for the shape and dtype of its result: ${message}.`,
    hints: [standardHints.userError],
    context: "The error.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => x.select(0, 7));
try {
  fn(torch.ones(3));
} catch {}`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.select(0, 2));
fn(torch.ones(3));`,
  }),
  fakeCallNotImplemented: defineGraphBreak({
    id: "GB0087",
    title: "NotImplementedError/UnsupportedFakeTensorException when running FX node",
    facts: { operator, message },
    explanation: ({ operator, message }) =>
      `\`${operator}\` cannot say what its result looks like without running: ${message}.`,
    hints: ["For a custom operator: is there a `register_fake`?", standardHints.supportable],
    context: "The error.",
    wrongExample: `
const half = torch.library.custom_op(
  "demo::half",
  { schema: "(Tensor x) -> Tensor", mutates_args: [] },
  (x: torch.Tensor) => x.mul(0.5),
);
half.register_fake(() => {
  throw new torch.NotImplementedError("half has no fake yet");
});
const fn = torch.compile((x: torch.Tensor) => half(x).add(1));
fn(torch.ones(3));`,
    rightExample: `
const half = torch.library.custom_op(
  "demo::half",
  { schema: "(Tensor x) -> Tensor", mutates_args: [] },
  (x: torch.Tensor) => x.mul(0.5),
);
half.register_fake((x: torch.Tensor) => torch.empty_like(x));
const fn = torch.compile((x: torch.Tensor) => half(x).add(1));
fn(torch.ones(3));`,
  }),
  argumentNotInGraph: defineGraphBreak({
    id: "GB0055",
    title: "Failed to convert args/kwargs to proxy",
    facts: {
      operator,
      argument: text("source text of the argument"),
      kind: text("what the argument is"),
    },
    explanation: ({ operator, argument, kind }) =>
      `The argument \`${argument}\` of \`${operator}\` is ${kind}, which has no place in a graph: graphs hold ` +
      "tensors, numbers, strings, booleans, dtypes, and arrays and plain objects of these.",
    hints: [standardHints.moveOutside, standardHints.customOperator],
    context: "The call with the kinds of its arguments.",
    wrongExample: `
const sizes = new Set([2, 3]);
const fn = torch.compile((x: torch.Tensor) => {
  // @ts-expect-error: a Set is no list of sizes
  return x.add(torch.ones(sizes));
});
try {
  fn(torch.ones(2, 3));
} catch {}`,
    rightExample: `
const sizes = [2, 3];
const fn = torch.compile((x: torch.Tensor) => x.add(torch.ones(sizes)));
fn(torch.ones(2, 3));`,
  }),
  tensorAttributeWrite: defineGraphBreak({
    id: "GB0058",
    title: "Failed to set tensor attribute",
    facts: { attribute: text("name of the property") },
    explanation: ({ attribute }) =>
      `Writing the property \`${attribute}\` of a tensor cannot be captured: graphs know tensors only by their data.`,
    hints: [
      "Keep the extra value beside the tensor, in an object of your own.",
      standardHints.supportable,
    ],
    context: "The tensor, the property and the value.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  // @ts-expect-error: tensors have no label
  y.label = "y";
  return y;
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => ({ y: x.add(1), label: "y" }));
fn(torch.ones(3));`,
  }),
  unhandledTensorMethod: defineGraphBreak({
    id: "GB6270",
    title: "Unhandled tensor method",
    facts: { method: text("name of the method") },
    explanation: ({ method }) =>
      `\`Tensor.${method}\` is not a tensor operation that graphs can hold.`,
    hints: ["Call it before or after the compiled function.", standardHints.supportable],
    context: "The method call.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  y.dispose();
  return x.mul(2);
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.mul(2));
fn(torch.ones(3));`,
  }),
  tensorToArray: defineGraphBreak({
    id: "GB0109",
    title: "Tensor copied to JavaScript values",
    facts: { method: text("name of the method") },
    explanation: ({ method }) =>
      `\`Tensor.${method}\` copies the elements of a tensor to JavaScript values, which are only there once the graph so far has run.`,
    hints: [
      ({ method }) =>
        method === "tolist"
          ? "Set `torch._dynamo.config.capture_scalar_outputs = true`: the numbers of a tensor of fixed size are then numbers of the graph."
          : null,
      "Compute with the tensor, and copy its elements after the compiled function has returned.",
    ],
    context: "The method call.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const [first = 0] = x.add(1).tolist() as number[];
  return x.mul(first);
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.mul(x.add(1).index(0)));
fn(torch.ones(3));`,
  }),
  requiresGradCall: defineGraphBreak({
    id: "GB0125",
    title: "Unsupported Tensor.requires_grad_() call",
    facts: {},
    explanation: () =>
      "Whether a tensor requires gradients is a property of the tensor object, which graphs do not change.",
    hints: [standardHints.moveOutside],
    context: "The method call.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(1).requires_grad_());
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(1));
fn(torch.ones(3)).requires_grad_();`,
  }),
  requiresGradWrite: defineGraphBreak({
    id: "GB0206",
    title: "setattr() on Tensor.requires_grad",
    facts: {},
    explanation: () =>
      "Whether a tensor requires gradients is a property of the tensor object, which graphs do not change.",
    hints: [standardHints.moveOutside],
    context: "The tensor and the value.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  y.requires_grad = true;
  return y;
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(1));
fn(torch.ones(3)).requires_grad = true;`,
  }),
  notATensorResult: defineGraphBreak({
    id: "GB0208",
    title: "torch.* op returned non-Tensor",
    facts: { operator, result: text("what it returned") },
    explanation: ({ operator, result }) =>
      `\`${operator}\` returned ${result}. Only calls whose results are tensors are part of a graph.`,
    hints: [standardHints.moveOutside],
    context: "The operator and its result.",
    wrongExample: `
const count = torch.library.custom_op(
  "examples::count_positive",
  { schema: "(Tensor x) -> int", mutates_args: [] },
  (x: torch.Tensor) => Number(x.gt(0).sum().item()),
);
count.register_fake(() => 0);
const fn = torch.compile((x: torch.Tensor) => x.mul(count(x)));
fn(torch.ones(3));`,
    rightExample: `
const count = torch.library.custom_op(
  "examples::positive_count",
  { schema: "(Tensor x) -> Tensor", mutates_args: [] },
  (x: torch.Tensor) => x.gt(0).sum(),
);
count.register_fake(() => torch.empty([], { dtype: torch.int64 }));
const fn = torch.compile((x: torch.Tensor) => x.mul(count(x)));
fn(torch.ones(3));`,
  }),
  sortByTensorData: defineGraphBreak({
    id: "GB0207",
    title: "sort with non-constant keys",
    facts: { call: text("source text of the call") },
    explanation: ({ call }) =>
      `The order that \`${call}\` gives depends on the data of tensors, so it is only known at run time.`,
    hints: [
      "Stack the values and sort inside the graph: `torch.stack(values).sort()`.",
      standardHints.fundamental,
    ],
    context: "The call and the value that was compared.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const parts = [x.sum(), x.max(), x.min()];
  parts.sort((a, b) => Number(a) - Number(b));
  return parts;
});
fn(torch.tensor([1, 2, 3]));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => torch.stack([x.sum(), x.max(), x.min()]).sort().values);
fn(torch.tensor([1, 2, 3]));`,
  }),
} as const;
