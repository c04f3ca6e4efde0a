import type { Random } from "./random.ts";
import { array, block, bool, num, stmt, str, tensor, type Tree } from "./tree.ts";

/** What an expression may refer to where it stands. */
export interface Scope {
  readonly hasThis: boolean;
  /** Inside a callback or closure that may run many times: no calls of closures that could call back. */
  readonly isLeaf: boolean;
  readonly loopVariables: readonly string[];
  /** How many of the local functions f0, f1, … are already there. */
  readonly functions: number;
  /** How deep expressions and statements may still nest. */
  readonly depth: number;
}

export const deeper = <S extends Scope>(scope: S): S => ({ ...scope, depth: scope.depth - 1 });
const leaf = (scope: Scope): Scope => ({
  ...scope,
  isLeaf: true,
  depth: Math.min(1, scope.depth - 1),
});

/** Random expressions over the fixed variables that every program declares (see generate-program.ts). */
export class Expressions {
  readonly random: Random;
  constructor(random: Random) {
    this.random = random;
  }

  /** The receiver; helper functions, called without one, use the object itself. */
  self(scope: Scope): string {
    return scope.hasThis ? "this" : "self";
  }

  numberPlace(scope: Scope): string {
    return this.random.pick([
      "n0",
      "n1",
      "n2",
      "c0",
      "c1",
      "o.p",
      "o.q.r",
      "a[0]",
      "a[1]",
      "outer.k",
      "l.p",
      "b[2]",
      `${this.self(scope)}.count`,
      `a[${this.random.below(4)}]`,
      "o['k' + (n0 > 1 ? 1 : 2)]",
      "p.v",
      "p.d",
      ...(scope.isLeaf ? ["n0", "n1"] : []),
    ]);
  }

