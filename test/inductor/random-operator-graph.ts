/** Random graphs of all operators: calls out of their samples, on each other's results where those can be made to fit. */
import type { Overload } from "../../src/api/api-entry.ts";
import { at, numelOf } from "../../src/core/shape.ts";
import * as dtypes from "../../src/core/dtype.ts";
import { fakeTensor, metaOf, runFake } from "../../src/core/fake-tensor.ts";
import { isTensor, stateOf, type TensorBase } from "../../src/core/tensor.ts";
import { GraphBuilder } from "../../src/fx/graph-builder.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import type { Argument, Node } from "../../src/fx/node.ts";
import { operators } from "../../src/fx/operators.ts";
import type { AnyArgs, OpRecord } from "../../src/ops/op-record.ts";
import { opTable } from "../../src/ops/op-table.ts";
import { Random } from "../fuzz/random.ts";
import { samplesOf } from "../operator-matrix/samples.ts";
import { functionsByName, publicCalls } from "./graph-of-op.ts";

export interface GraphAndInputs {
  readonly module: GraphModule;
  readonly inputs: readonly TensorBase[];
}

/** No result is kept that has more elements. */
const mostElements = 400_000;

const records = opTable().filter((op) => publicCalls(op).length > 0);

/** The same seed makes the same graph. */
export function randomOperatorGraph(seed: number): GraphAndInputs {
  return new OperatorGraph(seed).make();
}

/** A value of the graph while it is made: its node and a tensor of its metadata. */
class Value {
  readonly node: Node;
  readonly fake: TensorBase;
  /** The tensor of an input, null inside of the graph. */
  readonly real: TensorBase | null;
  constructor(node: Node, fake: TensorBase, real: TensorBase | null = null) {
    this.node = node;
    this.fake = fake;
    this.real = real;
  }
}

