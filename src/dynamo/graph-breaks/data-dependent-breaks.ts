import { defineGraphBreak, optionalText, text } from "./define-graph-break.ts";
import { standardHints } from "./standard-hints.ts";

const captureScalars =
  "Set `torch._dynamo.config.capture_scalar_outputs = true` or `export TORCHDYNAMO_CAPTURE_SCALAR_OUTPUTS=1` " +
  "to include these operations in the captured graph.";

/** Breaks because what happens next depends on the numbers inside a tensor. */
export const dataDependentBreaks = {
  dataDependentBranch: defineGraphBreak({
    id: "GB0170",
    title: "Data-dependent branching",
    facts: {
      condition: text("source text of the condition"),
      obstacle: optionalText("what keeps the branch from becoming `torch.cond`, and where"),
    },
    explanation: ({ condition, obstacle }) =>
      `Which way the program goes depends on the data of a tensor, through \`${condition}\`. ` +
      (obstacle === null
        ? "A graph holds no such branch, so it ends here, and only the way that is really taken is compiled."
        : `It cannot become \`torch.cond\` or \`while_loop\` by itself, because of this statement:\n${obstacle}`),
    hints: [
      ({ obstacle }) =>
        obstacle === null
          ? "Set `torch._dynamo.config.auto_cond = true`, or compile with `fullgraph: true`: branches whose sides can be captured then stay in the graph (docs/healing.md)."
          : "Move the statement out of the branch, or make both sides give tensors or numbers of one kind.",
      "Use `torch.cond` to express dynamic control flow.",
    ],
    context: "The jump and the value it tests: `attempted to jump with TensorVariable()`.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  if (x.sum().gt(0).item()) return x.add(1);
  return x.sub(1);
});
fn(torch.ones(3, 3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch.cond(
    x.sum().gt(0),
    (x: torch.Tensor) => x.add(1),
    (x: torch.Tensor) => x.sub(1),
    [x],
  ),
);
fn(torch.ones(3, 3));`,
  }),
  tensorItem: defineGraphBreak({
    id: "GB0124",
    title: "Unsupported Tensor.item() call with capture_scalar_outputs=False",
    facts: {},
    explanation: () =>
      "`Tensor.item()` takes a number out of a tensor, which is only there once the graph has run. " +
      "With config.capture_scalar_outputs off, the graph ends before the call.",
    hints: [
      captureScalars,
      "If the number only feeds more tensor operations, leave out `.item()` and use the tensor itself.",
    ],
    context: "The method call: `call_method TensorVariable() item () {}`.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(x.sum().item()));
fn(torch.ones(3, 3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(x.sum()));
fn(torch.ones(3, 3));`,
  }),
  dataDependentOperator: defineGraphBreak({
    id: "GB0033",
    title: "Data dependent operator",
    facts: { operator: text("the operator, as in `torch.equal`") },
    explanation: ({ operator }) =>
      `\`${operator}\` gives a plain JavaScript value that depends on the data of its tensors, ` +
      "so it can only be known by running the graph so far.",
    hints: [
      "Keep the result in a tensor: `a.eq(b).all()` instead of `torch.equal(a, b)`.",
      standardHints.customOperator,
    ],
    context: "The operator and its arguments.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor, y: torch.Tensor) => {
  const same = torch.equal(x, y);
  return same ? x.mul(2) : x.add(y);
});
fn(torch.ones(3), torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor, y: torch.Tensor) =>
  torch.where(x.eq(y).all(), x.mul(2), x.add(y)),
);
fn(torch.ones(3), torch.ones(3));`,
  }),
  dynamicShapeOperator: defineGraphBreak({
    id: "GB0036",
    title: "Dynamic shape operator",
    facts: { operator: text("the operator, as in `torch.nonzero`") },
    explanation: ({ operator }) =>
      `How many elements \`${operator}\` gives depends on the data, so its shape is not known before it has run.`,
    hints: [
      "Set `torch._dynamo.config.capture_dynamic_output_shape_ops = true` to keep such operators in the graph.",
      "Keep the shape and mask instead: `torch.where(mask, x, 0)` in place of `torch.masked_select(x, mask)`.",
    ],
    context: "The operator.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => torch.masked_select(x, x.gt(0)).sum());
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => torch.where(x.gt(0), x, 0).sum());
fn(torch.ones(3));`,
  }),
  unbackedSize: defineGraphBreak({
    id: "GBJ011",
    title: "Shape depends on a size that only running the graph gives",
    facts: {
      operator: text("the operator, as in `squeeze`"),
      why: text("what differs, as in `it gives 0 dimensions for size 1, not 1`"),
    },
    explanation: ({ operator, why }) =>
      `A size in \`${operator}\` comes out of tensor data, and more than sizes depends on it: ${why}.`,
    hints: [
      "Give the operator what it needs to know, such as the dimension: `x.squeeze(0)` instead of `x.squeeze()`.",
      "Do this step after the compiled function has returned.",
    ],
    context: "The operator.",
    wrongExample: `
torch._dynamo.config.capture_dynamic_output_shape_ops = true;
const fn = torch.compile((x: torch.Tensor) => torch.masked_select(x, x.gt(0)).squeeze());
fn(torch.ones(3));`,
    rightExample: `
torch._dynamo.config.capture_dynamic_output_shape_ops = true;
const fn = torch.compile((x: torch.Tensor) => torch.masked_select(x, x.gt(0)).mul(2));
fn(torch.ones(3));`,
  }),
  failedCheck: defineGraphBreak({
    id: "GB0034",
    title: "Data-dependent assertion failed (cannot compile partial graph)",
    facts: { condition: text("source text of the call") },
    explanation: ({ condition }) =>
      `\`${condition}\` does not hold for this call. It runs as plain JavaScript, which throws the error.`,
    hints: [standardHints.userError],
    context: "The call.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  torch._check(x.size(0) === 4, "four rows are wanted");
  return x.add(1);
});
try {
  fn(torch.ones(3));
} catch {}`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => {
  torch._check(x.size(0) === 4, "four rows are wanted");
  return x.add(1);
});
fn(torch.ones(4));`,
  }),
  checkMessage: defineGraphBreak({
    id: "GB9158",
    title: "Can't convert torch._check*() message closure",
    facts: {},
    explanation: () =>
      "The message of `torch._check` is a function made in the compiled code: the graph, which checks the condition, cannot hold it.",
    hints: [
      "Give the message as a string, or as a function made outside of the compiled function.",
    ],
    context: "The call.",
    wrongExample: `
torch._dynamo.config.capture_scalar_outputs = true;
const fn = torch.compile((x: torch.Tensor) => {
  torch._check((x.sum().item() as number) > 0, () => "the sum of " + x.size(0) + " is not positive");
  return x.add(1);
});
fn(torch.ones(3));`,
    rightExample: `
torch._dynamo.config.capture_scalar_outputs = true;
const fn = torch.compile((x: torch.Tensor) => {
  torch._check((x.sum().item() as number) > 0, "the sum is not positive");
  return x.add(1);
});
fn(torch.ones(3));`,
  }),
  tensorToPrimitive: defineGraphBreak({
    id: "GBJ003",
    title: "Tensor coerced to a primitive",
    facts: {
      operation: text("what asks for the primitive value, as in `x > 0`, `+x`, `Math.max`"),
      replacement: optionalText("the tensor method that does the same, as in `x.gt(0)`"),
    },
    explanation: ({ operation }) =>
      `\`${operation}\` turns a tensor into a JavaScript number, as \`.item()\` would: JavaScript operators cannot be ` +
      "defined for tensors. The number is only known once the graph so far has run.",
    hints: [
      ({ replacement }) =>
        replacement === null
          ? null
          : `To compute with tensors, write \`${replacement}\`: it stays in the graph.`,
      "If the number is really wanted, say so with `.item()`.",
      captureScalars,
    ],
    context: "The conversion and the value: `ToPrimitive(number) TensorVariable()`.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const total = x.sum();
  const positive = Number(total) > 0;
  return positive ? x : x.neg();
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const total = x.sum();
  return torch.where(total.gt(0), x, x.neg());
});
fn(torch.ones(3));`,
  }),
  tensorTruthiness: defineGraphBreak({
    id: "GBJ004",
    title: "Truthiness of a Tensor",
    facts: { condition: text("source text of the tested expression") },
    explanation: ({ condition }) =>
      `\`${condition}\` is a Tensor with a single number, and JavaScript takes every object for true, whatever its elements are: ` +
      "this test never looks at the data, and its other way is never taken.",
    hints: [
      ({ condition }) =>
        `To test the data, write \`${condition}.item()\`; to stay in the graph, use \`torch.cond\`.`,
      ({ condition }) =>
        `To test whether there is a tensor at all, write \`${condition} !== undefined\`.`,
    ],
    context: "The jump and the value it tests.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  if (x.sum()) return x.add(1);
  return x.sub(1);
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => torch.where(x.sum().ne(0), x.add(1), x.sub(1)));
fn(torch.ones(3));`,
  }),
  tensorToText: defineGraphBreak({
    id: "GB0569",
    title: "Tensor converted to text",
    facts: {
      operation: text(
        "what looks at the text, as in `comparison of a string that contains tensor data`",
      ),
    },
    explanation: ({ operation }) =>
      `The text of a tensor shows its elements, which are only there once the graph so far has run, and it is needed ` +
      `before that: ${operation}.`,
    hints: [
      "Only make the text, or return it: looking into it is what ends the graph.",
      "For logging, pass the tensor itself to a function in `torch._dynamo.config.reorderable_logging_functions`.",
    ],
    context: "The conversion and the value: `ToPrimitive(string) TensorVariable()`.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  const label = \`y is \${y}\`;
  return label.length > 10 ? y.mul(2) : y;
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  return [y.mul(2), \`y is \${y}\`] as const;
});
const [z, label] = fn(torch.ones(3));
console.log(label.length, z);`,
  }),
  notAConstant: defineGraphBreak({
    id: "GB0086",
    title: "Not a compile-time constant",
    facts: {
      value: text("source text or description of the value"),
      use: text("what needs the constant, as in `a dimension of x.sum`"),
    },
    explanation: ({ value, use }) =>
      `${use} must be known while compiling, but \`${value}\` is only known at run time (it comes out of a tensor, ` +
      "or is a symbolic number).",
    hints: [standardHints.moveOutside],
    context: "The variable that was asked for its constant.",
    wrongExample: `
torch._dynamo.config.capture_scalar_outputs = true;
const fn = torch.compile((x: torch.Tensor, which: torch.Tensor) => x.sum(which.item() as number));
fn(torch.ones(2, 3), torch.tensor(1n));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor, which: number) => x.sum(which));
fn(torch.ones(2, 3), 1);`,
  }),
} as const;