  num(scope: Scope): Tree {
    const r = this.random;
    const s = deeper(scope);
    if (scope.depth <= 0) {
      return r.weighted<Tree>([
        [3, () => num`${r.pick(["0", "1", "2", "3", "0.5", "-1", "7"])}`],
        [5, () => num`${this.numberPlace(scope)}`],
        [1, () => num`n`],
        [1, () => num`a.length`],
        [1, () => num`x.shape[0]`],
        [scope.loopVariables.length > 0 ? 3 : 0, () => num`${this.loopVariable(scope)}`],
      ]);
    }
    return r.weighted<Tree>([
      [6, () => this.num({ ...scope, depth: 0 })],
      [
        6,
        () =>
          num`(${this.num(s)} ${r.pick(["+", "-", "*", "+", "-", "%", "&", "|", "/", ">>"])} ${this.num(s)})`,
      ],
      [
        2,
        () =>
          num`(${this.numberPlace(scope)} ${r.pick(["=", "+=", "-=", "*=", "??=", "||=", "&&="])} ${this.num(s)})`,
      ],
      [2, () => num`${this.numberPlace(scope)}${r.pick(["++", "--"])}`],
      [1, () => num`(${r.pick(["++", "--"])}${this.numberPlace(scope)})`],
      [2, () => num`(${this.bool(s)} ? ${this.num(s)} : ${this.num(s)})`],
      [2, () => num`${this.tensor(s)}.sum().item()`],
      [0.3, () => num`((${this.num(s)}) ** 2)`],
      [1, () => num`Math.${r.pick(["max", "min", "hypot"])}(${this.num(s)}, ${this.num(s)})`],
      [1, () => num`Math.${r.pick(["abs", "floor", "sign", "trunc", "sqrt"])}(${this.num(s)})`],
      [1, () => num`(m.get(${this.str(s)}) ?? ${this.num(s)})`],
      [1, () => num`(o?.q?.[${r.pick(["'r'", "'zz'"])}] ?? ${this.num(s)})`],
      [
        1,
        () =>
          num`${r.pick(["m.size", "u.size", "s0.length", "ts.length", "b.length", "Object.keys(o).length", "x.numel()", "x.dim()", "t0.dim()", "t1.shape.length"])}`,
      ],
      [1, () => num`(torch._dynamo.graph_break(), ${this.num(s)})`],
      [
        1,
        () =>
          num`(${r.pick(["true", "n0 > 2", "null"])} ${r.pick(["&&", "||", "??"])} ${this.num(s)})`,
      ],
      [scope.isLeaf ? 0 : 2, () => num`h${r.below(3)}(${this.num(s)}, ${this.tensor(s)})`],
      [
        scope.isLeaf || scope.functions === 0 ? 0 : 3,
        () => num`f${r.below(scope.functions)}(${this.num(s)})`,
      ],
      [
        scope.isLeaf ? 0 : 1,
        () =>
          num`${this.array(s)}.reduce((acc, v, j) => ${this.callback(scope, "acc + v")}, ${this.num(s)})`,
      ],
      [
        scope.isLeaf ? 0 : 1,
        () => num`(${this.array(s)}.find((v) => ${this.bool(leaf(scope))}) ?? -1)`,
      ],
      [1, () => num`${this.array(s)}.${r.pick(["indexOf", "lastIndexOf"])}(${this.num(s)})`],
      [
        2,
        () =>
          num`${r.pick(["objs[0].p", "objs[n & 1].p", "objs[n % 3]?.p", "a[n]", "f(n0)", "made(n1)", "pair.n", "pair.inc()", "mk(n0)(n1)", "objs.length", "(objs[0] === objs[1] ? 1 : 2)", "(o === objs[0] ? 1 : 2)", "arguments.length", "a.slice(n)[0]", "[3, 4, 5][n]", "objs.indexOf(o)", "x.shape[x.dim() - 1]"])}`,
      ],
      [
        1,
        () =>
          num`${r.pick(["a.at(-1)", "(a.length < 9 ? a.push(n0) : 9)", "a.pop()", "a.shift()", "(a.length < 9 ? a.unshift(n1) : 9)", "(b.length < 9 ? b.push(c0, 2) : 9)", "l.g", "[...a].length", "[,n0][1]", "p.inc().v", "p.add(1, 2)", "o.m?.(n1)", "l.m(2)", `${this.self(scope)}.bump(n0)`, `${this.self(scope)}.twice`])}`,
      ],
      [
        1,
        () =>
          num`((v = ${this.num(s)}, { w = ${this.num(s)}, ...z } = {}) => v + w)(${r.pick(["", "n0", "undefined, { w: n1 }"])})`,
      ],
      [1, () => num`${this.str(s)}.length`],
      [1, () => num`Number(${this.str(s)})`],
      [1, () => num`${this.bool(s)} + 1`],
    ]);
  }

  bool(scope: Scope): Tree {
    const r = this.random;
    const s = deeper(scope);
    if (scope.depth <= 0)
      return bool`${this.numberPlace(scope)} ${r.pick(["<", ">", ">=", "===", "!=="])} ${r.pick(["0", "1", "2", "n"])}`;
    return r.weighted<Tree>([
      [
        5,
        () =>
          bool`(${this.num(s)} ${r.pick(["<", ">", "<=", ">=", "===", "!==", "=="])} ${this.num(s)})`,
      ],
      [3, () => bool`(${this.tensor(s)}.sum().item() > ${this.num(s)})`],
      [1, () => bool`!${this.bool(s)}`],
      [2, () => bool`(${this.bool(s)} ${r.pick(["&&", "||"])} ${this.bool(s)})`],
      [1, () => bool`(${this.str(s)} === ${this.str(s)})`],
      [1, () => bool`(${this.tensor(s)} === ${this.tensor(s)})`],
      [
        1,
        () =>
          bool`${this.array(s)}.${r.pick(["some", "every"])}((v, j) => ${this.bool(leaf(scope))})`,
      ],
      [1, () => bool`${this.array(s)}.includes(${this.num(s)})`],
      [1, () => bool`(${r.pick(["'p'", "'zz'", "'k1'", "s0"])} in o)`],
      [
        1,
        () =>
          bool`${r.pick(["m.has(s0)", "u.has(n0)", "m.delete('k')", "u.delete(n1)", "delete o.k1", "delete o.p", "Object.hasOwn(o, 'p')", "Array.isArray(o.q)", "(o instanceof Object)", "(p instanceof P)", "(o === outer)", "(a === b)", "(typeof l.g === 'number')", "Number.isInteger(n0)", "Object.is(n0, -0)"])}`,
      ],
    ]);
  }

