import { defineGraphBreak, type GraphBreakDefinition, text } from "./define-graph-break.ts";

const operator = /* @__PURE__ */ text(
  "the higher-order operator, as in `torch._higher_order_ops.scan`",
);
const wanted = /* @__PURE__ */ text("what it takes, and what it was given instead");

type Definition = GraphBreakDefinition<{
  readonly operator: typeof operator;
  readonly wanted: typeof wanted;
}>;

/** What one operator wants of one of its arguments, or of what a function given to it returns. The examples are calls on `x`. */
function improper({
  id,
  title,
  hint,
  wrongExample,
  rightExample,
}: Pick<Definition, "id" | "title" | "wrongExample" | "rightExample"> & {
  readonly hint: string;
}): Definition {
  return defineGraphBreak({
    id,
    title,
    facts: { operator, wanted },
    explanation: ({ operator, wanted }) => `${operator} wants ${wanted}.`,
    hints: [hint],
    context: "The call.",
    wrongExample: programOf(wrongExample),
    rightExample: programOf(rightExample),
  });
}

const programOf = (call: string): string => `
const { associative_scan, hints_wrapper, map, scan, while_loop } = torch._higher_order_ops;
const choose = torch._higher_order_ops.switch;
void [associative_scan, hints_wrapper, map, scan, while_loop, choose];
const fn = torch.compile((x: torch.Tensor) => ${call});
fn(torch.ones(3, 2));`;

const loop = "while_loop((x) => x.sum().lt(9), (x) => [x.add(1)], [x])";
const sums = "scan((sum, row) => [sum.add(row), sum.clone()], torch.zeros(2), x)";
const products = "associative_scan((a, b) => a.mul(b), x, 0)";
const rows = "map((row) => row.sum(), x)";
const choice = "choose(x.sum().to(torch.int64), [(x) => x.add(1), (x) => x.sub(1)], [x])";
const hinted = 'hints_wrapper((x: torch.Tensor) => x.add(1), [x], { hints: { note: "small" } })';

