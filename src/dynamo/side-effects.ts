import type { PrivateName } from "./source/private-name.ts";
import type { CellVariable, Variable } from "./variables/variable.ts";

/**
 * What the captured region does to things that exist outside it, operation by operation in program order.
 * `afterCall`: how many graph calls the program had made before it; when the graph throws at run time, exactly the
 * effects of the part that ran are replayed.
 */
export type SideEffect = { readonly afterCall: number } & (
  | {
      readonly kind: "setProperty";
      readonly target: Variable;
      readonly key: PropertyKey;
      readonly value: Variable;
    }
  | {
      readonly kind: "setPrivate";
      readonly target: Variable;
      readonly name: PrivateName;
      readonly value: Variable;
    }
  | { readonly kind: "deleteProperty"; readonly target: Variable; readonly key: PropertyKey }
  | {
      readonly kind: "call";
      readonly callee: Function;
      readonly receiver: Variable;
      readonly args: readonly Variable[];
    }
  | { readonly kind: "storeCell"; readonly cell: CellVariable; readonly value: Variable }
  | {
      readonly kind: "log";
      readonly callee: Function;
      readonly receiver: Variable;
      readonly args: readonly Variable[];
    }
);
