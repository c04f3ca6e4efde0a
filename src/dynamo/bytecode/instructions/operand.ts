/** What an instruction carries beside the stack. The kinds are data: verifier, liveness and disassembler read them. */

export type Constant = undefined | null | boolean | number | string | bigint;

export const operand = {
  /**
   * Slot of a local; three kinds, so that liveness needs no second table.
   * A cell instruction *reads* the slot: the slot holds the cell.
   */
  localRead: { kind: "local", access: "read" },
  localWrite: { kind: "local", access: "write" },
  localUpdate: { kind: "local", access: "update" },
  /** Index into `code.captures`. */
  capture: { kind: "capture" },
  /** Index into `code.children`. */
  child: { kind: "child" },
  /** A pc. */
  target: { kind: "target" },
  /** How many stack operands, or which parameter. */
  count: { kind: "count" },
  /** 1 or -1. */
  sign: { kind: "sign" },
  flag: { kind: "flag" },
  /** A property or variable name. */
  name: { kind: "name" },
  names: { kind: "names" },
  /** A name that may be absent. */
  optionalName: { kind: "optionalName" },
  /** How V8 prints the expression in "… is not a function"; only for messages. */
  site: { kind: "site" },
  constant: { kind: "constant" },
  text: { kind: "text" },
  strings: { kind: "strings" },
  binaryOperator: { kind: "binaryOperator" },
  unaryOperator: { kind: "unaryOperator" },
} as const;

export type OperandKind = (typeof operand)[keyof typeof operand];

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "**"
  | "=="
  | "!="
  | "==="
  | "!=="
  | "<"
  | "<="
  | ">"
  | ">="
  | "&"
  | "|"
  | "^"
  | "<<"
  | ">>"
  | ">>>"
  | "in"
  | "instanceof";

export type UnaryOperator = "-" | "+" | "!" | "~" | "typeof";

interface OperandValue {
  readonly local: number;
  readonly capture: number;
  readonly child: number;
  readonly target: number;
  readonly count: number;
  readonly sign: 1 | -1;
  readonly flag: boolean;
  readonly name: string;
  readonly names: readonly string[];
  readonly optionalName: string | null;
  readonly site: string;
  readonly constant: Constant;
  readonly text: string;
  readonly strings: readonly (string | null)[];
  readonly binaryOperator: BinaryOperator;
  readonly unaryOperator: UnaryOperator;
}

export type OperandSchema = Readonly<Record<string, OperandKind>>;

export type OperandOf<S extends OperandSchema> = {
  readonly [K in keyof S]: OperandValue[S[K]["kind"]];
};
