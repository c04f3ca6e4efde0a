import { UncapturedHigherOrderOpError } from "../exc.ts";
import { describeBreak, GraphBreak } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import { nodeSource } from "../interpreter/places.ts";

/** A branch on data that stays a graph break, and the statement that stands in the way of more. */
export class Unhealed extends GraphBreak {
  readonly obstacle: string;
  constructor(machine: Machine, obstacle: string) {
    super(
      describeBreak(
        "dataDependentBranch",
        { condition: machine.expressionText(), obstacle },
        "attempted to jump with SymNumberVariable()",
      ),
    );
    this.obstacle = obstacle;
  }
}

/** Says that what stands in the way is at the current instruction. */
export function refuse(machine: Machine, why: string): never {
  throw new Unhealed(machine, at(machine, why));
}

/** What an error in a side of a branch means for the branch; null if it means nothing. */
export function obstacleIn(machine: Machine, error: unknown): string | null {
  if (error instanceof Unhealed) return error.obstacle;
  if (error instanceof GraphBreak)
    return at(machine, `${error.reason.title}: ${error.reason.explanation}`);
  if (error instanceof UncapturedHigherOrderOpError) return at(machine, firstLines(error.message));
  return null;
}

/** `why`, and the user's line that the machine is at. */
function at(machine: Machine, why: string): string {
  const place = nodeSource(machine.tracer.frames);
  return place === null ? why : `${place.file}:${place.line}  \`${place.code}\`\n${why}`;
}

const firstLines = (text: string): string => text.split("\n").slice(0, 2).join("\n").trim();
