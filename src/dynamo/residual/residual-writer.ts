import { InternalError } from "../../base/errors.ts";
import type { Node } from "../../fx/node.ts";
import { type Expression, printExpression, printScalar } from "../../symbolic/expression.ts";
import { uninitialized } from "../bytecode/cell.ts";
import { isOuterCells } from "../interpreter/outer-cell.ts";
import type { GeneratorVariable, ProtocolVariable } from "../variables/iterator-variables.ts";
import { type ConstantPool, type Source, keyText, sourceText } from "../variables/source.ts";
import {
  type ArrayVariable,
  type BoundFunctionVariable,
  type CellVariable,
  type ClosureVariable,
  type CursorState,
  type CursorVariable,
  type MapVariable,
  type NumberLeaf,
  type ObjectVariable,
  type SetVariable,
  type Variable,
} from "../variables/variable.ts";

/** An object that is only being filled, met again inside itself: it is put in its place once it exists. */
const pending = Symbol("pending");

/**
 * Writes JavaScript that makes the values of variables real after the graph ran: reloads what came from outside,
 * takes tensors from the graph's outputs, builds what the region made. One variable becomes one object.
 */
export class ResidualWriter implements ConstantPool {
  /** Values that the generated function closes over. */
  readonly constants: unknown[] = [];
  /** Tensors that the graph must give. */
  readonly outputs: Node[] = [];
  /** Reads of places outside; they run before the graph and before any effect. */
  readonly loads: string[] = [];
  /** Statements after the graph. */
  readonly body: string[] = [];
  readonly #constantIndex = new Map<unknown, number>();
  readonly #loaded = new Map<string, string>();
  readonly #names = new Map<object, string | typeof pending>();
  readonly #patches: (() => void)[] = [];
  #depth = 0;
  #nameCount = 0;

  textOf(value: unknown): string {
    switch (typeof value) {
      case "undefined":
        return "(void 0)";
      case "boolean":
        return printScalar(value);
      case "number":
        return printScalar(value);
      case "string":
        return JSON.stringify(value)
          .replaceAll("\u2028", "\\u2028")
          .replaceAll("\u2029", "\\u2029");
      case "bigint":
        return value < 0n ? `(${value}n)` : `${value}n`;
      default:
        break;
    }
    if (value === null) return "null";
    let index = this.#constantIndex.get(value);
    if (index === undefined) {
      index = this.constants.push(value) - 1;
      this.#constantIndex.set(value, index);
    }
    return `k${index}`;
  }

  /** A variable holding what is at `source` when the segment begins. */
  load(source: Source): string {
    if (source.kind === "pinned") return this.textOf(source.value);
    const text = sourceText(source, this);
    const known = this.#loaded.get(text);
    if (known !== undefined) return known;
    const name = `in${this.#loaded.size}`;
    this.loads.push(`const ${name} = ${text};`);
    this.#loaded.set(text, name);
    return name;
  }

