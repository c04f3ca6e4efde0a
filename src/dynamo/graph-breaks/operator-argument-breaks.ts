import { defineGraphBreak, type GraphBreakDefinition, text } from "./define-graph-break.ts";

const operator = text("the higher-order operator, as in `torch._higher_order_ops.scan`");
const wanted = text("what it takes, and what it was given instead");

type Definition = GraphBreakDefinition<{
  readonly operator: typeof operator;
  readonly wanted: typeof wanted;
}>;

/** What one operator wants of one of its arguments, or of what a function given to it returns. */
function improper(
  id: Definition["id"],
  title: string,
  hint: string,
  [wrong, right]: readonly [wrong: string, right: string],
): Definition {
  const program = (call: string): string => `
const { associative_scan, hints_wrapper, map, scan, while_loop } = torch._higher_order_ops;
const choose = torch._higher_order_ops.switch;
void [associative_scan, hints_wrapper, map, scan, while_loop, choose];
const fn = torch.compile((x: torch.Tensor) => ${call});
fn(torch.ones(3, 2));`;
  return defineGraphBreak({
    id,
    title,
    facts: { operator, wanted },
    explanation: ({ operator, wanted }) => `${operator} wants ${wanted}.`,
    hints: [hint],
    context: "The call.",
    wrongExample: program(wrong),
    rightExample: program(right),
  });
}

const loop = "while_loop((x) => x.sum().lt(9), (x) => [x.add(1)], [x])";
const sums = "scan((sum, row) => [sum.add(row), sum.clone()], torch.zeros(2), x)";
const products = "associative_scan((a, b) => a.mul(b), x, 0)";
const rows = "map((row) => row.sum(), x)";
const choice = "choose(x.sum().to(torch.int64), [(x) => x.add(1), (x) => x.sub(1)], [x])";
const hinted = 'hints_wrapper((x: torch.Tensor) => x.add(1), [x], { hints: { note: "small" } })';

