/** Advice that many breaks share, by what it has to convey. */
export const standardHints = {
  userError:
    "The program itself is probably wrong here: run it without `torch.compile`, or with TORCH_COMPILE_DISABLE=1, " +
    "and see whether it fails in the same way.",
  fundamental:
    "This graph break is fundamental: capturing ahead of time what only running can tell is not possible. " +
    "Use one of the rewrites named here.",
  supportable:
    "This could be supported. If it breaks a graph where speed matters, please report it with a small program.",
  compilerBug: "This is probably a bug of the compiler: please report it with a small program.",
  causedByEarlierBreak:
    "Remove the graph breaks before this one first: without them this one may not happen.",
  customOperator:
    "Wrap the part that cannot be captured in a custom operator: `torch.library.custom_op` with `register_fake`.",
  moveOutside:
    "Compute the value before the compiled function is called, and pass it in as an argument.",
} as const;
