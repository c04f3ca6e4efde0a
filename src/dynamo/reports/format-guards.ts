import { formatGuardSource } from "./format-recompile.ts";
import type { GuardSource } from "./format-recompile.ts";

/** One check of a compiled entry. */
export interface GuardLine {
  /** As in `TENSOR_MATCH`. */
  readonly kind: string;
  /** What is checked, as an expression. */
  readonly text: string;
  readonly source: GuardSource | null;
}

/** A value that is guarded, and the values reached through it. */
export interface GuardTreeNode {
  /** How the value is reached from its parent, as in `x` or `.weight`. */
  readonly name: string;
  readonly guards: readonly GuardLine[];
  readonly children: readonly GuardTreeNode[];
}

/** The record of `TORCH_LOGS=guards`: the guards of one compiled entry. */
export function formatGuardTree(roots: readonly GuardTreeNode[]): string {
  return [
    "TREE_GUARD_MANAGER:",
    "+- RootGuardManager",
    ...roots.flatMap((root) => nodeLines(root, 1)),
  ].join("\n");
}

function nodeLines({ name, guards, children }: GuardTreeNode, depth: number): string[] {
  const indentation = "| ".repeat(depth);
  return [
    `${indentation}+- GuardManager: ${name}`,
    ...guards.map(
      ({ kind, text, source }) => `${indentation}| +- ${kind}: ${text}${formatGuardSource(source)}`,
    ),
    ...children.flatMap((child) => nodeLines(child, depth + 1)),
  ];
}
