import type { GraphBreak } from "../graph-breaks/graph-break.ts";
import type { Variable } from "../variables/variable.ts";

/** How a capture ended. After a break the machine's frames are as they were before the breaking instruction. */
export type Outcome =
  | { readonly kind: "return"; readonly value: Variable }
  | { readonly kind: "throw"; readonly value: Variable }
  | { readonly kind: "break"; readonly graphBreak: GraphBreak };

/** A frame stands before an instruction where it was to stop. */
export interface Stopped {
  readonly kind: "stopped";
  readonly pc: number;
}
