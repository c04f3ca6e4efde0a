/** What a piece of a program is: tells the shrinker what may stand in its place. */
export type Sort = "num" | "bool" | "str" | "tensor" | "array" | "stmt" | "block";

/** A piece of a random program: its text with holes, so that the shrinker can drop and replace parts of it. */
export interface Tree {
  readonly sort: Sort;
  readonly pieces: readonly (string | Tree)[];
}

/** The shortest text of each sort of expression. */
export const simplest: Readonly<Partial<Record<Sort, string>>> = {
  num: "1",
  bool: "true",
  str: "'s'",
  tensor: "x",
  array: "[1]",
};

type Template = (
  texts: TemplateStringsArray,
  ...holes: readonly (Tree | string | number)[]
) => Tree;

const template =
  (sort: Sort): Template =>
  (texts, ...holes) => ({
    sort,
    pieces: texts.flatMap((text, index) => {
      const hole = holes[index];
      if (hole === undefined) return [text];
      return [text, typeof hole === "number" ? String(hole) : hole];
    }),
  });

export const num = template("num");
export const bool = template("bool");
export const str = template("str");
export const tensor = template("tensor");
export const array = template("array");
export const stmt = template("stmt");
export const block = (statements: readonly Tree[]): Tree => ({ sort: "block", pieces: statements });

export function render(tree: Tree, indent = ""): string {
  if (tree.sort === "block") {
    const inner = `${indent}  `;
    return tree.pieces
      .map((piece) => `${inner}${typeof piece === "string" ? piece : render(piece, inner)}\n`)
      .join("");
  }
  return tree.pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      return piece.sort === "block"
        ? `{\n${render(piece, indent)}${indent}}`
        : render(piece, indent);
    })
    .join("");
}