  str(scope: Scope): Tree {
    const r = this.random;
    const s = deeper(scope);
    if (scope.depth <= 0) return str`${r.pick(["'k'", "s0", "c2", "'p'", "''"])}`;
    return r.weighted<Tree>([
      [3, () => str`${r.pick(["'k'", "s0", "c2", "o.s", "'1'"])}`],
      [2, () => str`\`<\${${this.num(s)}}>\``],
      [1, () => str`String(${this.num(s)})`],
      [1, () => str`(typeof ${this.num(s)})`],
      [1, () => str`('v' + ${this.num(s)})`],
      [1, () => str`s0.slice(${this.num({ ...s, depth: 0 })})`],
      [1, () => str`${this.array(s)}.join('-')`],
      [1, () => str`\`\${s0}:\${${this.bool(s)}}\`.toUpperCase()`],
      [1, () => str`Object.keys(${r.pick(["o", "l", "outer", this.self(scope)])}).join()`],
      [1, () => str`(s0 = ${this.str(s)})`],
    ]);
  }

  array(scope: Scope): Tree {
    const r = this.random;
    const s = deeper(scope);
    if (scope.depth <= 0 || scope.isLeaf)
      return array`${r.pick(["a", "b", "outer.list", "[1, 2]"])}`;
    return r.weighted<Tree>([
      [5, () => array`${r.pick(["a", "b", "o.list", "outer.list"])}`],
      [2, () => array`[${this.num(s)}, ${this.num(s)}]`],
      [1, () => array`[${this.num(s)}, ...${this.array(s)}].slice(0, 5)`],
      [1, () => array`${this.array(s)}.map((v, j) => ${this.callback(scope, "v")})`],
      [1, () => array`${this.array(s)}.filter((v) => ${this.bool(leaf(scope))})`],
      [1, () => array`${this.array(s)}.slice(${this.num({ ...s, depth: 0 })})`],
      [
        1,
        () =>
          array`${r.pick(["[...u]", "[...m.values()]", "Object.values(outer).filter((v) => typeof v === 'number')", "Array.from({ length: 3 }, (_, j) => j + n0)", "a.concat(b)", "[...a].reverse()", "a.splice(1, 1)", "[...b].sort((p, q) => p - q)", "Array.of(n0, 2)", "[...a.entries()].map(([j, v]) => j + v)"])}`,
      ],
    ]);
  }