/** Arguments that a higher-order operator does not take, each of them PyTorch's own type of break. */
export const operatorArgumentBreaks = {
  whileLoopArguments: improper({
    id: "GB0303",
    title: "torch.while_loop: improper args/kwargs",
    hint: "Call it as `while_loop(cond_fn, body_fn, [carried])`.",
    wrongExample:
      "while_loop((x) => x.sum().lt(9), (x) => [x.add(1)], x as unknown as [torch.Tensor])",
    rightExample: loop,
  }),
  whileLoopCarried: improper({
    id: "GB0304",
    title: "torch.while_loop: improper additional_inputs",
    hint: "Carry tensors and integers; other values can be used by the functions directly.",
    wrongExample:
      'while_loop((x) => x.sum().lt(9), (x) => [x.add(1), "up" as unknown as torch.Tensor], [x, "up" as unknown as torch.Tensor])',
    rightExample: loop,
  }),
  associativeScanArguments: improper({
    id: "GB0341",
    title: "torch.associative_scan: improper args",
    hint: "Call it as `associative_scan(combine_fn, xs, dim)`.",
    wrongExample: "associative_scan((a, b) => a.mul(b), x, x as unknown as number)",
    rightExample: products,
  }),
  associativeScanXs: improper({
    id: "GB0315",
    title: "torch.associative_scan: improper xs",
    hint: "Give a tensor, or an array or plain object of tensors.",
    wrongExample: 'associative_scan((a, b) => a.mul(b), "x" as unknown as typeof x, 0)',
    rightExample: products,
  }),
  associativeScanStructure: improper({
    id: "GB0319",
    title: "torch.associative_scan: mismatched input/output tree structure",
    hint: "Return from combine_fn what it is given: the same arrays and property names.",
    wrongExample: "associative_scan((a, b) => [a.mul(b)] as unknown as typeof a, x, 0)",
    rightExample: products,
  }),
  scanXs: improper({
    id: "GB0320",
    title: "torch.scan: improper xs",
    hint: "Give a tensor, or an array or plain object of tensors.",
    wrongExample:
      'scan((sum, row) => [sum.add(row), sum.clone()], torch.zeros(2), "x" as unknown as typeof x)',
    rightExample: sums,
  }),
  scanInit: improper({
    id: "GB0321",
    title: "torch.scan: improper init",
    hint: "Start with tensors; other values can be used by combine_fn directly.",
    wrongExample:
      'scan((sum, row) => [sum.add(row), sum.clone()], "start" as unknown as typeof x, x)',
    rightExample: sums,
  }),
  scanCombine: improper({
    id: "GB0342",
    title: "torch.scan: improper combine_fn",
    hint: "Return a carry of the structure of init, and an output that is a tensor.",
    wrongExample:
      "scan((sum, row) => [[sum.add(row), row] as unknown as typeof sum, sum.clone()], torch.zeros(2), x)",
    rightExample: sums,
  }),
  scanReturns: improper({
    id: "GB0343",
    title: "torch.scan: improper combine_fn number of returns",
    hint: "Return a pair from combine_fn: `[carry, output]`.",
    wrongExample:
      "scan((sum, row) => sum.add(row) as unknown as [typeof x, typeof x], torch.zeros(2), x)",
    rightExample: sums,
  }),
  scanMutates: improper({
    id: "GB1075",
    title: "torch.scan: combine_fn mutates init or xs",
    hint: "Use the operation without the trailing underscore, and return the result.",
    wrongExample: "scan((sum, row) => [sum.add_(row).clone(), sum.clone()], torch.zeros(2), x)",
    rightExample: sums,
  }),
  mapMutates: improper({
    id: "GB6183",
    title: "torch.map: f mutates a captured tensor",
    hint: "Use the operation without the trailing underscore, and return the result.",
    wrongExample: "map((row) => row.add_(1).sum(), x)",
    rightExample: rows,
  }),
  mapInputs: improper({
    id: "GB0326",
    title: "torch.map: improper inputs",
    hint: "Give a tensor, or an array or plain object of tensors.",
    wrongExample: 'map((row: torch.Tensor) => row.sum(), "x" as unknown as typeof x)',
    rightExample: rows,
  }),
  switchArguments: improper({
    id: "GB8165",
    title: "torch.switch: improper args/kwargs",
    hint: "Call it as `switch(index, [branches], [operands])`.",
    wrongExample:
      "choose(x.sum().to(torch.int64), [(x) => x.add(1)], x as unknown as [torch.Tensor])",
    rightExample: choice,
  }),
  switchNoBranches: improper({
    id: "GB4307",
    title: "torch.switch: empty branches",
    hint: "Give at least one function.",
    wrongExample: "choose(x.sum().to(torch.int64), [], [x])",
    rightExample: choice,
  }),
  switchIndex: improper({
    id: "GB9509",
    title: "torch.switch: improper index",
    hint: "Choose by an integer, or by an integer tensor of one element.",
    wrongExample: "choose(x.to(torch.int64), [(x) => x.add(1), (x) => x.sub(1)], [x])",
    rightExample: choice,
  }),
  switchBranchesDiffer: improper({
    id: "GB9203",
    title: "torch.switch: differing branch outputs",
    hint: "Return the same arrays and property names, with the same dtypes, from all branches.",
    wrongExample:
      "choose(x.sum().to(torch.int64), [(x) => x.add(1), (x) => [x] as unknown as torch.Tensor], [x])",
    rightExample: choice,
  }),
  switchBranchOutput: improper({
    id: "GB1824",
    title: "torch.switch: unsupported branch return type",
    hint: "Return a tensor, and make other values of it after the operator.",
    wrongExample:
      'choose(x.sum().to(torch.int64), [(x) => x.add(1), () => "up" as unknown as torch.Tensor], [x])',
    rightExample: choice,
  }),
  hintsWrapperArguments: improper({
    id: "GB0335",
    title: "hints_wrapper: improper args/kwargs",
    hint: "Call it as `hints_wrapper(body_fn, [arguments], { hints: { … } })`.",
    wrongExample:
      'hints_wrapper((x: torch.Tensor) => x.add(1), x as unknown as [torch.Tensor], { hints: { note: "small" } })',
    rightExample: hinted,
  }),
  condBranchOutput: improper({
    id: "GB0340",
    title: "torch.cond: unsupported branch return type",
    hint: "Return a tensor, and make other values of it after the operator.",
    wrongExample:
      'torch.cond(x.sum().gt(0), (x: torch.Tensor) => x, () => "up" as unknown as torch.Tensor, [x])',
    rightExample:
      "torch.cond(x.sum().gt(0), (x: torch.Tensor) => x, (x: torch.Tensor) => x.neg(), [x])",
  }),
} as const;

export type OperatorArgumentBreak = keyof typeof operatorArgumentBreaks;
