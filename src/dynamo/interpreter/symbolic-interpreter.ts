import type { CallResult } from "../builtins/builtin.ts";
import { uninitialized } from "../bytecode/cell.ts";
import type { BinaryOperator, UnaryOperator } from "../bytecode/instructions/operand.ts";
import type { SuspensionKind } from "../bytecode/suspension.ts";
import { breakGraph, describeBreak, GraphBreak } from "../graph-breaks/graph-break.ts";
import { appendElements, appendHole, elementsOf } from "../operations/array-literal.ts";
import {
  assignCell,
  checkInitialized,
  initializeCell,
  readCell,
  typeofCell,
} from "../operations/bindings.ts";
import { closureOf, functionName } from "../operations/closure-of.ts";
import { getSuper } from "../operations/get-property.ts";
import { getPrivate, hasPrivate, setPrivate } from "../operations/private-member.ts";
import { returnCompletion } from "../bytecode/suspension.ts";
import { returnCompletionVariable } from "../operations/generator.ts";
import { enumerableKeys, listOf } from "../operations/iteration.ts";
import { restArray } from "../operations/iterator-record.ts";
import {
  buildObject,
  copyDataProperties,
  createDataProperty,
  defineMethod,
  excludeProperties,
  requireObject,
  setPrototype,
} from "../operations/object-literal.ts";
import {
  binaryOperation,
  increment,
  toNumeric,
  toTemplatePart,
  typeOf,
  unaryOperation,
} from "../operations/operators.ts";
import { propertyKey } from "../operations/property-key.ts";
import {
  ArrayVariable,
  CellVariable,
  ConstantVariable,
  type Variable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { Frame } from "./frame.ts";
import { constructParent } from "../operations/construct-user-class.ts";
import type { Machine } from "./machine.ts";
import { ProgramThrow } from "./program-throw.ts";

/**
 * The words in which the instruction set says what its instructions mean: one instruction's view of the machine.
 * The frame is the instruction's own, also after a call or a getter has pushed another one on top of it.
 */
export class SymbolicInterpreter {
  readonly #machine: Machine;
  readonly #frame: Frame;

  constructor(machine: Machine, frame: Frame) {
    this.#machine = machine;
    this.#frame = frame;
  }

  // The operand stack.

  push(value: Variable): void {
    this.#frame.push(value);
  }

  pop(): Variable {
    return this.#frame.pop();
  }

  /** The two operands on top, the upper one last. */
  popPair(): readonly [Variable, Variable] {
    const upper = this.#frame.pop();
    return [this.#frame.pop(), upper];
  }

  popTriple(): readonly [Variable, Variable, Variable] {
    const upper = this.#frame.pop();
    const middle = this.#frame.pop();
    return [this.#frame.pop(), middle, upper];
  }

  popMany(count: number): Variable[] {
    return this.#frame.popMany(count);
  }

  peek(depth = 0): Variable {
    return this.#frame.peek(depth);
  }

  /** Takes the `count` operands on top and pushes copies of them by index. */
  shuffle(count: number, picks: readonly number[]): void {
    const operands = this.#frame.popMany(count);
    for (const pick of picks) {
      const operand = operands[pick];
      if (operand === undefined) throw new Error(`there is no operand ${pick} of ${count}`);
      this.#frame.push(operand);
    }
  }

  /** A property read or call that pushed a frame (null) gives its value when that frame returns. */
  pushResult(result: CallResult): void {
    if (result !== null) this.#frame.push(result);
  }

  // Variables of the frame.

  local(slot: number): Variable {
    return this.#frame.local(slot);
  }

  setLocal(slot: number, value: Variable): void {
    this.#frame.locals[slot] = value;
  }

  /** Puts the slot into its temporal dead zone. */
  markUninitialized(slot: number): void {
    this.#frame.locals[slot] = this.constant(uninitialized);
  }

  checkInitialized(slot: number, name: string): void {
    checkInitialized(this.#machine, this.#frame.locals[slot], name);
  }

  /** `content` null: in its temporal dead zone. */
  createCell(slot: number, name: string, content: Variable | null): void {
    this.#frame.locals[slot] = new CellVariable(name, content, null);
  }

  /** A new cell with the same content. */
  copyCell(slot: number): void {
    const { name, content } = this.#frame.cell(slot);
    this.createCell(slot, name, content);
  }

  cell(slot: number): CellVariable {
    return this.#frame.cell(slot);
  }

  capture(index: number): CellVariable {
    return this.#frame.capture(index);
  }

  read(cell: CellVariable): Variable {
    return readCell(cell);
  }

  assign(cell: CellVariable, value: Variable, how = { loosely: false }): void {
    assignCell(this.#machine, cell, value, how);
  }

  initialize(cell: CellVariable, value: Variable): void {
    initializeCell(this.#machine, cell, value);
  }

  typeofCell(cell: CellVariable): Variable {
    return this.constant(typeofCell(this.#machine, cell));
  }

  /** Assignment to a `const`. */
  throwConstantAssignment(name: string): never {
    return breakGraph(
      "observedException",
      { errorClass: "TypeError", message: `Assignment to constant variable. (${name})` },
      "throwConstantAssignment",
    );
  }

  // What the frame was called with.

  get thisValue(): Variable {
    return this.#frame.thisValue;
  }

  get newTarget(): Variable {
    return this.#frame.newTarget;
  }

  get self(): Variable {
    return this.#frame.self;
  }

  argument(index: number): Variable {
    return this.#frame.args[index] ?? undefinedVariable;
  }

  restArguments(index: number): Variable {
    return this.array(this.#frame.args.slice(index));
  }

  argumentsObject(): Variable {
    return new ArrayVariable({ items: [...this.#frame.args], flavour: "arguments" });
  }

  // Values, operators and conversions.

  constant(value: unknown): Variable {
    return new ConstantVariable(value);
  }

  binary(operator: BinaryOperator, left: Variable, right: Variable): Variable {
    return binaryOperation(this.#machine, operator, left, right);
  }

  unary(operator: UnaryOperator, operand: Variable): Variable {
    return operator === "typeof"
      ? this.constant(typeOf(this.#machine, operand))
      : unaryOperation(this.#machine, operator, operand);
  }

  toNumeric(value: Variable): Variable {
    return toNumeric(this.#machine, value);
  }

  /** ToNumeric, then one more or less. */
  increment(value: Variable, by: 1 | -1): Variable {
    return increment(this.#machine, toNumeric(this.#machine, value), by);
  }

  /** ToString of a template literal's substitution. */
  toText(value: Variable): Variable {
    return toTemplatePart(this.#machine, value);
  }

  /** The key that a computed one stands for; it must be known while capturing. */
  propertyKey(value: Variable): PropertyKey {
    return propertyKey(this.#machine, value);
  }

  /** Which way a branch goes; it must be known while capturing. */
  isTrue(value: Variable): boolean {
    return this.#machine.truthOf(value);
  }

  isUndefined(variable: Variable): boolean {
    const value = this.#machine.force(variable);
    return value.kind === "constant" && value.value === undefined;
  }

  isNullish(variable: Variable): boolean {
    const value = this.#machine.force(variable);
    return value.kind === "constant" && (value.value === undefined || value.value === null);
  }

  // Properties.

  getProperty(object: Variable, key: PropertyKey): CallResult {
    return this.#machine.getProperty(object, key);
  }

  getElement(object: Variable, key: Variable): CallResult {
    return this.#machine.getElement(object, key);
  }

  /** Pushes the method and its receiver. */
  pushMethod(receiver: Variable, key: PropertyKey): void {
    this.pushResult(this.#machine.getProperty(receiver, key, "pushUnder"));
    this.#frame.push(receiver);
  }

  setProperty(object: Variable, key: PropertyKey, value: Variable): void {
    this.#machine.setProperty(object, key, value);
  }

  getPrivate(object: Variable, name: Variable): Variable {
    return getPrivate(this.#machine, object, name);
  }

  setPrivate(object: Variable, name: Variable, value: Variable): void {
    setPrivate(this.#machine, object, name, value);
  }

  hasPrivate(name: Variable, object: Variable): Variable {
    return hasPrivate(this.#machine, name, object);
  }

  deleteProperty(object: Variable, key: PropertyKey): Variable {
    return this.constant(this.#machine.deleteProperty(object, key));
  }

  requireObject(value: Variable): void {
    requireObject(this.#machine, value);
  }

  // Object literals and patterns.

  object(names: readonly string[], values: readonly Variable[]): Variable {
    return buildObject(names, values);
  }

  defineProperty(object: Variable, key: PropertyKey, value: Variable): void {
    createDataProperty(this.#machine, object, key, value);
  }

  /** A method, getter or setter, whichever the child is. */
  defineMethod(object: Variable, child: number, key: PropertyKey): void {
    const closure = closureOf(this.#frame, child, functionName(key));
    defineMethod(this.#machine, object, key, closure, this.#frame.code.children[child]?.kind);
  }

  setPrototype(prototype: Variable): never {
    return setPrototype(this.#machine, prototype);
  }

  copyProperties(object: Variable, source: Variable): void {
    copyDataProperties(this.#machine, object, source);
  }

  objectWithout(source: Variable, keys: readonly Variable[]): Variable {
    return excludeProperties(this.#machine, source, keys);
  }

  // Array literals and others.

  array(items: Variable[]): Variable {
    return new ArrayVariable({ items });
  }

  append(array: Variable, values: readonly Variable[]): void {
    appendElements(this.#machine, array, values);
  }

  appendHole(array: Variable): void {
    appendHole(this.#machine, array);
  }

  /** Everything an iterable gives. */
  listOf(iterable: Variable): readonly Variable[] {
    return listOf(this.#machine, iterable, "appendSpread");
  }

  createRegExp(pattern: string, flags: string): never {
    return breakGraph(
      "untraceableBuiltin",
      { functionName: "RegExp", argumentTypes: `/${pattern}/${flags}`, loggingFunction: null },
      "createRegExp",
    );
  }

  templateObject(): never {
    return breakGraph(
      "untraceableBuiltin",
      { functionName: "tagged template", argumentTypes: "", loggingFunction: null },
      "templateObject",
    );
  }

  // Stops in the middle.

  suspend(how: SuspensionKind): never {
    const functionName = this.#frame.code.name;
    return this.#frame.code.suspends === "async" || how === "await"
      ? breakGraph("asyncFunction", { functionName }, how)
      : breakGraph("generatorFunction", { functionName, obstacle: null }, how);
  }

  /** Whether a handler of a generator got its `return`. */
  isReturnCompletion(error: Variable): boolean {
    if (error === returnCompletionVariable) return true;
    const value = this.#machine.force(error);
    if (value.kind !== "constant" || value.value !== returnCompletion) return false;
    return this.breakSilently("isReturnCompletion"); // whoever drives this frame from outside called `return`
  }

  /** A step that only the engine can make, on the way to or from a suspension. */
  breakSilently(op: string): never {
    const functionName = this.#frame.code.name;
    const facts = { functionName, obstacle: null };
    throw new GraphBreak(describeBreak("generatorFunction", facts, op), true);
  }

  breakForImport(): never {
    return breakGraph("dynamicImport", { functionName: this.#frame.code.name }, "importModule");
  }

  // Calls and closures.

  call(callee: Variable, args: readonly Variable[]): CallResult {
    return this.#machine.call(callee, undefinedVariable, args);
  }

  callMethod(method: Variable, receiver: Variable, args: readonly Variable[]): CallResult {
    return this.#machine.call(method, receiver, args);
  }

  construct(callee: Variable, args: readonly Variable[]): CallResult {
    return this.#machine.construct(callee, args);
  }

  getSuper(home: Variable, key: PropertyKey, receiver: Variable): CallResult {
    return getSuper(this.#machine, home, key, receiver);
  }

  superConstruct(self: Variable, newTarget: Variable, args: readonly Variable[]): CallResult {
    return constructParent(this.#machine, self, newTarget, args);
  }

  /** The arguments of a call with a spread, which the bytecode gathers in an array. */
  elementsOf(array: Variable): readonly Variable[] {
    return elementsOf(this.#machine, array);
  }

  closure(child: number, name: string | null): Variable {
    return closureOf(this.#frame, child, name);
  }

  /** The name that a computed key gives to an anonymous function. */
  functionName(key: Variable): string {
    return functionName(propertyKey(this.#machine, key));
  }

  // Iteration.

  getIterator(iterable: Variable): Variable {
    return this.#machine.getIterator(iterable);
  }

  enumerateKeys(object: Variable): Variable {
    return enumerableKeys(this.#machine, object);
  }

  /** One step: false when exhausted, else `currentValue` gives the value. */
  advance(record: Variable): boolean {
    return this.#machine.advance(record);
  }

  currentValue(record: Variable): Variable {
    return this.#machine.currentValue(record);
  }

  /** One step's value: undefined once exhausted. */
  nextValue(record: Variable): Variable {
    return this.advance(record) ? this.currentValue(record) : undefinedVariable;
  }

  /** A new array of what is left. */
  restOf(record: Variable): Variable {
    return restArray(this.#machine, record);
  }

  /** Errors of the iterator's `return` are dropped (ECMA-262 §7.4.11 step 5). */
  closeQuietly(record: Variable): void {
    try {
      this.close(record);
    } catch (error) {
      if (!(error instanceof ProgramThrow)) throw error;
    }
  }

  close(record: Variable): void {
    this.#machine.closeIterator(record);
  }
}
