import { RuntimeError } from "../../base/errors.ts";

/** An ellipsis stands for `ellipsisRank` dimensions, which are named "0", "1", … from the left. */
export interface EinsumEquation {
  /** The names of every operand's dimensions. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Reads an equation such as `...ij,...jk->...ik` for operands of the given ranks; errors are PyTorch's. */
export function parseEinsumEquation(equation: string, ranks: readonly number[]): EinsumEquation {
  const arrow = equation.indexOf("->");
  const left = arrow < 0 ? equation : equation.slice(0, arrow);
  const terms = parseTerms(left, ranks.length);
  if (terms.length < ranks.length) {
    throw new RuntimeError("einsum(): more operands were provided than specified in the equation");
  }
  const ellipsisRank = Math.max(
    0,
    ...terms.map((term, operand) => ellipsisRankOf(term, ranks[operand] ?? 0, operand)),
  );
  const inputs = terms.map((term, operand) => {
    // A shorter ellipsis stands for the rightmost dimensions, as in broadcasting.
    const own = (ranks[operand] ?? 0) - term.filter((symbol) => symbol !== ellipsis).length;
    return term.flatMap((symbol) =>
      symbol === ellipsis ? ellipsisNames(ellipsisRank).slice(ellipsisRank - own) : [symbol],
    );
  });
  const output = arrow < 0 ? implicitOutput(terms) : parseOutput(equation, arrow + 2, terms);
  return {
    inputs,
    output: output.flatMap((symbol) =>
      symbol === ellipsis ? ellipsisNames(ellipsisRank) : [symbol],
    ),
  };
}

const ellipsis = "...";

function ellipsisNames(rank: number): readonly string[] {
  return Array.from({ length: rank }, (_, index) => String(index));
}

function parseTerms(text: string, operandCount: number): readonly (readonly string[])[] {
  const terms: string[][] = [[]];
  let current = terms[0] ?? [];
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === " ") continue;
    if (character === ",") {
      current = [];
      if (terms.push(current) > operandCount) {
        throw new RuntimeError(
          "einsum(): fewer operands were provided than specified in the equation",
        );
      }
    } else if (character === ".") {
      const operand = terms.length - 1;
      if (current.includes(ellipsis)) {
        throw new RuntimeError(
          `einsum(): found '.' for operand ${operand} for which an ellipsis was already found`,
        );
      }
      if (!text.startsWith(ellipsis, index)) {
        throw new RuntimeError(
          `einsum(): found '.' for operand ${operand} that is not part of any ellipsis`,
        );
      }
      current.push(ellipsis);
      index += 2;
    } else {
      current.push(checkedSubscript(character, index));
    }
  }
  return terms;
}

function checkedSubscript(character: string, index: number): string {
  if (/^[a-zA-Z]$/.test(character)) return character;
  throw new RuntimeError(
    `einsum(): invalid subscript given at index ${index} in the equation string, subscripts must be in [a-zA-Z]`,
  );
}

function ellipsisRankOf(term: readonly string[], rank: number, operand: number): number {
  const hasEllipsis = term.includes(ellipsis);
  const named = term.length - (hasEllipsis ? 1 : 0);
  if (hasEllipsis ? named <= rank : named === rank) return rank - named;
  const relation = hasEllipsis
    ? "is more than the number of dimensions"
    : "does not match the number of dimensions";
  const hint = hasEllipsis ? "" : " and no ellipsis was given";
  throw new RuntimeError(
    `einsum(): the number of subscripts in the equation (${named}) ${relation} (${rank}) for operand ${operand}${hint}`,
  );
}

/** The ellipsis, then the subscripts that appear once, capitals first. */
function implicitOutput(terms: readonly (readonly string[])[]): readonly string[] {
  const symbols = terms.flat();
  const once = symbols.filter(
    (symbol) => symbol !== ellipsis && symbols.indexOf(symbol) === symbols.lastIndexOf(symbol),
  );
  return [
    ...(symbols.includes(ellipsis) ? [ellipsis] : []),
    ...once.toSorted((a, b) => (a < b ? -1 : 1)),
  ];
}

function parseOutput(
  equation: string,
  start: number,
  terms: readonly (readonly string[])[],
): readonly string[] {
  const output: string[] = [];
  for (let index = start; index < equation.length; index++) {
    const character = equation.charAt(index);
    if (character === " ") continue;
    if (character === ".") {
      if (output.includes(ellipsis)) {
        throw new RuntimeError(
          "einsum(): found '.' for output but an ellipsis (...) was already found",
        );
      }
      if (!equation.startsWith(ellipsis, index)) {
        throw new RuntimeError(
          "einsum(): found '.' for output that is not part of any ellipsis (...)",
        );
      }
      output.push(ellipsis);
      index += 2;
      continue;
    }
    const subscript = checkedSubscript(character, index);
    if (output.includes(subscript)) {
      throw new RuntimeError(
        `einsum(): output subscript ${subscript} appears more than once in the output`,
      );
    }
    if (!terms.some((term) => term.includes(subscript))) {
      throw new RuntimeError(
        `einsum(): output subscript ${subscript} does not appear in the equation for any input operand`,
      );
    }
    output.push(subscript);
  }
  return output;
}
