import { breakGraph } from "./graph-break.ts";

/** Ends the graph because of a construct that has no bytecode; those with a break of their own get its advice. */
export function breakForConstruct(construct: string, functionName: string, context: string): never {
  switch (construct) {
    case "direct eval":
    case "`with` statement":
      return breakGraph("evalOrWith", { construct }, context);
    case "dynamic import":
      return breakGraph("dynamicImport", { functionName }, context);
    case "await":
    case "`for await`":
    case "await using":
      return breakGraph("asyncFunction", { functionName }, context);
    case "yield":
      return breakGraph("generatorFunction", { functionName, obstacle: null }, context);
    default:
      return breakGraph("unsupportedSyntax", { construct }, context);
  }
}
