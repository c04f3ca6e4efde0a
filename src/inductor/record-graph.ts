/** Runs a graph on fake tensors and writes down what it would have done to memory. */
import { runFake } from "../core/fake-mode.ts";
import { fakeTensor, metaOf } from "../core/fake-tensor.ts";
import { RuntimeScalar } from "../core/runtime-scalar.ts";
import type { Storage } from "../core/storage.ts";
import { isFake, isTensor, stateOf, type TensorBase } from "../core/tensor.ts";
import type { Graph } from "../fx/graph.ts";
import {
  type CallNode,
  isNode,
  isPlainObject,
  mapArgument,
  type Node,
  printedTarget,
} from "../fx/node.ts";
import type { Backend, Launch } from "../loops/backend.ts";
import { sortGeometry } from "../loops/templates/sort/plan-sort.ts";
import type { RowSort } from "../loops/templates/sort/sort-rows.ts";
import { runOnBackend } from "../loops/run-computation.ts";
import {
  NotRecordableError,
  type RecordedRoutine,
  type Recorder,
  recordWith,
} from "../ops/recorder.ts";
import { kindOfCall, operandTest } from "./call-kind.ts";
import { invoke } from "./invoke.ts";
import { NotCompilableError } from "./not-compilable.ts";
import type { Buffer, Place, Program, RecordedSort, Step } from "./program.ts";
import { containsScalar, ScalarStandIns } from "./scalar-stand-ins.ts";

/** @throws NotCompilableError for graphs with calls that are neither operators nor arithmetic on numbers. */
export function recordGraph(graph: Graph, exampleInputs: readonly unknown[]): Program {
  return new GraphRecording(graph, exampleInputs).run();
}

class GraphRecording implements Recorder {
  readonly #graph: Graph;
  readonly #examples: readonly unknown[];
  readonly #values = new Map<Node, unknown>();
  readonly #buffers: Buffer[] = [];
  readonly #bufferOf = new Map<Storage, Buffer>();
  readonly #steps: Step[] = [];
  readonly #madeBy = new Map<unknown, number>();
  readonly #scalars = new ScalarStandIns();
  readonly #inputs = new Set<unknown>();
  /** Numbers given to the graph, by the slot of what stands for them. */
  readonly #numberInputs = new Map<number, number>();
  readonly #fixedNumbers = new Map<number, number>();
  /** What the routine that is being recorded would sort. */
  #sort: RecordedSort | null = null;
  #node: CallNode | null = null;
  #callIndex = -1;

  constructor(graph: Graph, examples: readonly unknown[]) {
    this.#graph = graph;
    this.#examples = examples;
  }

  run(): Program {
    const inputs = this.#graph.placeholders.map((node, index) => this.#input(node, index));
    for (const node of this.#graph.nodes) {
      if (node.op === "get_attr") this.#values.set(node, this.#graph.attributes.get(node.target));
      if (node.op !== "call_function" && node.op !== "call_method") continue;
      this.#callIndex += 1;
      this.#node = node;
      this.#values.set(node, this.#call(node));
    }
    return {
      inputs,
      buffers: this.#buffers,
      bufferOf: this.#bufferOf,
      steps: this.#steps,
      overwritten: new Set(),
      outputs: this.#outputs(),
      scalarCount: this.#scalars.count,
      fixedNumbers: this.#fixedNumbers,
      wholeNumbers: this.#wholeNumbers(),
      madeBy: this.#madeBy,
    };
  }

