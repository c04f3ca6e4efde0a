/** A value on the compile-time stack: JavaScript text that gives it, and when that text may run. */

export interface OperandExpression {
  readonly text: string;
  readonly evaluation: "constant" | "local" | "ordered";
  /** Variables of locals that the text reads. */
  readonly reads: ReadonlySet<string>;
  /** A variable or literal: may be written several times. */
  readonly isAtom: boolean;
  /** The text is as the source had it, so that V8's message names it right. */
  readonly isFaithful: boolean;
  /** User's name of the variable whose cell the text reads; null otherwise. */
  readonly display: string | null;
  /** The text ends in a call, so that calling it needs no guard against becoming a method call. */
  readonly isCall: boolean;
  /** Method of a pair that `getMethod` pushed: the receiver's entry is right above. */
  readonly method: { readonly receiver: OperandExpression; readonly suffix: string } | null;
}

const nothing: ReadonlySet<string> = new Set();

const plain = { reads: nothing, isFaithful: true, display: null, isCall: false, method: null };

/** A variable of the generator itself. */
export function variableExpression(name: string): OperandExpression {
  return { ...plain, text: name, evaluation: "constant", isAtom: true, isFaithful: false };
}

export function constantExpression(text: string, isAtom: boolean): OperandExpression {
  return { ...plain, text, evaluation: "constant", isAtom };
}

export function localExpression(name: string): OperandExpression {
  return { ...plain, text: name, evaluation: "local", reads: new Set([name]), isAtom: true };
}

export function orderedExpression(
  text: string,
  parts: readonly OperandExpression[],
  facts: Partial<Pick<OperandExpression, "display" | "isCall" | "isFaithful" | "method">> = {},
): OperandExpression {
  const reads = new Set(parts.flatMap((part) => [...part.reads]));
  return { ...plain, text, evaluation: "ordered", reads, isAtom: false, ...facts };
}