  /** An expression for the variable's value; what it needs first is appended to the body. */
  value(variable: Variable): string {
    this.#depth += 1;
    const text = this.#value(variable);
    this.#depth -= 1;
    if (text === pending) throw new InternalError("a value is met inside itself at the top");
    if (this.#depth === 0) while (this.#patches.length > 0) this.#patches.shift()?.();
    return text;
  }

  cell(variable: CellVariable): string {
    if (variable.source !== null) return this.load(variable.source);
    const known = this.#names.get(variable);
    if (typeof known === "string") return known;
    const name = this.#name("cell");
    // Named before it is filled: a function that calls itself is in its own cell.
    this.#names.set(variable, name);
    this.body.push(
      `const ${name} = new B.Cell(${this.textOf(uninitialized)}, ${this.textOf(variable.name)});`,
    );
    const { content } = variable;
    if (content !== null) {
      this.#fill(content, (text) => this.body.push(`${name}.raw = ${text};`));
      if (this.#depth === 0) while (this.#patches.length > 0) this.#patches.shift()?.();
    }
    return name;
  }

  /** The array of cells that a closure or a frame captures. */
  captures(cells: readonly CellVariable[], source: Source | null): string {
    if (source?.kind === "pinned" && typeof source.value === "object" && isOuterCells(source.value))
      return this.textOf(source.value);
    if (source !== null) return this.load(source);
    return `[${cells.map((cell) => this.cell(cell)).join(", ")}]`;
  }

  #name(prefix: string): string {
    return `${prefix}${this.#nameCount++}`;
  }

  #value(variable: Variable): string | typeof pending {
    switch (variable.kind) {
      case "lazy":
        // A loop's record moved on; every other object is still the one that came in.
        if (variable.forced?.kind === "cursor" || variable.forced?.kind === "protocol")
          return this.#value(variable.forced);
        // Looked at or not, what is there at entry is the value; writes to objects are replayed on the very object.
        return this.load(variable.source);
      case "constant":
        return this.textOf(variable.value);
      case "number":
        return this.#expression(variable.expression);
      case "tensor":
        return variable.source !== null ? this.load(variable.source) : this.#output(variable.node);
      case "template":
        return `(${variable.parts.map((part) => (typeof part === "string" ? this.textOf(part) : `\`\${${this.value(part)}}\``)).join(" + ") || '""'})`;
      case "function":
        return variable.source === null ? this.textOf(variable.value) : this.load(variable.source);
      case "builtin":
      case "inGraph":
        return this.textOf(variable.value);
      case "opaque":
        return this.load(variable.source);
      case "array":
      case "object":
      case "map":
      case "set":
        if (variable.source !== null) return this.load(variable.source);
        return this.#make(variable);
      case "closure":
        return this.#made(
          variable,
          () => this.#closure(variable),
          (name) => this.#fillClosure(variable, name),
        );
      case "bound":
        return this.#made(variable, () => this.#bound(variable));
      case "cursor":
        return this.#cursor(variable);
      case "protocol":
        return this.#protocol(variable);
      case "generator":
        return this.#finishedGenerator(variable);
    }
  }

  #expression(expression: Expression<NumberLeaf>): string {
    return printExpression(
      expression,
      (leaf) => this.#leaf(leaf),
      (name) => this.textOf(Math[name]),
    );
  }

  #leaf(leaf: NumberLeaf): string {
    switch (leaf.kind) {
      case "source":
        return this.load(leaf.source);
      case "item":
        return `${this.value(leaf.tensor)}.item()`;
      case "size":
        return `R.sizeOf(${this.value(leaf.tensor)}, ${leaf.dim})`;
      case "node":
        return this.#output(leaf.node);
    }
  }

  #output(node: Node | null): string {
    if (node === null)
      throw new InternalError("a tensor is neither from outside nor from the graph");
    let index = this.outputs.indexOf(node);
    if (index < 0) index = this.outputs.push(node) - 1;
    return `g[${index}]`;
  }

  /**
   * Makes an object once. It has its name before it is filled, so that what is inside may refer to it and everything
   * is put in its place in program order; only while `make` runs, the object met inside itself is pending.
   */
  #made(
    key: object,
    make: () => string,
    fill: (name: string) => void = () => {},
  ): string | typeof pending {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    this.#names.set(key, pending);
    const name = make();
    this.#names.set(key, name);
    fill(name);
    return name;
  }

  /** Puts a value somewhere now, or as soon as the object it is exists. */
  #fill(variable: Variable, put: (text: string) => void): void {
    this.#depth += 1;
    const text = this.#value(variable);
    this.#depth -= 1;
    if (text !== pending) put(text);
    else this.#patches.push(() => put(this.value(variable)));
  }

  #make(
    variable: ArrayVariable | ObjectVariable | MapVariable | SetVariable,
  ): string | typeof pending {
    switch (variable.kind) {
      case "array":
        return this.#array(variable);
      case "object":
        return this.#made(
          variable,
          () => this.#declare("object", this.#emptyObject(variable)),
          (name) => this.#fillObject(variable, name),
        );
      case "map":
        return this.#made(
          variable,
          () => this.#declare("map", `new ${this.textOf(Map)}()`),
          (name) => this.#fillMap(variable, name),
        );
      case "set":
        return this.#made(
          variable,
          () => this.#declare("set", `new ${this.textOf(Set)}()`),
          (name) => this.#fillSet(variable, name),
        );
    }
  }

  #fillMap(variable: MapVariable, name: string): void {
    for (const { key, value } of variable.entries ?? []) {
      this.#fillPair(key, value, (k, v) =>
        this.body.push(`R.apply(${this.textOf(Map.prototype.set)}, ${name}, [${k}, ${v}]);`),
      );
    }
  }

  #fillSet(variable: SetVariable, name: string): void {
    for (const key of variable.keys ?? []) {
      this.#fill(key, (k) =>
        this.body.push(`R.apply(${this.textOf(Set.prototype.add)}, ${name}, [${k}]);`),
      );
    }
  }

  #fillPair(first: Variable, second: Variable, put: (first: string, second: string) => void): void {
    this.#fill(first, (text) => this.#fill(second, (other) => put(text, other)));
  }

  #declare(prefix: string, text: string): string {
    const name = this.#name(prefix);
    this.body.push(`const ${name} = ${text};`);
    return name;
  }

  #array(variable: ArrayVariable): string | typeof pending {
    const items = variable.items ?? [];
    // What holds nothing that could hold the array is one literal.
    const isFlat = items.every((item) => item === null || !isContainer(item));
    if (isFlat || variable.flavour === "arguments") {
      return this.#made(
        variable,
        () => this.#declare("array", this.#arrayLiteral(variable)),
        (name) => this.#finishArray(variable, name),
      );
    }
    return this.#made(
      variable,
      () => this.#declare("array", "[]"),
      (name) => {
        for (const [index, item] of items.entries()) {
          if (item !== null)
            this.#fill(item, (text) => this.body.push(`${name}[${index}] = ${text};`));
        }
        if (items.at(-1) === null) this.body.push(`${name}.length = ${items.length};`);
        this.#finishArray(variable, name);
      },
    );
  }

  #arrayLiteral(variable: ArrayVariable): string {
    const items = variable.items ?? [];
    const texts = items.map((item) => (item === null ? "" : this.value(item)));
    if (items.at(-1) === null) texts.push(""); // a trailing hole needs one more comma
    const literal = `[${texts.join(", ")}]`;
    return variable.flavour === "arguments" ? `B.createArguments(${literal})` : literal;
  }

  #finishArray(variable: ArrayVariable, name: string): void {
    for (const [key, item] of variable.named)
      this.#fill(item, (text) =>
        this.body.push(`R.define(${name}, ${this.textOf(key)}, ${text}, true);`),
      );
    if (variable.frozen) this.#freezeLater(name);
  }

  #freezeLater(name: string): void {
    if (this.#patches.length === 0) this.body.push(`R.freeze(${name});`);
    else this.#patches.push(() => this.body.push(`R.freeze(${name});`));
  }

  #fillObject(variable: ObjectVariable, name: string): void {
    for (const [key, slot] of variable.properties) {
      const isMessage = variable.error !== null && key === "message";
      if (slot.kind === "deleted") {
        if (isMessage) this.body.push(`delete ${name}.message;`);
      } else if (slot.kind === "accessor") {
        const get = slot.get === null ? "undefined" : this.value(slot.get);
        const set = slot.set === null ? "undefined" : this.value(slot.set);
        this.body.push(`R.defineAccessor(${name}, ${this.textOf(key)}, ${get}, ${set});`);
      } else if (!(isMessage && slot.value === variable.error?.message)) {
        this.#fill(slot.value, (text) =>
          this.body.push(`R.define(${name}, ${this.textOf(key)}, ${text}, ${slot.enumerable});`),
        );
      }
    }
    if (variable.frozen) this.#freezeLater(name);
  }

  #emptyObject({ error, prototype }: ObjectVariable): string {
    if (error?.newTarget !== undefined)
      return `R.construct(${this.textOf(error.constructor)}, [${error.message === null ? "" : this.value(error.message)}], ${this.textOf(error.newTarget)})`;
    if (error !== null)
      return `new ${this.textOf(error.constructor)}(${error.message === null ? "" : this.value(error.message)})`;
    return prototype === Object.prototype ? "{}" : `R.create(${this.textOf(prototype)})`;
  }

  #closure(variable: ClosureVariable): string {
    const cells = this.captures(variable.captures, null);
    const { thisValue, newTarget } = variable.frame;
    const usesFrame = variable.parent.children[variable.child]?.kind === "arrow";
    const frame = usesFrame
      ? `${this.value(thisValue)}, ${this.value(newTarget)}`
      : "(void 0), (void 0)";
    return this.#declare(
      "closure",
      `B.makeClosure(${this.textOf(variable.parent)}, ${variable.child}, ${cells}, ${frame}, ${this.textOf(variable.name)})`,
    );
  }

  #fillClosure(variable: ClosureVariable, name: string): void {
    for (const [key, slot] of variable.properties) {
      if (slot.kind === "data")
        this.#fill(slot.value, (text) => this.body.push(`${name}${keyText(key, this)} = ${text};`));
    }
  }

  #bound({ target, thisValue, args }: BoundFunctionVariable): string {
    const inputs = [thisValue, ...args].map((arg) => this.value(arg));
    return this.#declare(
      "bound",
      `R.apply(${this.textOf(Function.prototype.bind)}, ${this.value(target)}, [${inputs.join(", ")}])`,
    );
  }

  #cursor(variable: CursorVariable): string {
    const { state, current } = variable;
    const found = (): string => (current === null ? "(void 0)" : this.value(current));
    if (state.keysOf !== null) {
      const remaining = (state.over.kind === "array" ? (state.over.items ?? []) : []).slice(
        state.index,
      );
      const keys = remaining.map((key) => (key === null ? "null" : this.value(key)));
      return `R.keyCursor(${this.value(state.keysOf)}, [${keys.join(", ")}], ${state.done}, ${found()})`;
    }
    if (!state.shared && state.over.kind === "array" && state.mode === "values") {
      const known = this.#names.get(state);
      if (typeof known === "string") return known;
      const index =
        state.start === null
          ? String(state.index)
          : `${this.#expression(state.start)} + ${state.index}`;
      const text = `R.arrayCursor(${this.value(state.over)}, ${index}, ${state.done}, ${found()})`;
      const name = this.#declare("cursor", text);
      this.#names.set(state, name);
      return name;
    }
    const iterator = this.#iteratorObject(state);
    return variable.flavour === "object"
      ? iterator
      : `R.iteratorRecord(${iterator}, ${state.done}, ${found()})`;
  }

  #protocol(variable: ProtocolVariable): string {
    const known = this.#names.get(variable);
    if (typeof known === "string") return known;
    const { iterator, next, done, current } = variable;
    const found = current === null ? "(void 0)" : this.value(current);
    const text = `R.protocolIterator(${this.value(iterator)}, ${this.value(next)}, ${done}, ${found})`;
    const name = this.#declare("iterator", text);
    this.#names.set(variable, name);
    return name;
  }

  /** A generator in the middle never gets here: the capture ends before it is made. */
  #finishedGenerator(variable: GeneratorVariable): string {
    const known = this.#names.get(variable);
    if (typeof known === "string") return known;
    const name = this.#declare("generator", `R.finishedGenerator(${this.value(variable.callee)})`);
    this.#names.set(variable, name);
    return name;
  }

  #iteratorObject(state: CursorState): string {
    const known = this.#names.get(state);
    if (typeof known === "string") return known;
    if (state.start !== null)
      throw new InternalError("the program holds an iterator that only a loop can have");
    const holder =
      state.over.kind === "array"
        ? Array.prototype
        : state.over.kind === "map"
          ? Map.prototype
          : Set.prototype;
    const method: unknown = Reflect.get(holder, state.mode);
    const steps = state.done ? state.index + 1 : state.index;
    const name = this.#declare(
      "iterator",
      `R.collectionIterator(${this.value(state.over)}, ${this.textOf(method)}, ${steps})`,
    );
    this.#names.set(state, name);
    return name;
  }
}

const containers: ReadonlySet<Variable["kind"]> = new Set<Variable["kind"]>([
  "array",
  "object",
  "map",
  "set",
  "closure",
  "bound",
  "cursor",
  "protocol",
  "generator",
]);

/** Whether a value of this variable may hold other values that the region made. */
const isContainer = (variable: Variable): boolean => containers.has(variable.kind);