class OperatorGraph {
  readonly #random: Random;
  readonly #builder = new GraphBuilder();
  readonly #values: Value[] = [];
  readonly #enlargement: number;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#enlargement = this.#random.pick([1, 1, 1, 3, 8]);
  }

  make(): GraphAndInputs {
    const length = 3 + this.#random.below(14);
    for (let tries = 0, made = 0; tries < 80 && made < length; tries++) if (this.#call()) made++;
    const outputs = this.#values.filter(({ real }) =>
      this.#random.chance(real === null ? 0.5 : 0.25),
    );
    return {
      module: createGraphModule(this.#builder.build(outputs.map(({ node }) => node))),
      inputs: this.#values.flatMap(({ real }) => (real === null ? [] : [real])),
    };
  }

  /** Adds a call; false: its arguments did not fit after all. */
  #call(): boolean {
    const op = this.#pick(records);
    const dtype = this.#random.chance(0.67) ? dtypes.float32 : this.#pick(op.dtypes);
    const { entry, overload } = this.#pick(publicCalls(op));
    const args = this.#sample(op, dtype);
    const target = functionsByName.get(entry.fullName);
    if (args === null || !(entry.isMethod || target !== undefined)) return false;
    const { positional, keywords } = this.#argumentsOf(overload, args);
    if (entry.isMethod) positional.unshift(this.#fitting(args["self"]));
    const fakes = positional.map(fakeOf);
    if (Object.keys(keywords).length > 0) fakes.push(mapValues(keywords, fakeOf));
    let result: unknown;
    try {
      result = runFake(() => {
        if (target !== undefined) return Reflect.apply(target, undefined, fakes) as unknown;
        const [self, ...rest] = fakes;
        return Reflect.apply(Reflect.get(Object(self), entry.name) as Function, self, rest) as unknown; // prettier-ignore
      });
    } catch {
      return false;
    }
    const nodes = positional.map(nodeOf);
    const details = { kwargs: mapValues(keywords, nodeOf) };
    const node =
      target === undefined
        ? this.#builder.callMethod(entry.name, nodes, details)
        : this.#builder.callFunction(target, entry.fullName, nodes, details);
    if (isTensor(result)) this.#add(node, result);
    else if (Array.isArray(result)) this.#addItems(node, result);
    return true;
  }

  #add(node: Node, fake: TensorBase): void {
    if (stateOf(fake).storage.length <= mostElements) this.#values.push(new Value(node, fake));
  }

  #addItems(node: Node, items: readonly unknown[]): void {
    const { getitem } = operators;
    items.forEach((item, index) => {
      if (isTensor(item))
        this.#add(this.#builder.callFunction(getitem.apply, getitem.name, [node, index]), item);
    });
  }

  #sample(op: OpRecord, dtype: dtypes.DType): AnyArgs | null {
    if (!op.dtypes.includes(dtype)) return null;
    const samples = samplesOf(op, dtype, this.#enlargement);
    return samples === null || samples.length === 0 ? null : this.#pick(samples);
  }

  #argumentsOf(overload: Overload, args: AnyArgs) {
    const positional: unknown[] = [];
    const keywords: Record<string, unknown> = {};
    let inOrder = true;
    for (const { name, key, arg } of overload.parameters) {
      const isGiven = Object.hasOwn(args, key) && args[key] !== undefined;
      if (!isGiven) inOrder = false;
      else if (inOrder && !arg.keywordOnly) positional.push(this.#fitting(args[key]));
      else keywords[name] = this.#fitting(args[key]);
    }
    return { positional, keywords };
  }

  /** The argument with values of the graph in place of its tensors. */
  #fitting(argument: unknown): unknown {
    if (Array.isArray(argument)) return argument.map((item) => this.#fitting(item));
    if (!isTensor(argument)) return argument;
    const { shape, dtype } = stateOf(argument);
    const alike = this.#values.filter(
      ({ fake }) => fake.dtype === dtype && String(stateOf(fake).shape) === String(shape),
    );
    if (alike.length > 0 && this.#random.chance(0.7)) return this.#pick(alike);
    // Indices and masks have to be what they are.
    if (!dtype.is_floating_point || this.#random.chance(0.3)) return this.#input(argument);
    const larger = this.#values.filter(
      ({ fake }) => fake.dtype.is_floating_point && numelOf(stateOf(fake).shape) >= numelOf(shape),
    );
    return larger.length === 0 ? this.#input(argument) : this.#cut(this.#pick(larger), argument);
  }

  /** As many elements of a value as the tensor has, in its shape and dtype. */
  #cut(value: Value, { shape, dtype }: TensorBase): Value {
    const flat = this.#method("flatten", value, []);
    const part = this.#method("narrow", flat, [0, 0, numelOf(shape)]);
    const shaped = this.#method("reshape", part, [[...shape]]);
    const cast = shaped.fake.dtype === dtype ? shaped : this.#method("to", shaped, [dtype]);
    return this.#random.chance(0.3) ? this.#method("tanh", cast, []) : cast;
  }

  #method(name: string, { node, fake }: Value, args: readonly Argument[]): Value {
    const result = runFake(
      () => Reflect.apply(Reflect.get(fake, name) as Function, fake, args) as TensorBase,
    );
    return new Value(this.#builder.callMethod(name, [node, ...args]), result);
  }

  #input(tensor: TensorBase): Value {
    const known = this.#values.find(({ real }) => real === tensor);
    if (known !== undefined) return known;
    const node = this.#builder.placeholder(`x${this.#values.length}`);
    const value = new Value(node, fakeTensor(metaOf(tensor)), tensor);
    this.#values.push(value);
    return value;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return at(items, this.#random.below(items.length));
  }
}

const fakeOf = (value: unknown): unknown => mapOf(value, ({ fake }) => fake);
const nodeOf = (value: unknown): Argument => mapOf(value, ({ node }) => node);

function mapOf(value: unknown, of: (value: Value) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapOf(item, of));
  return value instanceof Value ? of(value) : value;
}

function mapValues<Result>(
  values: Readonly<Record<string, unknown>>,
  of: (value: unknown) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value)]));
}
