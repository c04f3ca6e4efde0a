import type { CallNode } from "../fx/node.ts";

/** Where a graph can be cut, so that its parts can be compiled. */
export interface Cut {
  readonly node: CallNode;
  /** `around` the call, which then is made as it stands; or `before` it, where what it needs is known. */
  readonly place: "around" | "before";
}

/** The graph as a whole holds something that this compiler does not know. */
export class NotCompilableError extends Error {
  /** Null: it cannot be cut either, and runs operator by operator. */
  readonly cut: Cut | null;

  constructor(message: string, cut: Cut | null = null) {
    super(message);
    this.cut = cut;
  }
}
