/**
 * `torch.fx.experimental.symbolic_shapes`: asking about numbers without making the compiler decide on them. Eager code has
 * the numbers, so all of these just give the condition.
 */

/** Whether the condition is true whatever the data is. Never makes the compiled code depend on the answer. */
export function statically_known_true(condition: boolean): boolean {
  return condition;
}

/** The condition; false where only running the graph could tell. The program must be right either way. */
export function guard_or_false(condition: boolean): boolean {
  return condition;
}

/** The condition; true where only running the graph could tell. The program must be right either way. */
export function guard_or_true(condition: boolean): boolean {
  return condition;
}
