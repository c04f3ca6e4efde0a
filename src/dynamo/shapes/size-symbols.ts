import type { Tensor } from "../../api/tensor.ts";
import type { SizeNames } from "../../fx/size-names.ts";
import { emptyTensor } from "../../core/make-tensor.ts";
import { runFake } from "../../core/fake-tensor.ts";
import { metaOf, type TensorMeta } from "../../core/tensor-meta.ts";
import type { Expression } from "../../symbolic/expression.ts";
import type { NumberLeaf } from "../variables/variable.ts";
import { type Source, sourceKey } from "../variables/source.ts";
import type { SizeDecisions } from "./dim-decision.ts";
import type { ShapeTrace } from "./shape-trace.ts";
import type { UnbackedShapes } from "./unbacked-shapes.ts";

/** A size or number that may vary, with the values that the trace was tried with and that it holds for. */
interface Symbol_ {
  readonly name: string;
  readonly hint: number;
  /** Places that can only vary together have one symbol. */
  readonly places: readonly Place[];
  readonly others: readonly [number, number];
}

/** A size of an input, or a number, among what a replay is given. */
interface Place {
  readonly source: Source;
  readonly hint: number;
  /** Where in the key of the trace, and of a tensor which dimension. */
  readonly position: number;
  readonly dim: number | null;
}

/** What is known of a capture once it has ended. */
export interface CapturedSizes {
  readonly shapes: ShapeTrace;
  readonly unbacked: UnbackedShapes;
  readonly sizeDecisions: readonly SizeDecisions[];
  /** Names that graph inputs for numbers have already. */
  readonly numberInputs: readonly (readonly [Expression<NumberLeaf>, string])[];
}

/**
 * Names of sizes that vary: `s0` for a size of an input, `2*s0` for one computed from it, `u0` for one that only running the
 * graph gives. Nobody writes shape rules of operators: the capture is replayed with other sizes, and what each size turns
 * into tells how it depends on them. Sizes that only agree with each other (`x.add(y)`) have one name, as in PyTorch.
 * Done when the first name is asked for.
 */
export class SizeSymbols implements SizeNames {
  readonly #captured: CapturedSizes;
  #names: ReadonlyMap<Tensor, readonly string[]> | null = null;
  #symbols: readonly Symbol_[] = [];

  constructor(captured: CapturedSizes) {
    this.#captured = captured;
  }

  namesOf(tensor: object): readonly string[] | null {
    const { unbacked } = this.#captured;
    const fake = tensor as Tensor; // fake tensors of a capture are registered only
    const backed = this.#all().get(fake);
    if (!unbacked.isUnbacked(fake)) return backed ?? null;
    return fake.shape.map(
      (size, dim) => unbacked.nameOf(fake, dim) ?? backed?.[dim] ?? String(size),
    );
  }

  /** The name of a size of an input; null if it is fixed. */
  nameOfSize(source: Source, dim: number): string | null {
    const key = sourceKey(source);
    const decision = this.#captured.sizeDecisions.find((each) => sourceKey(each.source) === key);
    if (decision?.dims[dim]?.kind === "unbacked")
      return this.#captured.unbacked.nameOf(decision.fake, dim);
    this.#all();
    const isHere = (place: Place): boolean => place.dim === dim && sourceKey(place.source) === key;
    return this.#symbols.find(({ places }) => places.some(isHere))?.name ?? null;
  }