  tensor(scope: Scope): Tree {
    const r = this.random;
    const s = deeper(scope);
    if (scope.depth <= 0)
      return tensor`${r.pick(["x", "x", "y", "t0", "t1", "o.t", "ct", `${this.self(scope)}.w`, "ts[0]"])}`;
    return r.weighted<Tree>([
      [4, () => this.tensor({ ...scope, depth: 0 })],
      [5, () => tensor`${this.tensor(s)}.${r.pick(["add", "mul", "sub"])}(${this.tensor(s)})`],
      [4, () => tensor`${this.tensor(s)}.${r.pick(["add", "mul", "sub", "div"])}(${this.num(s)})`],
      [
        3,
        () =>
          tensor`${this.tensor(s)}.${r.pick(["sin", "relu", "neg", "cos", "abs", "sigmoid", "clone", "exp", "tanh", "floor"])}()`,
      ],
      [
        3,
        () =>
          tensor`${this.tensor(s)}.${r.pick(["add_", "mul_", "sub_", "fill_"])}(${this.num(s)})`,
      ],
      [1, () => tensor`${this.tensor(s)}.${r.pick(["neg_", "relu_", "zero_", "sin_"])}()`],
      [1, () => tensor`${this.tensor(s)}.${r.pick(["add_", "copy_"])}(${this.tensor(s)}.sum())`],
      [
        2,
        () =>
          tensor`${this.tensor(s)}.${r.pick(["view(-1)", "reshape(-1)", "unsqueeze(0)", "sum()", "mean()", "sum(-1)", "max()", "flatten()", "detach()", "t()", "select(0, 0)", "narrow(0, 0, 1)", "sum(-1, { keepdim: true })"])}`,
      ],
      [1, () => tensor`${this.tensor(s)}.gt(${this.num(s)})`],
      [
        1,
        () =>
          tensor`torch.where(${this.tensor(s)}.gt(${this.num(s)}), ${this.tensor(s)}, ${this.tensor(s)})`,
      ],
      [1, () => tensor`torch.${r.pick(["ones", "zeros", "rand"])}(${r.pick(["3", "2, 3", "1"])})`],
      [1, () => tensor`torch.full([${r.pick(["3", "1", "2, 3"])}], ${this.num(s)})`],
      [1, () => tensor`torch.arange(3)`],
      [1, () => tensor`torch.tensor([${this.num(s)}, 2, 3])`],
      [2, () => tensor`(${this.bool(s)} ? ${this.tensor(s)} : ${this.tensor(s)})`],
      [
        2,
        () =>
          tensor`(${r.pick(["t0", "t1", "o.t", "ct", "x", `${this.self(scope)}.w`, "ts[1]"])} = ${this.tensor(s)})`,
      ],
      [1, () => tensor`(torch._dynamo.graph_break(), ${this.tensor(s)})`],
      [1, () => tensor`torch.${r.pick(["sin", "abs", "neg"])}(${this.tensor(s)})`],
      [1, () => tensor`[${this.tensor(s)}, ${this.tensor(s)}][${r.pick(["0", "1"])}]`],
      [1, () => tensor`torch.stack([t0, t0]).sum(0)`],
      [
        scope.isLeaf ? 0 : 1,
        () => tensor`${r.pick(["a", "b"])}.reduce((acc, v) => acc.add(v), ${this.tensor(s)})`,
      ],
      [scope.isLeaf ? 0 : 1, () => tensor`ts.map((v) => v.mul(${this.num(leaf(scope))})).at(-1)`],
      [scope.isLeaf ? 0 : 2, () => tensor`ht(${this.tensor(s)}, ${this.num(s)})`],
      [scope.isLeaf ? 0 : 1, () => tensor`self.step(${this.tensor(s)})`],
    ]);
  }

  any(scope: Scope): Tree {
    return this.random.weighted<Tree>([
      [3, () => this.num(scope)],
      [3, () => this.tensor(scope)],
      [1, () => this.bool(scope)],
      [1, () => this.str(scope)],
      [1, () => this.array(scope)],
      [
        1,
        () =>
          num`${this.random.pick(["null", "undefined", "o", "m", "u", "l", "outer", this.self(scope), "p", "ts", "a"])}`,
      ],
    ]);
  }

  callback(scope: Scope, simple: string): Tree {
    const r = this.random;
    return r.weighted<Tree>([
      [2, () => num`${simple}`],
      [3, () => this.num(leaf(scope))],
      [1, () => num`(n1 += v, ${this.num(leaf(scope))})`],
      [1, () => num`v * ${this.num(leaf(scope))}`],
      [
        1,
        () =>
          num`${block([stmt`if (${this.bool(leaf(scope))}) return j;`, stmt`c0 += 1;`, stmt`return ${this.num(leaf(scope))};`])}`,
      ],
    ]);
  }

  loopVariable(scope: Scope): string {
    const [first, ...rest] = scope.loopVariables;
    return first === undefined ? "0" : this.random.pick([first, ...rest]);
  }
}
