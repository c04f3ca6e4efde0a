import { simplest, type Tree } from "./tree.ts";

type Fails = (candidate: Tree) => boolean;

/** A small tree that still fails: drops statements and simplifies expressions until nothing more can go. */
export function shrinkTree(tree: Tree, fails: Fails, deadline: number): Tree {
  const inTime: Fails = (candidate) => Date.now() < deadline && fails(candidate);
  let current = tree;
  for (;;) {
    const smaller = shrinkNode(current, inTime);
    if (smaller === current) return current;
    current = smaller;
  }
}

/** One pass from the top down; `fails` judges a replacement of this node alone. */
function shrinkNode(tree: Tree, fails: Fails): Tree {
  let current = tree.sort === "block" ? shrinkBlock(tree, fails) : shrinkExpression(tree, fails);
  for (let index = current.pieces.length - 1; index >= 0; index--) {
    const piece = current.pieces[index];
    if (piece === undefined || typeof piece === "string") continue;
    const parent = current;
    const smaller = shrinkNode(piece, (candidate) => fails(withPieces(parent, index, [candidate])));
    if (smaller !== piece) current = withPieces(parent, index, [smaller]);
  }
  return current;
}

function shrinkBlock(tree: Tree, fails: Fails): Tree {
  let current = tree;
  for (let size = tree.pieces.length; size >= 1; size >>= 1) {
    for (let start = current.pieces.length - size; start >= 0; start -= size) {
      const candidate = {
        ...current,
        pieces: [...current.pieces.slice(0, start), ...current.pieces.slice(start + size)],
      };
      if (candidate.pieces.length < current.pieces.length && fails(candidate)) current = candidate;
    }
  }
  for (let index = current.pieces.length - 1; index >= 0; index--) {
    const piece = current.pieces[index];
    if (piece === undefined || typeof piece === "string") continue;
    for (const inner of blocksIn(piece)) {
      const candidate = withPieces(current, index, inner.pieces);
      if (!fails(candidate)) continue;
      current = candidate;
      break;
    }
  }
  return current;
}

function shrinkExpression(tree: Tree, fails: Fails): Tree {
  const text = simplest[tree.sort];
  if (text !== undefined && tree.pieces.some((piece) => piece !== "" && piece !== text)) {
    const simple: Tree = { ...tree, pieces: [text] };
    if (fails(simple)) return simple;
  }
  for (const piece of tree.pieces) {
    if (typeof piece !== "string" && piece.sort === tree.sort && fails(piece)) return piece;
  }
  return tree;
}

const withPieces = (tree: Tree, index: number, pieces: Tree["pieces"]): Tree => ({
  ...tree,
  pieces: [...tree.pieces.slice(0, index), ...pieces, ...tree.pieces.slice(index + 1)],
});

/** The statement lists directly inside a statement. */
const blocksIn = (tree: Tree): readonly Tree[] =>
  tree.pieces.flatMap((piece) =>
    typeof piece === "string" ? [] : piece.sort === "block" ? [piece] : blocksIn(piece),
  );