  #all(): ReadonlyMap<Tensor, readonly string[]> {
    if (this.#names !== null) return this.#names;
    const names = new Map<Tensor, readonly string[]>();
    this.#names = names;
    this.#symbols = this.#findSymbols();
    const symbols = this.#symbols;
    const base = this.#sizesWith([]);
    if (base === null) return names;
    const first = symbols.map((symbol) => this.#sizesWith([[symbol, symbol.others[0]]]));
    const second = symbols.map((symbol) => this.#sizesWith([[symbol, symbol.others[1]]]));
    const together = this.#sizesWith(symbols.map((symbol) => [symbol, symbol.others[0]]));
    for (const [slot, tensor] of this.#captured.shapes.tensors.entries()) {
      const sizes = base[slot];
      if (sizes === undefined || sizes.length !== tensor.ndim) continue;
      const texts = sizes.map((size, dim) =>
        writeSize(size, together?.[slot]?.[dim], dependences(symbols, first, second, slot, dim)),
      );
      names.set(tensor, texts);
    }
    return names;
  }

  #findSymbols(): readonly Symbol_[] {
    const places = this.#places();
    const { numberInputs } = this.#captured;
    const taken = new Set(numberInputs.map(([, name]) => name));
    const nameOf = ({ source, dim }: Place): string | undefined => {
      const key = sourceKey(dim === null ? source : { kind: "size", base: source, dim });
      const isThat = ([number]: (typeof numberInputs)[number]): boolean =>
        number.kind === "leaf" &&
        number.leaf.kind === "source" &&
        sourceKey(number.leaf.source) === key;
      return numberInputs.find(isThat)?.[1];
    };
    const found: Symbol_[] = [];
    const free = (): string => {
      let index = 0;
      while (taken.has(`s${index}`)) index++;
      taken.add(`s${index}`);
      return `s${index}`;
    };
    const add = (group: readonly Place[]): boolean => {
      const others = this.#othersOf(group);
      const [place] = group;
      if (others === null || place === undefined) return false;
      const name = group.map(nameOf).find((each) => each !== undefined) ?? free();
      found.push({ name, hint: place.hint, places: group, others });
      return true;
    };
    const stuck = places.filter((place) => !add([place]));
    const hints = new Set(stuck.map(({ hint }) => hint));
    for (const hint of hints) {
      const group = stuck.filter((place) => place.hint === hint);
      if (!add(group)) for (const pair of pairs(group)) add(pair);
    }
    return found;
  }

  #places(): readonly Place[] {
    const { shapes, sizeDecisions } = this.#captured;
    const { tensors, numbers } = shapes.sources;
    return [
      ...tensors.flatMap((source, position) => {
        const known = sizeDecisions.find((each) => sourceKey(each.source) === sourceKey(source));
        return (known?.dims ?? []).flatMap(({ kind }, dim): Place[] => {
          const hint = known?.meta.shape[dim];
          return kind === "dynamic" && hint !== undefined ? [{ source, hint, position, dim }] : [];
        });
      }),
      ...numbers.flatMap((source, index): Place[] => {
        const hint = shapes.hintOf(source);
        return typeof hint === "number" && Number.isInteger(hint)
          ? [{ source, hint, position: tensors.length + index, dim: null }]
          : [];
      }),
    ];
  }

  /** Two values that these places can have together instead of their own; null if there are none. */
  #othersOf(group: readonly Place[]): readonly [number, number] | null {
    const [place] = group;
    if (place === undefined) return null;
    const fitting: number[] = [];
    for (const value of candidates(place.hint)) {
      if (this.#sizesWith([[{ places: group }, value]]) !== null) fitting.push(value);
      const [one, two] = fitting;
      if (one !== undefined && two !== undefined) return [one, two];
    }
    return null;
  }

  #sizesWith(
    values: readonly (readonly [Pick<Symbol_, "places">, number])[],
  ): readonly (readonly number[] | undefined)[] | null {
    const { shapes, sizeDecisions } = this.#captured;
    const { tensors, numbers } = shapes.sources;
    const metas = tensors.map(
      (source) => sizeDecisions.find((each) => sourceKey(each.source) === sourceKey(source))?.meta,
    );
    const key: unknown[] = [...metas, ...numbers.map((source) => shapes.hintOf(source))];
    for (const [{ places }, value] of values) {
      for (const { position, dim } of places) {
        const meta = metas[position];
        if (dim === null) key[position] = value;
        else if (meta !== undefined) {
          metas[position] = resized(meta, dim, value);
          key[position] = metas[position];
        }
      }
    }
    return shapes.sizesFor(key);
  }
}

function pairs(group: readonly Place[]): readonly (readonly Place[])[] {
  return group.flatMap((place, index) => group.slice(index + 1).map((other) => [place, other]));
}