/** Arguments that a higher-order operator does not take, each of them PyTorch's own type of break. */
export const operatorArgumentBreaks = {
  whileLoopArguments: improper(
    "GB0303",
    "torch.while_loop: improper args/kwargs",
    "Call it as `while_loop(cond_fn, body_fn, [carried])`.",
    ["while_loop((x) => x.sum().lt(9), (x) => [x.add(1)], x as unknown as [torch.Tensor])", loop],
  ),
  whileLoopCarried: improper(
    "GB0304",
    "torch.while_loop: improper additional_inputs",
    "Carry tensors and integers; other values can be used by the functions directly.",
    [
      'while_loop((x) => x.sum().lt(9), (x) => [x.add(1), "up" as unknown as torch.Tensor], [x, "up" as unknown as torch.Tensor])',
      loop,
    ],
  ),
  associativeScanArguments: improper(
    "GB0341",
    "torch.associative_scan: improper args",
    "Call it as `associative_scan(combine_fn, xs, dim)`.",
    ["associative_scan((a, b) => a.mul(b), x, x as unknown as number)", products],
  ),
  associativeScanXs: improper(
    "GB0315",
    "torch.associative_scan: improper xs",
    "Give a tensor, or an array or plain object of tensors.",
    ['associative_scan((a, b) => a.mul(b), "x" as unknown as typeof x, 0)', products],
  ),
  associativeScanStructure: improper(
    "GB0319",
    "torch.associative_scan: mismatched input/output tree structure",
    "Return from combine_fn what it is given: the same arrays and property names.",
    ["associative_scan((a, b) => [a.mul(b)] as unknown as typeof a, x, 0)", products],
  ),
  scanXs: improper(
    "GB0320",
    "torch.scan: improper xs",
    "Give a tensor, or an array or plain object of tensors.",
    [
      'scan((sum, row) => [sum.add(row), sum.clone()], torch.zeros(2), "x" as unknown as typeof x)',
      sums,
    ],
  ),
  scanInit: improper(
    "GB0321",
    "torch.scan: improper init",
    "Start with tensors; other values can be used by combine_fn directly.",
    ['scan((sum, row) => [sum.add(row), sum.clone()], "start" as unknown as typeof x, x)', sums],
  ),
  scanCombine: improper(
    "GB0342",
    "torch.scan: improper combine_fn",
    "Return a carry of the structure of init, and an output that is a tensor.",
    [
      "scan((sum, row) => [[sum.add(row), row] as unknown as typeof sum, sum.clone()], torch.zeros(2), x)",
      sums,
    ],
  ),
  scanReturns: improper(
    "GB0343",
    "torch.scan: improper combine_fn number of returns",
    "Return a pair from combine_fn: `[carry, output]`.",
    [
      "scan((sum, row) => sum.add(row) as unknown as [typeof x, typeof x], torch.zeros(2), x)",
      sums,
    ],
  ),
  scanMutates: improper(
    "GB1075",
    "torch.scan: combine_fn mutates init or xs",
    "Use the operation without the trailing underscore, and return the result.",
    ["scan((sum, row) => [sum.add_(row).clone(), sum.clone()], torch.zeros(2), x)", sums],
  ),
  mapMutates: improper(
    "GB6183",
    "torch.map: f mutates a captured tensor",
    "Use the operation without the trailing underscore, and return the result.",
    ["map((row) => row.add_(1).sum(), x)", rows],
  ),
  mapInputs: improper(
    "GB0326",
    "torch.map: improper inputs",
    "Give a tensor, or an array or plain object of tensors.",
    ['map((row: torch.Tensor) => row.sum(), "x" as unknown as typeof x)', rows],
  ),
  switchArguments: improper(
    "GB8165",
    "torch.switch: improper args/kwargs",
    "Call it as `switch(index, [branches], [operands])`.",
    ["choose(x.sum().to(torch.int64), [(x) => x.add(1)], x as unknown as [torch.Tensor])", choice],
  ),
  switchNoBranches: improper(
    "GB4307",
    "torch.switch: empty branches",
    "Give at least one function.",
    ["choose(x.sum().to(torch.int64), [], [x])", choice],
  ),
  switchIndex: improper(
    "GB9509",
    "torch.switch: improper index",
    "Choose by an integer, or by an integer tensor of one element.",
    ["choose(x.to(torch.int64), [(x) => x.add(1), (x) => x.sub(1)], [x])", choice],
  ),
  switchBranchesDiffer: improper(
    "GB9203",
    "torch.switch: differing branch outputs",
    "Return the same arrays and property names, with the same dtypes, from all branches.",
    [
      "choose(x.sum().to(torch.int64), [(x) => x.add(1), (x) => [x] as unknown as torch.Tensor], [x])",
      choice,
    ],
  ),
  switchBranchOutput: improper(
    "GB1824",
    "torch.switch: unsupported branch return type",
    "Return a tensor, and make other values of it after the operator.",
    [
      'choose(x.sum().to(torch.int64), [(x) => x.add(1), () => "up" as unknown as torch.Tensor], [x])',
      choice,
    ],
  ),
  hintsWrapperArguments: improper(
    "GB0335",
    "hints_wrapper: improper args/kwargs",
    "Call it as `hints_wrapper(body_fn, [arguments], { hints: { … } })`.",
    [
      'hints_wrapper((x: torch.Tensor) => x.add(1), x as unknown as [torch.Tensor], { hints: { note: "small" } })',
      hinted,
    ],
  ),
  condBranchOutput: improper(
    "GB0340",
    "torch.cond: unsupported branch return type",
    "Return a tensor, and make other values of it after the operator.",
    [
      'torch.cond(x.sum().gt(0), (x: torch.Tensor) => x, () => "up" as unknown as torch.Tensor, [x])',
      "torch.cond(x.sum().gt(0), (x: torch.Tensor) => x, (x: torch.Tensor) => x.neg(), [x])",
    ],
  ),
} as const;

export type OperatorArgumentBreak = keyof typeof operatorArgumentBreaks;
