import type { Code } from "../bytecode/code.ts";
import type { GraphBreakKey } from "../graph-breaks/catalogue.ts";
import type { GraphBreak } from "../graph-breaks/graph-break.ts";
import type { Rewrite } from "../graph-breaks/graph-break-record.ts";
import type { Machine } from "../interpreter/machine.ts";
import { placeOf } from "../interpreter/places.ts";
import { typeOf } from "../operations/operators.ts";
import { addBehindImports, addItem, dropItem, dropStatement } from "./rewrite-call.ts";
import { rewriteBranch } from "./rewrite-branch.ts";
import { unifiedDiff } from "./unified-diff.ts";
import { type Edit, offsetOf, readUserFile, type UserFile } from "./user-file.ts";

/** What a rewrite may rely on, besides the text. */
interface Situation {
  /** The condition is a boolean, not a number. */
  readonly isBoolean: boolean;
  /** All tensors that take part have one dtype: a tensor in the place of its number then gives the same result. */
  readonly isOneDtype: boolean;
  readonly facts: Readonly<Record<string, string | null>>;
}

interface Rewriter {
  readonly description: string;
  readonly edit: (file: UserFile, place: number, situation: Situation) => Edit | null;
}

const flag = (name: string): Rewriter => ({
  description: `Set torch._dynamo.config.${name}.`,
  edit: (file) => addBehindImports(file, `${file.torch}._dynamo.config.${name} = true;`),
});

/** How a break can be avoided by changing the text at its place; the first that fits is offered. */
const rewriters: Readonly<Partial<Record<GraphBreakKey, readonly Rewriter[]>>> = {
  dataDependentBranch: [
    {
      description: "Let the graph choose, with torch.cond.",
      edit: (file, place, situation) =>
        situation.facts["obstacle"] == null ? rewriteBranch(file, place, situation) : null,
    },
  ],
  tensorItem: [
    {
      description: "Use the tensor itself in the place of its number.",
      edit: (file, place, { isOneDtype }) => (isOneDtype ? dropItem(file, place) : null),
    },
    flag("capture_scalar_outputs"),
  ],
  dynamicShapeOperator: [flag("capture_dynamic_output_shape_ops")],
  tensorTruthiness: [
    { description: "Test the data, not whether there is a tensor.", edit: addItem },
  ],
  untraceableBuiltin: [
    {
      description: "Print after the graph, with what was there before.",
      edit: (file, _place, { facts }) =>
        facts["loggingFunction"] == null
          ? null
          : addBehindImports(
              file,
              `${file.torch}._dynamo.config.reorderable_logging_functions.add(${facts["loggingFunction"]});`,
            ),
    },
  ],
  userGraphBreak: [{ description: "Remove the call.", edit: dropStatement }],
};

/** Looks for a rewrite when it is called; what the capture knows is taken down now. */
export function rewriteFinder(machine: Machine, graphBreak: GraphBreak): () => Rewrite | null {
  const { key, facts } = graphBreak.reason;
  const known = rewriters[key];
  const frame = machine.tracer.frames.at(-1);
  if (known === undefined || frame === undefined) return () => null;
  const { subject } = graphBreak;
  const situation: Situation = {
    facts,
    isBoolean: subject !== null && typeOf(machine, subject) === "boolean",
    isOneDtype: hasOneDtype(machine),
  };
  const { code, pc } = frame;
  return () => findRewrite(known, code, pc, situation);
}

function findRewrite(
  known: readonly Rewriter[],
  code: Code,
  pc: number,
  situation: Situation,
): Rewrite | null {
  const position = placeOf(code, pc)?.position;
  const file = position === undefined ? null : readUserFile(position.file);
  if (file === null || position === undefined) return null;
  for (const { description, edit } of known) {
    const change = edit(file, offsetOf(file, position), situation);
    if (change !== null) return { description, diff: unifiedDiff(file.path, file.text, change) };
  }
  return null;
}

/** Whether the tensors at hand, but for booleans, have one dtype. */
function hasOneDtype({ tracer }: Machine): boolean {
  const { stack, locals } = tracer.frame;
  const dtypes = [...stack, ...locals].flatMap((each) => {
    const value = each?.kind === "lazy" ? each.forced : each;
    return value?.kind === "tensor" && value.fake.dtype.category !== "bool"
      ? [value.fake.dtype]
      : [];
  });
  return new Set(dtypes).size <= 1;
}
