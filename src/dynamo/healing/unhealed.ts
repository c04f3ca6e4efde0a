import { UncapturedHigherOrderOpError } from "../exc.ts";
import { describeBreak, GraphBreak } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { nodeSource } from "../interpreter/places.ts";

/**
 * What keeps a branch on data from becoming an operator. `statement`: one in a side cannot be captured. `merge`: the sides
 * can, but do not go together where their ways do. `limit`: there are too many of them.
 */
export type ObstacleKind = "statement" | "merge" | "limit";

/** A branch on data that stays a graph break, and the statement that stands in the way of more. */
export class Unhealed extends GraphBreak {
  readonly obstacle: string;
  readonly kind: ObstacleKind;
  constructor(machine: Machine, kind: ObstacleKind, obstacle: string) {
    super(
      describeBreak(
        "dataDependentBranch",
        { condition: machine.expressionText(), obstacle },
        "attempted to jump with SymNumberVariable()",
      ),
      false,
      machine.tracer.frame.stack.at(-1) ?? null,
    );
    this.kind = kind;
    this.obstacle = obstacle;
  }
}

/** Says that what stands in the way is at the current instruction. */
export function refuse(machine: Machine, kind: ObstacleKind, why: string): never {
  throw new Unhealed(machine, kind, at(machine, why));
}

/** What an error in a side of the current branch means for the branch; null if it means nothing. */
export function unhealedBy(machine: Machine, error: unknown): Obstacle | null {
  if (error instanceof Unhealed) return error;
  if (error instanceof GraphBreak) {
    const { title, explanation } = error.reason;
    return { kind: "statement", obstacle: at(machine, `${title}: ${explanation}`) };
  }
  if (!(error instanceof UncapturedHigherOrderOpError)) return null;
  const [first = "", second = ""] = error.message.split("\n");
  return { kind: "statement", obstacle: at(machine, `${first}\n${second.trim()}`) };
}

interface Obstacle {
  readonly kind: ObstacleKind;
  readonly obstacle: string;
}

/** `why`, and the user's line that the machine is at. */
function at(machine: Machine, why: string): string {
  const place = nodeSource(machine.tracer.frames);
  return place === null ? why : `${place.file}:${place.line}  \`${place.code}\`\n${why}`;
}
