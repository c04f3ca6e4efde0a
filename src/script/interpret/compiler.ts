/** What the files of the interpreter ask of each other. */
import type {
  AnyNode,
  ArrowFunctionExpression,
  Expression,
  Function as FunctionNode,
  Pattern,
  PrivateIdentifier,
  Statement,
  Super,
} from "acorn";
import type { LexicalScope } from "./lexical-scope.ts";
import type { Assign, Environment, Evaluate, Execute, Frame } from "./run.ts";

export interface Compiler {
  expression(node: Expression | PrivateIdentifier | Super, scope: LexicalScope): Evaluate;
  /** An expression that gets a name if it is an anonymous function (NamedEvaluation). */
  named(node: Expression, name: string, scope: LexicalScope): Evaluate;
  statement(node: Statement | AnyNode, scope: LexicalScope, labels?: readonly string[]): Execute;
  /** Statements with the declarations among them; the scope is theirs. */
  statements(nodes: readonly (Statement | AnyNode)[], scope: LexicalScope): Execute;
  /** @param isDeclaration the variables begin to exist; otherwise they are assigned */
  pattern(
    node: Pattern,
    scope: LexicalScope,
    isDeclaration: boolean,
    source?: Expression | null,
  ): Assign;
  closure(
    node: FunctionNode | ArrowFunctionExpression,
    scope: LexicalScope,
    form: FunctionForm,
  ): MakeClosure;
}

export type FunctionForm = "plain" | "method" | "getter" | "setter";

/** `name` of an anonymous function; methods need one. */
export type MakeClosure = (env: Environment, frame: Frame, name: PropertyKey | null) => Function;
