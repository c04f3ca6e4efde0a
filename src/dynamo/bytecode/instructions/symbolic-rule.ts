/**
 * What the symbolic interpreter requires of every instruction record beside the fields of `InstructionRecord`.
 * A field added here becomes required in every `define({ … })`, typed by the instruction's own operand `O`.
 */
// biome-ignore lint: the parameter is the point, a rule is typed by its operand.
export interface SymbolicRule<O> {
  /** Carries the operand type until the first rule field uses it. */
  readonly operandType?: (operand: O) => void;
}