  #input(node: Node, index: number): TensorBase | RuntimeScalar {
    const example = this.#examples[index];
    let value: TensorBase | RuntimeScalar;
    if (isTensor(example)) {
      value = fakeTensor(metaOf(example));
      this.#addBuffer(stateOf(value).storage, { kind: "input", index });
    } else if (typeof example === "number") {
      const scalar = this.#scalars.input(example);
      this.#numberInputs.set(scalar.slot, index);
      value = scalar;
    } else if (typeof example === "boolean") value = this.#scalars.computed("boolean");
    else throw new NotCompilableError(`the input ${node.name} is a ${typeof example}`);
    this.#values.set(node, value);
    this.#inputs.add(value);
    return value;
  }

  #wholeNumbers(): ReadonlyMap<number, boolean> {
    const known = new Map<number, boolean>();
    for (const [slot, index] of this.#numberInputs)
      if (this.#scalars.dtypeDeciding.has(slot))
        known.set(index, Number.isInteger(this.#examples[index]));
    return known;
  }

  #outputs(): unknown {
    return mapArgument(this.#graph.output.args[0], (leaf) => {
      const value = isNode(leaf) ? this.#values.get(leaf) : leaf;
      if (Array.isArray(value)) throw new NotCompilableError("an output is a tuple");
      return value;
    });
  }

  #addBuffer(storage: Storage, origin: Buffer["origin"]): Buffer {
    const { dtype, length } = storage;
    const buffer: Buffer = { id: this.#buffers.length, dtype, length, origin };
    this.#buffers.push(buffer);
    this.#bufferOf.set(storage, buffer);
    return buffer;
  }

  #call(node: CallNode): unknown {
    const args = node.args.map((argument) => this.#valueOf(argument));
    if (Object.keys(node.kwargs).length > 0) args.push(this.#valueOf(node.kwargs));
    const kind = kindOfCall(node);
    // Arithmetic on sizes: a program is made for sizes, so they are numbers here.
    const isKnown = (kind === "comparison" || kind === "arithmetic") && !containsScalar(args);
    if (kind === "metadata" || isKnown) return invoke(node, args);
    switch (kind) {
      case "getitem":
        // Tuples are results of operators, indexed by number or name.
        return Reflect.get(Object(args[0]), args[1] as PropertyKey);
      case "text":
        // A slice decides about sizes.
        return invoke(
          node,
          args.map((part) => this.#fixSizes(node, part)),
        );
      case "comparison":
        return this.#opaque(node, args, this.#scalars.computed("boolean"));
      case "arithmetic":
        return this.#opaque(node, args, this.#scalars.computed("number"));
      case "item": {
        const isBool = isTensor(args[0]) && args[0].dtype.category === "bool";
        return this.#opaque(node, args, this.#scalars.computed(isBool ? "boolean" : "number"));
      }
      case "operator": {
        const given = this.#withSizes(node, args);
        return this.#recorded(node, given) ?? this.#opaque(node, given, this.#onFakes(node, given));
      }
      case "foreign":
        throw new NotCompilableError(`${printedTarget(node)} is not an operator of the library`, {
          node,
          place: "around",
        });
    }
  }

  #valueOf(argument: unknown): unknown {
    return mapArgument(argument, (leaf) => (isNode(leaf) ? this.#values.get(leaf) : leaf));
  }

  /** Numbers that shapes depend on are fixed in a program, as sizes are. */
  #withSizes(node: CallNode, args: readonly unknown[]): readonly unknown[] {
    if (!containsScalar(args)) return args;
    const isOperand = operandTest(node);
    return args.map((argument, position) => {
      if (isTensor(argument)) return argument;
      if (!isPlainObject(argument))
        return isOperand(position) ? argument : this.#fixSizes(node, argument);
      return Object.fromEntries(
        Object.entries(argument).map(([name, value]) => [
          name,
          isOperand(name) ? value : this.#fixSizes(node, value),
        ]),
      );
    });
  }

  #fixSizes(node: CallNode, argument: unknown): unknown {
    return mapArgument(argument, (leaf) => {
      if (!(leaf instanceof RuntimeScalar)) return leaf;
      const index = this.#numberInputs.get(leaf.slot);
      const value = index === undefined ? undefined : this.#examples[index];
      if (index === undefined || typeof value !== "number")
        throw new NotCompilableError("a size is computed from data", { node, place: "before" });
      this.#fixedNumbers.set(index, value);
      return value;
    });
  }

  /** The call as launches and routines; null where it cannot be taken apart. */
  #recorded(node: CallNode, args: readonly unknown[]): unknown {
    const stepCount = this.#steps.length;
    const bufferCount = this.#buffers.length;
    const withScalars = containsScalar(args);
    try {
      const given = withScalars ? this.#scalars.forCall(args) : args;
      const result = this.#record(() => invoke(node, given));
      // A rule about numbers that the stand-in does not follow shows in the metadata.
      if (withScalars && describe(result) !== describe(this.#onFakes(node, args)))
        throw new NotRecordableError("the metadata depends on a number");
      this.#noteMade(result);
      return result;
    } catch (error) {
      if (error instanceof NotCompilableError) throw error;
      // Whatever stood in the way, calling the operator does what eager code does, errors included.
      this.#undo(stepCount, bufferCount);
      return null;
    }
  }

  readonly #backend: Backend = {
    name: "recorder",
    run: ({ kernel, parallel, fold, operands, scalars }) => {
      const { node, callIndex } = this.#fields();
      this.#step({
        kind: "launch",
        origins: [node],
        isFused: false,
        node,
        callIndex,
        kernel,
        parallel,
        fold,
        operands: this.#places(operands),
        // Converted scalars are runtime scalars in the place of numbers; see `RuntimeScalar.as`.
        scalars,
      });
    },
    runTemplate: ({ kernel, axes, operands, scalars }) => {
      const { node, callIndex } = this.#fields();
      this.#step({
        kind: "template",
        origins: [node],
        node,
        callIndex,
        kernel,
        axes,
        operands: this.#places(operands),
        scalars,
      });
    },
    reset() {},
  };

  #record<Result>(body: () => Result): Result {
    return recordWith(this, () => runOnBackend(this.#backend, () => runFake(body)));
  }

  #undo(stepCount: number, bufferCount: number): void {
    this.#steps.length = stepCount;
    this.#buffers.length = bufferCount;
    for (const [storage, buffer] of this.#bufferOf)
      if (buffer.id >= bufferCount) this.#bufferOf.delete(storage);
  }

  #onFakes(node: CallNode, args: readonly unknown[]): unknown {
    try {
      return runFake(() => invoke(node, this.#scalars.hints(args)));
    } catch (error) {
      throw new NotCompilableError(`${printedTarget(node)} needs data: ${String(error)}`, {
        node,
        place: "around",
      });
    }
  }

  /** The call as it stands, made when the graph runs. */
  #opaque(node: CallNode, args: readonly unknown[], result: unknown): unknown {
    for (const tensor of tensorsIn(result)) {
      const { storage } = stateOf(tensor);
      if (!this.#bufferOf.has(storage)) this.#addBuffer(storage, { kind: "returned" });
    }
    this.#noteMade(result);
    this.#step({ kind: "call", node, callIndex: this.#callIndex, args, result });
    return result;
  }

  #noteMade(result: unknown): void {
    mapArgument(result, (leaf) => {
      const isValue = isTensor(leaf) || leaf instanceof RuntimeScalar;
      if (isValue && !this.#inputs.has(leaf) && !this.#madeBy.has(leaf))
        this.#madeBy.set(leaf, this.#callIndex);
      return leaf;
    });
  }

  #step(step: Step): void {
    this.#steps.push(step);
  }

  #fields(): { readonly node: CallNode; readonly callIndex: number } {
    if (this.#node === null) throw new NotCompilableError("nothing is being recorded");
    return { node: this.#node, callIndex: this.#callIndex };
  }

  #bufferOfTensor(tensor: TensorBase): Buffer {
    if (!isFake(tensor)) throw new NotRecordableError("a tensor with data takes part");
    const { storage } = stateOf(tensor);
    return this.#bufferOf.get(storage) ?? this.#addBuffer(storage, { kind: "made" });
  }

  #places(operands: Launch["operands"]): readonly Place[] {
    return operands.map(({ tensor, strides }) => ({
      buffer: this.#bufferOfTensor(tensor),
      offset: stateOf(tensor).offset,
      strides,
    }));
  }

  /** Most routines are made of operators; those that touch data throw on fakes and stay whole. */
  routine(call: RecordedRoutine): void {
    for (const tensor of tensorsIn([Object.values(call.args), call.outputs]))
      this.#bufferOfTensor(tensor);
    const stepCount = this.#steps.length;
    const bufferCount = this.#buffers.length;
    try {
      // Drawing random numbers has an effect before data is touched.
      if (call.op.random)
        throw new NotRecordableError("random numbers are drawn when the graph runs");
      this.#sort = null;
      call.routine(call.args, call.outputs);
      // Alone it does the same as the routine; otherwise what it sorts was made for it.
      if (this.#sort !== null && this.#steps.length === stepCount)
        this.#step({ kind: "routine", ...this.#fields(), call, sort: this.#sort });
      else if (this.#sort !== null) throw new NotRecordableError("more than a sort");
    } catch {
      this.#undo(stepCount, bufferCount);
      this.#step({ kind: "routine", ...this.#fields(), call, sort: null });
    }
  }

  sorts(sort: RowSort): boolean {
    const geometry = sortGeometry(sort);
    if (geometry === null) return false;
    const { source, indices, values } = sort;
    const tensors = values === null ? [indices, source] : [indices, source, values];
    this.#sort = {
      geometry,
      operands: this.#places(tensors.map((tensor) => ({ tensor, strides: [] }))),
    };
    return true;
  }

  written(storage: Storage): void {
    const buffer = this.#bufferOf.get(storage) ?? this.#addBuffer(storage, { kind: "made" });
    this.#step({ kind: "version", ...this.#fields(), buffer });
  }
}

function tensorsIn(value: unknown): readonly TensorBase[] {
  if (isTensor(value)) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [];
}

/** Metadata of a result, the same for equal ones. */
function describe(value: unknown): string {
  if (isTensor(value)) {
    const { dtype, shape, strides, offset } = stateOf(value);
    return `${dtype.name}[${shape.join()}]/(${strides.join()})+${offset}`;
  }
  return Array.isArray(value) ? `[${value.map(describe).join()}]` : String(value);
}
