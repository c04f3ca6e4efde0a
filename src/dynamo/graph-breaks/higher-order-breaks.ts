import { defineGraphBreak, text } from "./define-graph-break.ts";

const operator = /* @__PURE__ */ text("the higher-order operator, as in `torch.cond`");

const branchOn = (condition: string, whenTrue: string, operands = "[x]"): string => `
const fn = torch.compile((x: torch.Tensor) =>
  torch.cond(${condition}, ${whenTrue}, (x: torch.Tensor) => x.sub(1), ${operands}),
);
fn(torch.ones(3));`;

const rightCond = /* @__PURE__ */ branchOn("x.sum().gt(0)", "(x: torch.Tensor) => x.add(1)");

/** Reasons why a higher-order operator cannot be captured. These surface as errors: it has no other way to run. */
export const higherOrderBreaks = {
  branchMutatesInput: defineGraphBreak({
    id: "GB0041",
    title: "Encountered input mutation during higher order op tracing",
    facts: { operator, operand: text("which operand") },
    explanation: ({ operator, operand }) =>
      `A function given to ${operator} changes ${operand} in place.`,
    hints: ["Use the operator without the trailing underscore, and return the result."],
    context: "The operand.",
    wrongExample: branchOn("x.sum().gt(0)", "(x: torch.Tensor) => x.add_(1).clone()"),
    rightExample: rightCond,
  }),
  branchSideEffect: defineGraphBreak({
    id: "GB0067",
    title: "HOP: Unsafe side effect",
    facts: {
      operator,
      effect: text("what the function does, as in `it writes the outer variable \\`count\\``"),
    },
    explanation: ({ operator, effect }) =>
      `A function given to ${operator} has an effect outside itself: ${effect}. In the graph it would happen at ` +
      "the wrong time, or never.",
    hints: ["Return the value from the function, and do the effect after the operator."],
    context: "The effect.",
    wrongExample: `
const seen: number[] = [];
${branchOn(
  "x.sum().gt(0)",
  `(x: torch.Tensor) => {
    seen.push(1);
    return x.add(1);
  }`,
).trim()}`,
    rightExample: rightCond,
  }),
  branchNotCallable: defineGraphBreak({
    id: "GB0302",
    title: "HOP: non-callable variable",
    facts: { operator, argument: text("which argument"), kind: text("what it is") },
    explanation: ({ operator, argument, kind }) =>
      `${argument} of ${operator} must be a function, but is ${kind}.`,
    hints: ["Give an arrow function: `(x) => x`."],
    context: "The argument.",
    wrongExample: `
const notAFunction: unknown = 5;
const fn = torch.compile((x: torch.Tensor) =>
  torch.cond(x.sum().gt(0), notAFunction as (x: torch.Tensor) => torch.Tensor, (x: torch.Tensor) => x.sub(1), [x]),
);
fn(torch.ones(3));`,
    rightExample: rightCond,
  }),
  condArity: defineGraphBreak({
    id: "GB0309",
    title: "torch.cond: improper args/kwargs",
    facts: { count: text("how many arguments were given") },
    explanation: ({ count }) =>
      `torch.cond takes a predicate, two functions and an array of operands, but got ${count} arguments.`,
    hints: ["Call it as `torch.cond(predicate, whenTrue, whenFalse, [operands])`."],
    context: "The arguments.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  // @ts-expect-error: one function is missing
  return torch.cond(x.sum().gt(0), (x: torch.Tensor) => x.add(1));
});
fn(torch.ones(3));`,
    rightExample: rightCond,
  }),
  condPredicate: defineGraphBreak({
    id: "GB0310",
    title: "torch.cond: improper predicate",
    facts: { predicate: text("what the predicate is") },
    explanation: ({ predicate }) =>
      `The predicate of torch.cond must be a boolean or a tensor of one element, but is ${predicate}.`,
    hints: ["Reduce it to one element: `.any()` or `.all()`."],
    context: "The predicate.",
    wrongExample: branchOn('"yes" as unknown as boolean', "(x: torch.Tensor) => x.add(1)"),
    rightExample: rightCond,
  }),
  condOperands: defineGraphBreak({
    id: "GB0311",
    title: "torch.cond: improper operands",
    facts: { operands: text("what the operands are") },
    explanation: ({ operands }) =>
      `The operands of torch.cond must be an array, but are ${operands}.`,
    hints: ["Write `[x]` instead of `x`."],
    context: "The operands.",
    wrongExample: branchOn(
      "x.sum().gt(0)",
      "(x: torch.Tensor) => x.add(1)",
      "x as unknown as [torch.Tensor]",
    ),
    rightExample: rightCond,
  }),
  condOperandContents: defineGraphBreak({
    id: "GB0312",
    title: "torch.cond: improper operands contents",
    facts: { operand: text("which operand"), kind: text("what it is") },
    explanation: ({ operand, kind }) =>
      `The operands of torch.cond must be tensors, or arrays and plain objects of tensors, but ${operand} is ${kind}.`,
    hints: ["Other values need not be operands: the functions can use them directly."],
    context: "The operands.",
    wrongExample: branchOn(
      "x.sum().gt(0)",
      "(x: torch.Tensor) => x.add(1)",
      "[new Map() as unknown as torch.Tensor]",
    ),
    rightExample: rightCond,
  }),
  condBranchesDiffer: defineGraphBreak({
    id: "GB0313",
    title: "torch.cond: differing branch outputs",
    facts: {
      operator,
      first: text(
        "a function and the structure of its result, as in `true_fn returns tensor of f32[3]`",
      ),
      other: text("the same of another function"),
    },
    explanation: ({ operator, first, other }) =>
      `The functions of ${operator} must return the same structure, with tensors of the same dtype and number of ` +
      `dimensions, but ${first} and ${other}.`,
    hints: ["Return the same arrays and property names, in the same order, from both."],
    context: "The two results.",
    wrongExample: branchOn(
      "x.sum().gt(0)",
      "(x: torch.Tensor) => [x.add(1)] as unknown as torch.Tensor",
    ),
    rightExample: rightCond,
  }),
  operatorArguments: defineGraphBreak({
    id: "GBJ012",
    title: "Higher-order operator: improper arguments",
    facts: { operator, wanted: text("what it takes") },
    explanation: ({ operator, wanted }) => `${operator} wants ${wanted}.`,
    hints: ["See the operator's documentation for what it takes."],
    context: "The call.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.scan((sum, row) => [sum.add(row), sum.clone()], torch.zeros(2), x, {
    // @ts-expect-error: there is no such option
    backwards: true,
  }),
);
fn(torch.ones(3, 2));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.scan((sum, row) => [sum.add(row), sum.clone()], torch.zeros(2), x, {
    reverse: true,
  }),
);
fn(torch.ones(3, 2));`,
  }),
  carriedChanges: defineGraphBreak({
    id: "GBJ013",
    title: "Higher-order operator: what is carried changes",
    facts: { operator, carried: text("what went in"), returned: text("what came out") },
    explanation: ({ operator, carried, returned }) =>
      `A step of ${operator} must return what it is given in the same dtype and shape, but was given ${carried} ` +
      `and returned ${returned}.`,
    hints: ["Convert what is carried in before the operator: `x.to(torch.float32)`."],
    context: "The value returned.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.while_loop(
    (x) => x.sum().lt(10),
    (x) => [x.to(torch.float64)],
    [x],
  ),
);
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.while_loop(
    (x) => x.sum().lt(10),
    (x) => [x.add(1)],
    [x],
  ),
);
fn(torch.ones(3));`,
  }),
  loopCondition: defineGraphBreak({
    id: "GB0308",
    title: "torch.while_loop: unsupported cond_fn return type",
    facts: { operator, returned: text("what it returned") },
    explanation: ({ operator, returned }) =>
      `cond_fn of ${operator} must return a boolean or a bool tensor of one element, but returned ${returned}.`,
    hints: ["Compare, and reduce to one element: `x.lt(10).all()`."],
    context: "The value returned.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.while_loop(
    (x) => x.lt(10),
    (x) => [x.add(1)],
    [x],
  ),
);
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.while_loop(
    (x) => x.lt(10).all(),
    (x) => [x.add(1)],
    [x],
  ),
);
fn(torch.ones(3));`,
  }),
  loopNeverEnds: defineGraphBreak({
    id: "GB0339",
    title: "torch.while_loop: infinite loop detected",
    facts: { operator },
    explanation: ({ operator }) =>
      `cond_fn of ${operator} is true whatever is carried: the loop would never end.`,
    hints: ["Let the condition depend on what the loop changes."],
    context: "The condition.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.while_loop(
    () => true,
    (x) => [x.add(1)],
    [x],
  ),
);
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) =>
  torch._higher_order_ops.while_loop(
    (x) => x.sum().lt(10),
    (x) => [x.add(1)],
    [x],
  ),
);
fn(torch.ones(3));`,
  }),
  branchOutput: defineGraphBreak({
    id: "GB0314",
    title: "HOP body output unsupported",
    facts: { operator, output: text("what was returned") },
    explanation: ({ operator, output }) =>
      `A function given to ${operator} must return tensors, integers or booleans, but returned ${output}.`,
    hints: ["Return a tensor, and make other values of it after the operator."],
    context: "The output.",
    wrongExample: `
const up = torch.compiler.nested_compile_region(() => "up");
const fn = torch.compile((x: torch.Tensor) => (up() === "up" ? x.add(1) : x));
fn(torch.ones(3));`,
    rightExample: `
const up = torch.compiler.nested_compile_region((x: torch.Tensor) => x.add(1));
const fn = torch.compile((x: torch.Tensor) => up(x));
fn(torch.ones(3));`,
  }),
} as const;