const candidates = (hint: number): readonly number[] =>
  [hint * 2, hint * 3, hint + 1, hint + 2, hint + 4, 64, 60, hint - 1, hint - 2].filter(
    (value, index, all) => value > 0 && value !== hint && all.indexOf(value) === index,
  );

/** Metadata of a tensor of another size, laid out in the same order. */
function resized(meta: TensorMeta, dim: number, size: number): TensorMeta {
  const shape = meta.shape.with(dim, size);
  const order = shape.map((_, axis) => axis);
  order.sort((a, b) => (meta.strides[b] ?? 0) - (meta.strides[a] ?? 0) || a - b);
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return runFake(() => {
    const laid = emptyTensor(
      order.map((axis) => shape[axis] ?? 0),
      meta.dtype,
    ) as Tensor; // the registered class of all tensors
    laid.requires_grad = meta.requires_grad;
    return metaOf(laid.permute(...inverse));
  });
}

/** How a size changes with one symbol, the others being as captured. */
interface Dependence {
  readonly symbol: Symbol_;
  readonly first: number;
  readonly second: number;
}

function dependences(
  symbols: readonly Symbol_[],
  first: readonly (readonly (readonly number[] | undefined)[] | null)[],
  second: readonly (readonly (readonly number[] | undefined)[] | null)[],
  slot: number,
  dim: number,
): readonly Dependence[] {
  return symbols.flatMap((symbol, index): Dependence[] => {
    const [one, two] = [first[index]?.[slot]?.[dim], second[index]?.[slot]?.[dim]];
    return one === undefined || two === undefined ? [] : [{ symbol, first: one, second: two }];
  });
}

/** The size as an expression over symbols; `?` where none of the simple ones fits. */
function writeSize(size: number, together: number | undefined, all: readonly Dependence[]): string {
  const used = all.filter(({ first, second }) => first !== size || second !== size);
  const [only] = used;
  if (only === undefined) return String(size);
  if (used.length === 1) return writeLinear(size, only);
  if (together === undefined) return "?";
  const factors = used.map(({ symbol, first }) => ({
    symbol,
    isFactor: first * symbol.hint === size * symbol.others[0],
  }));
  const product = used.reduce(
    (value, { symbol }) => (value / symbol.hint) * symbol.others[0],
    size,
  );
  if (factors.every(({ isFactor }) => isFactor) && product === together) {
    const constant = used.reduce((value, { symbol }) => value / symbol.hint, size);
    const names = used.map(({ symbol }) => symbol.name);
    return (constant === 1 ? names : [String(constant), ...names]).join("*");
  }
  const sum = used.reduce((value, { first }) => value + first - size, size);
  if (sum !== together) return "?";
  let rest = size;
  const terms = used.map((each) => {
    const factor = slope(size, each);
    rest -= factor * each.symbol.hint;
    return times(factor, each.symbol.name);
  });
  return Number.isInteger(rest) ? plus(terms.join(" + "), rest) : "?";
}

const slope = (size: number, { symbol, first }: Dependence): number =>
  (first - size) / (symbol.others[0] - symbol.hint);

function writeLinear(size: number, dependence: Dependence): string {
  const { symbol, second } = dependence;
  const factor = slope(size, dependence);
  const rest = size - factor * symbol.hint;
  if (factor * symbol.others[1] + rest !== second) {
    const power = Math.log(dependence.first / size) / Math.log(symbol.others[0] / symbol.hint);
    const isPower =
      Math.abs(power - Math.round(power)) < 1e-9 && size === symbol.hint ** Math.round(power);
    return isPower ? `${symbol.name}**${Math.round(power)}` : "?";
  }
  if (Number.isInteger(factor) && Number.isInteger(rest))
    return plus(times(factor, symbol.name), rest);
  const divisor = 1 / factor;
  return rest === 0 && Number.isInteger(divisor) ? `${symbol.name}//${divisor}` : "?";
}

const times = (factor: number, name: string): string =>
  factor === 1 ? name : factor === -1 ? `-${name}` : `${factor}*${name}`;
const plus = (text: string, rest: number): string =>
  rest === 0 ? text : `${text} ${rest > 0 ? "+" : "-"} ${Math.abs(rest)}`;
