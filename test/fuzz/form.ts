import { deeper, type Scope } from "./expressions.ts";
import type { Place, Statements } from "./statements.ts";
import { num, type Sort, type Tree } from "./tree.ts";

/**
 * A statement or expression as text with holes, so that a table of them is read at a glance:
 * `@num`, `@bool`, `@str`, `@tensor`, `@array`, `@any`: an expression of that sort; `@small`: a number, no call in it;
 * `@block`: statements that stand here; `@loop`: the same as the body of a loop, whose label, if any, is `L@1`;
 * `@body`: statements of a function of its own; `@1`, `@2`: names nobody else has.
 */
export type Form = string;

const hole = /@(num|small|bool|str|tensor|array|any|block|loop|body|\d)/;

/** Fills the holes of a form. */
export function fillForm(form: Form, sort: Sort, place: Place, statements: Statements): Tree {
  const names = new Map<string, string>();
  const pieces = form.split(hole).map((piece, index) => {
    if (index % 2 === 0) return piece;
    if (!/^\d$/.test(piece)) return fillHole(piece, form, place, statements, names);
    return nameOf(piece, names, statements);
  });
  return { sort, pieces };
}

function nameOf(digit: string, names: Map<string, string>, statements: Statements): string {
  const name = names.get(digit) ?? statements.fresh("");
  names.set(digit, name);
  return name;
}

function fillHole(
  kind: string,
  form: Form,
  place: Place,
  statements: Statements,
  names: Map<string, string>,
): Tree {
  const { e } = statements;
  const inner = deeper(place);
  const scope: Scope = { ...place, depth: Math.min(place.depth, 2) };
  const own = { labels: [], inLoop: false, mayReturn: false, hasThis: false, isLeaf: true };
  switch (kind) {
    case "num":
      return e.num(scope);
    case "small":
      return num`${e.random.pick(["0", "1", "2", "n0", "n1", "c0", "-1", "0.5", "n"])}`;
    case "bool":
      return e.bool(scope);
    case "str":
      return e.str(scope);
    case "tensor":
      return e.tensor(scope);
    case "array":
      return e.array(scope);
    case "any":
      return e.any(scope);
    case "block":
      return statements.block(inner, 1 + e.random.below(2));
    case "loop": {
      const labels = form.includes("L@1:")
        ? [...place.labels, `L${nameOf("1", names, statements)}`]
        : place.labels;
      return statements.block({ ...inner, inLoop: true, labels }, 1 + e.random.below(2));
    }
    case "body":
      return statements.block({ ...inner, ...own, loopVariables: [] }, 1 + e.random.below(2));
    default:
      throw new Error(`no hole is called @${kind}`);
  }
}
