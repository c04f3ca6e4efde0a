import { defineGraphBreak, text } from "./define-graph-break.ts";

const operator = text("the higher-order operator, as in `torch.cond`");

const branchOn = (condition: string, whenTrue: string, operands = "[x]"): string => `
const fn = torch.compile((x: torch.Tensor) =>
  torch.cond(${condition}, ${whenTrue}, (x: torch.Tensor) => x.sub(1), ${operands}),
);
fn(torch.ones(3));`;

const rightCond = branchOn("x.sum().gt(0)", "(x: torch.Tensor) => x.add(1)");

/** Reasons why a higher-order operator cannot be captured. These surface as errors: it has no other way to run. */
export const higherOrderBreaks = {
  branchAliasesInput: defineGraphBreak({
    id: "GB0040",
    title: "Encountered aliasing during higher order op tracing",
    facts: { operator, output: text("which output"), alias: text("what it shares memory with") },
    explanation: ({ operator, output, alias }) =>
      `${output} of a function given to ${operator} shares memory with ${alias}. Which branch ran would then decide ` +
      "what a later write changes.",
    hints: ["Return a copy: replace `return x` by `return x.clone()`."],
    context: "The output and the operand.",
    wrongExample: branchOn("x.sum().gt(0)", "(x: torch.Tensor) => x"),
    rightExample: branchOn("x.sum().gt(0)", "(x: torch.Tensor) => x.clone()"),
  }),
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
      whenTrue: text("structure of the first result"),
      whenFalse: text("structure of the second result"),
    },
    explanation: ({ whenTrue, whenFalse }) =>
      `The functions of torch.cond must return the same structure, but return ${whenTrue} and ${whenFalse}.`,
    hints: ["Return the same arrays and property names, in the same order, from both."],
    context: "The two results.",
    wrongExample: branchOn(
      "x.sum().gt(0)",
      "(x: torch.Tensor) => [x.add(1)] as unknown as torch.Tensor",
    ),
    rightExample: rightCond,
  }),
  branchOutput: defineGraphBreak({
    id: "GB0314",
    title: "HOP body output unsupported",
    facts: { operator, output: text("what was returned") },
    explanation: ({ operator, output }) =>
      `A function given to ${operator} must return tensors, integers or booleans, but returned ${output}.`,
    hints: ["Return a tensor, and make other values of it after the operator."],
    context: "The output.",
    wrongExample: branchOn(
      "x.sum().gt(0)",
      '(x: torch.Tensor) => (void x, "up" as unknown as torch.Tensor)',
    ),
    rightExample: rightCond,
  }),
} as const;
