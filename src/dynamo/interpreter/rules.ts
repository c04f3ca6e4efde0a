import type { Child } from "../bytecode/code.ts";
import { uninitialized } from "../bytecode/cell.ts";
import type { OperandOfOp, Op } from "../bytecode/instructions/table.ts";
import { breakGraph } from "../graph-breaks/graph-break.ts";
import { advance, enumerableKeys, getIterator, listOf, step } from "../operations/iteration.ts";
import {
  binaryOperation,
  increment,
  toNumeric,
  toTemplatePart,
  typeOf,
  unaryOperation,
} from "../operations/operators.ts";
import { ownDataProperties } from "../operations/own-data-properties.ts";
import { propertyKey } from "../operations/property-key.ts";
import {
  ArrayVariable,
  CellVariable,
  ClosureVariable,
  ConstantVariable,
  ObjectVariable,
  type Variable,
  describeForUser,
  undefinedVariable,
} from "../variables/variable.ts";
import { arrayItems } from "./contents.ts";
import type { Frame } from "./frame.ts";
import type { Machine } from "./machine.ts";

/** What an instruction does next: nothing said means the next one. */
export type Next =
  | void
  | { readonly jump: number }
  | { readonly return: Variable }
  | { readonly throw: Variable };

type Rule<K extends Op> = (machine: Machine, frame: Frame, operand: OperandOfOp<K>) => Next;

const constant = (value: unknown): ConstantVariable => new ConstantVariable(value);

function local(frame: Frame, slot: number): Variable {
  const value = frame.locals[slot];
  if (value === null || value === undefined) return undefinedVariable; // an unwritten slot holds undefined
  if (value.kind === "cell") throw new Error(`local ${slot} is a cell`);
  return value;
}

function cell(frame: Frame, slot: number): CellVariable {
  const value = frame.locals[slot];
  if (value?.kind !== "cell") throw new Error(`local ${slot} is not a cell`);
  return value;
}

function capture(frame: Frame, index: number): CellVariable {
  const value = frame.captures[index];
  if (value === undefined) throw new Error(`capture ${index} is missing`);
  return value;
}

/** Reading a variable in its temporal dead zone, or one that does not exist, throws: natively, in V8's words. */
function contentOf(variable: CellVariable): Variable {
  return (
    variable.content ??
    breakGraph(
      "observedException",
      { errorClass: "ReferenceError", message: `${variable.name} is not initialised` },
      `load ${variable.name}`,
    )
  );
}

function storeCell(machine: Machine, target: CellVariable, value: Variable): void {
  machine.tracer.noteMutation(target, `the variable ${target.name}`);
  target.content = value;
  if (target.source !== null) machine.tracer.addEffect({ kind: "storeCell", cell: target, value });
}

/** A property read or call that pushed a frame gives its value when that frame returns. */
function pushResult(frame: Frame, result: Variable | null): void {
  if (result !== null) frame.push(result);
}

function closureOf(frame: Frame, index: number, name: string | null): Variable {
  const child = frame.code.children[index];
  if (child === undefined) throw new Error(`child ${index} is missing`);
  if (child.kind === "class")
    breakGraph(
      "classDefinition",
      { className: child.name === "" ? "(anonymous class)" : child.name },
      `createClosure ${child.name}`,
    );
  return new ClosureVariable(
    frame.code,
    index,
    capturesOf(frame, child),
    { thisValue: frame.thisValue, newTarget: frame.newTarget },
    name,
  );
}

function capturesOf(frame: Frame, child: Child): readonly CellVariable[] {
  return child.captures.map(({ name, from }) => {
    switch (from.kind) {
      case "local":
        return cell(frame, from.slot);
      case "capture":
        return capture(frame, from.index);
      case "outer":
        throw new Error(`the nested function's variable ${name} is not a variable of its parent`);
    }
  });
}

function newObject(machine: Machine, target: Variable): ObjectVariable {
  const object = machine.force(target);
  if (object.kind !== "object") throw new Error("an object literal is an object");
  return object;
}

function newArray(machine: Machine, target: Variable): ArrayVariable {
  const array = machine.force(target);
  if (array.kind !== "array") throw new Error("an array literal is an array");
  return array;
}

/** Adds to an array literal; one that a graph break cut in two is an array from outside by now. */
function append(machine: Machine, target: Variable, values: readonly Variable[]): void {
  const array = newArray(machine, target);
  arrayItems(machine, array).push(...values);
  if (array.source !== null)
    machine.tracer.addEffect({
      kind: "call",
      callee: Array.prototype.push,
      receiver: array,
      args: values,
    });
}

function defineMethod(machine: Machine, frame: Frame, childIndex: number, key: PropertyKey): void {
  const closure = closureOf(frame, childIndex, String(key));
  const object = newObject(machine, frame.peek());
  const kind = frame.code.children[childIndex]?.kind;
  if (kind === "getter" || kind === "setter") {
    const before = object.properties.get(key);
    // Where the other half was defined before a graph break, only the engine knows it.
    if (object.source !== null)
      breakGraph(
        "unsupportedPropertyWrite",
        { object: "an object literal", property: `accessor ${String(key)}` },
        "defineMethod",
      );
    const get = kind === "getter" ? closure : before?.kind === "accessor" ? before.get : null;
    const set = kind === "setter" ? closure : before?.kind === "accessor" ? before.set : null;
    object.properties.set(key, { kind: "accessor", get, set, enumerable: true });
  } else defineData(machine, object, key, closure);
}

/** CreateDataProperty on an object literal; one that a graph break cut in two is an object from outside by now. */
function defineData(machine: Machine, target: Variable, key: PropertyKey, value: Variable): void {
  const object = newObject(machine, target);
  object.properties.set(key, { kind: "data", value, enumerable: true });
  if (object.source === null) return;
  const descriptor = new ObjectVariable({ prototype: Object.prototype });
  for (const [name, fact] of Object.entries({
    value,
    writable: constant(true),
    enumerable: constant(true),
    configurable: constant(true),
  })) {
    descriptor.properties.set(name, { kind: "data", value: fact, enumerable: true });
  }
  machine.tracer.addEffect({
    kind: "call",
    callee: Object.defineProperty,
    receiver: object,
    args: [object, constant(key), descriptor],
  });
}

function elements(machine: Machine, frame: Frame): readonly Variable[] {
  return arrayItems(machine, newArray(machine, frame.pop())).map(
    (item) => item ?? undefinedVariable,
  );
}

function getMethod(machine: Machine, frame: Frame, receiver: Variable, key: PropertyKey): void {
  const method = machine.getProperty(receiver, key, "pushUnder");
  if (method !== null) frame.push(method);
  frame.push(receiver);
}

/** The meaning of every instruction on variables. */
export const rules: { readonly [K in Op]: Rule<K> } = {
  pushConstant: (_, frame, { value }) => frame.push(constant(value)),
  pop: (_, frame) => void frame.pop(),
  duplicate: (_, frame) => frame.push(frame.peek()),
  duplicatePair: (_, frame) => {
    const [a, b] = [frame.peek(1), frame.peek()];
    frame.push(a);
    frame.push(b);
  },
  swap: (_, frame) => {
    const [b, a] = [frame.pop(), frame.pop()];
    frame.push(b);
    frame.push(a);
  },
  nip: (_, frame) => {
    const b = frame.pop();
    frame.pop();
    frame.push(b);
  },
  insert2: (_, frame) => {
    const [b, a] = [frame.pop(), frame.pop()];
    for (const value of [b, a, b]) frame.push(value);
  },
  insert3: (_, frame) => {
    const [c, b, a] = [frame.pop(), frame.pop(), frame.pop()];
    for (const value of [c, a, b, c]) frame.push(value);
  },

  loadLocal: (_, frame, { slot }) => frame.push(local(frame, slot)),
  storeLocal: (_, frame, { slot }) => void (frame.locals[slot] = frame.pop()),
  updateLocal: (machine, frame, { slot, by }) =>
    void (frame.locals[slot] = increment(machine, toNumeric(machine, local(frame, slot)), by)),
  markUninitialized: (_, frame, { slot }) => void (frame.locals[slot] = constant(uninitialized)),
  checkInitialized: (machine, frame, { slot, name }) => {
    const value = frame.locals[slot];
    if (value === null || value === undefined || value.kind === "cell") return;
    if (value.kind === "lazy" && value.value !== uninitialized) return;
    const forced = machine.force(value);
    if (forced.kind === "constant" && forced.value === uninitialized) {
      breakGraph(
        "observedException",
        { errorClass: "ReferenceError", message: `Cannot access '${name}' before initialization` },
        `checkInitialized ${name}`,
      );
    }
  },
  createCell: (_, frame, { slot, name, initialized }) =>
    void (frame.locals[slot] = new CellVariable(
      name,
      initialized ? undefinedVariable : null,
      null,
    )),
  loadCell: (_, frame, { slot }) => frame.push(contentOf(cell(frame, slot))),
  storeCell: (machine, frame, { slot }) => {
    contentOf(cell(frame, slot));
    storeCell(machine, cell(frame, slot), frame.pop());
  },
  initializeCell: (machine, frame, { slot }) => {
    const target = cell(frame, slot);
    target.content = frame.pop();
    if (target.source !== null)
      machine.tracer.addEffect({ kind: "storeCell", cell: target, value: target.content });
  },
  copyCell: (_, frame, { slot }) => {
    const from = cell(frame, slot);
    frame.locals[slot] = new CellVariable(from.name, from.content, null);
  },
  loadCapture: (_, frame, { capture: index }) => frame.push(contentOf(capture(frame, index))),
  storeCapture: (machine, frame, { capture: index }) => {
    contentOf(capture(frame, index));
    storeCell(machine, capture(frame, index), frame.pop());
  },
  typeofCapture: (machine, frame, { capture: index }) => {
    const binding = capture(frame, index);
    if (binding.isUnresolvable && binding.source !== null) {
      machine.tracer.addGuard({
        kind: "CONSTANT_MATCH",
        source: { kind: "member", base: binding.source, key: "isUnresolvable" },
        value: true,
      });
    }
    frame.push(
      constant(binding.isUnresolvable ? "undefined" : typeOf(machine, contentOf(binding))),
    );
  },

  loadThis: (_, frame) => frame.push(frame.thisValue),
  loadNewTarget: (_, frame) => frame.push(frame.newTarget),
  loadSelf: (_, frame) => frame.push(frame.self),
  loadParameter: (_, frame, { index }) => frame.push(frame.args[index] ?? undefinedVariable),
  restParameters: (_, frame, { index }) =>
    frame.push(new ArrayVariable({ items: frame.args.slice(index) })),
  createArguments: (_, frame) =>
    frame.push(new ArrayVariable({ items: [...frame.args], flavour: "arguments" })),

  binary: (machine, frame, { operator }) => {
    const [right, left] = [frame.pop(), frame.pop()];
    frame.push(binaryOperation(machine, operator, left, right));
  },
  unary: (machine, frame, { operator }) => {
    const operand = frame.pop();
    frame.push(
      operator === "typeof"
        ? constant(typeOf(machine, operand))
        : unaryOperation(machine, operator, operand),
    );
  },
  toNumeric: (machine, frame) => frame.push(toNumeric(machine, frame.pop())),
  increment: (machine, frame, { by }) =>
    frame.push(increment(machine, toNumeric(machine, frame.pop()), by)),
  toText: (machine, frame) => frame.push(toTemplatePart(machine, frame.pop())),
  toPropertyKey: (machine, frame) => frame.push(constant(propertyKey(machine, frame.pop()))),

  getProperty: (machine, frame, { name }) =>
    pushResult(frame, machine.getProperty(frame.pop(), name)),
  getElement: (machine, frame) => {
    const [key, object] = [frame.pop(), frame.pop()];
    pushResult(frame, machine.getElement(object, key));
  },
  getMethod: (machine, frame, { name }) => getMethod(machine, frame, frame.pop(), name),
  getMethodElement: (machine, frame) => {
    const [key, receiver] = [frame.pop(), frame.pop()];
    getMethod(machine, frame, receiver, propertyKey(machine, key));
  },
  setProperty: (machine, frame, { name }) => {
    const [value, object] = [frame.pop(), frame.pop()];
    frame.push(value);
    machine.setProperty(object, name, value);
  },
  setElement: (machine, frame) => {
    const [value, key, object] = [frame.pop(), frame.pop(), frame.pop()];
    frame.push(value);
    machine.setProperty(object, propertyKey(machine, key), value);
  },
  deleteProperty: (machine, frame, { name }) =>
    frame.push(constant(machine.deleteProperty(frame.pop(), name))),
  deleteElement: (machine, frame) => {
    const [key, object] = [frame.pop(), frame.pop()];
    frame.push(constant(machine.deleteProperty(object, propertyKey(machine, key))));
  },
  buildObject: (_, frame, { names }) => {
    const values = frame.popMany(names.length);
    const object = new ObjectVariable({ prototype: Object.prototype });
    for (const [index, name] of names.entries()) {
      object.properties.set(name, {
        kind: "data",
        value: values[index] ?? undefinedVariable,
        enumerable: true,
      });
    }
    frame.push(object);
  },
  defineProperty: (machine, frame, { name }) => {
    const value = frame.pop();
    defineData(machine, frame.peek(), name, value);
  },
  defineElement: (machine, frame) => {
    const [value, key] = [frame.pop(), frame.pop()];
    defineData(machine, frame.peek(), propertyKey(machine, key), value);
  },
  defineMethod: (machine, frame, { child, name }) => defineMethod(machine, frame, child, name),
  defineMethodElement: (machine, frame, { child }) =>
    defineMethod(machine, frame, child, propertyKey(machine, frame.pop())),
  setPrototype: (machine, frame) => {
    const prototype = machine.force(frame.pop());
    breakGraph(
      "exoticObject",
      {
        object: describeForUser(prototype),
        property: "__proto__ in an object literal",
        kind: describeForUser(prototype),
      },
      "setPrototype",
    );
  },
  spreadObject: (machine, frame) => {
    const source = machine.force(frame.pop());
    const target = frame.peek();
    if (
      source.kind === "constant" &&
      typeof source.value !== "string" &&
      typeof source.value !== "object"
    )
      return;
    if (source.kind === "constant" && source.value === null) return;
    if (source.kind !== "object")
      breakGraph(
        "unknownProperty",
        { object: describeForUser(source), property: "object spread" },
        "spreadObject",
      );
    for (const [key, value] of ownDataProperties(machine, source))
      defineData(machine, target, key, value);
  },
  excludeProperties: (machine, frame, { count }) => {
    const excluded = new Set(frame.popMany(count).map((key) => propertyKey(machine, key)));
    const source = machine.force(frame.pop());
    if (source.kind !== "object")
      return breakGraph(
        "unknownProperty",
        { object: describeForUser(source), property: "object rest pattern" },
        "excludeProperties",
      );
    const rest = new ObjectVariable({ prototype: Object.prototype });
    for (const [key, value] of ownDataProperties(machine, source)) {
      if (!excluded.has(key)) rest.properties.set(key, { kind: "data", value, enumerable: true });
    }
    return frame.push(rest);
  },
  requireObject: (machine, frame) => {
    const value = machine.force(frame.peek());
    if (value.kind === "constant" && (value.value === undefined || value.value === null)) {
      breakGraph(
        "observedException",
        { errorClass: "TypeError", message: `cannot destructure ${String(value.value)}` },
        "requireObject",
      );
    }
  },

  buildArray: (_, frame, { count }) =>
    frame.push(new ArrayVariable({ items: frame.popMany(count) })),
  appendElement: (machine, frame) => {
    const value = frame.pop();
    append(machine, frame.peek(), [value]);
  },
  appendHole: (machine, frame) => {
    const array = newArray(machine, frame.peek());
    const items = arrayItems(machine, array);
    items.push(null);
    if (array.source !== null)
      machine.tracer.addEffect({
        kind: "setProperty",
        target: array,
        key: "length",
        value: constant(items.length),
      });
  },
  appendSpread: (machine, frame) => {
    const values = listOf(machine, frame.pop(), "appendSpread");
    append(machine, frame.peek(), values);
  },
  createRegExp: (_, __, { pattern, flags }) =>
    breakGraph(
      "untraceableBuiltin",
      { functionName: "RegExp", argumentTypes: `/${pattern}/${flags}`, loggingFunction: null },
      "createRegExp",
    ),
  templateObject: () =>
    breakGraph(
      "untraceableBuiltin",
      { functionName: "tagged template", argumentTypes: "", loggingFunction: null },
      "templateObject",
    ),

  call: (machine, frame, { count }) => {
    const args = frame.popMany(count);
    pushResult(frame, machine.call(frame.pop(), undefinedVariable, args));
  },
  callMethod: (machine, frame, { count }) => {
    const args = frame.popMany(count);
    const receiver = frame.pop();
    pushResult(frame, machine.call(frame.pop(), receiver, args));
  },
  construct: (machine, frame, { count }) => {
    const args = frame.popMany(count);
    pushResult(frame, machine.construct(frame.pop(), args));
  },
  callSpread: (machine, frame) => {
    const args = elements(machine, frame);
    pushResult(frame, machine.call(frame.pop(), undefinedVariable, args));
  },
  callMethodSpread: (machine, frame) => {
    const args = elements(machine, frame);
    const receiver = frame.pop();
    pushResult(frame, machine.call(frame.pop(), receiver, args));
  },
  constructSpread: (machine, frame) => {
    const args = elements(machine, frame);
    pushResult(frame, machine.construct(frame.pop(), args));
  },
  createClosure: (_, frame, { child, name }) => frame.push(closureOf(frame, child, name)),
  createNamedClosure: (machine, frame, { child }) => {
    const key = propertyKey(machine, frame.peek());
    const name =
      typeof key === "symbol"
        ? key.description === undefined
          ? ""
          : `[${key.description}]`
        : String(key);
    frame.push(closureOf(frame, child, name));
  },

  getIterator: (machine, frame) => frame.push(getIterator(machine, frame.pop())),
  enumerateKeys: (machine, frame) => frame.push(enumerableKeys(machine, frame.pop())),
  advanceIterator: (machine, frame, { iterator, target }) =>
    advance(machine, local(frame, iterator)) ? undefined : { jump: target },
  iteratorValue: (machine, frame, { iterator }) =>
    frame.push(currentValue(machine, local(frame, iterator))),
  iteratorStep: (machine, frame, { iterator }) =>
    frame.push(
      advance(machine, local(frame, iterator))
        ? currentValue(machine, local(frame, iterator))
        : undefinedVariable,
    ),
  iteratorRest: (machine, frame, { iterator }) => {
    const record = machine.force(local(frame, iterator));
    if (record.kind !== "cursor")
      return breakGraph(
        "untraceableIteration",
        { iterable: describeForUser(record), kind: "a value whose iteration is not known" },
        "iteratorRest",
      );
    const items: Variable[] = [];
    for (
      let value = step(machine, record.state);
      value !== null;
      value = step(machine, record.state)
    )
      items.push(value);
    return frame.push(new ArrayVariable({ items }));
  },
  iteratorClose: (machine, frame, { iterator }) => closeIterator(machine, local(frame, iterator)),
  iteratorCloseQuietly: (machine, frame, { iterator }) =>
    closeIterator(machine, local(frame, iterator)),

  jump: (_, __, { target }) => ({ jump: target }),
  jumpIfTrue: (machine, frame, { target }) =>
    machine.truthOf(frame.pop()) ? { jump: target } : undefined,
  jumpIfFalse: (machine, frame, { target }) =>
    machine.truthOf(frame.pop()) ? undefined : { jump: target },
  jumpIfFalseOrPop: (machine, frame, { target }) =>
    keepOrPop(frame, !machine.truthOf(frame.peek()), target),
  jumpIfTrueOrPop: (machine, frame, { target }) =>
    keepOrPop(frame, machine.truthOf(frame.peek()), target),
  jumpIfNotNullishOrPop: (machine, frame, { target }) =>
    keepOrPop(frame, !isNullish(machine, frame.peek()), target),
  jumpIfDefinedOrPop: (machine, frame, { target }) =>
    keepOrPop(frame, !isUndefined(machine, frame.peek()), target),
  jumpIfNullish: (machine, frame, { target }) => {
    if (!isNullish(machine, frame.peek())) return undefined;
    frame.pop();
    return { jump: target };
  },
  jumpIfMethodNullish: (machine, frame, { target }) => {
    if (!isNullish(machine, frame.peek(1))) return undefined;
    frame.popMany(2);
    return { jump: target };
  },
  return: (_, frame) => ({ return: frame.pop() }),
  throw: (_, frame) => ({ throw: frame.pop() }),
  throwConstantAssignment: (_, __, { name }) =>
    breakGraph(
      "observedException",
      { errorClass: "TypeError", message: `Assignment to constant variable. (${name})` },
      "throwConstantAssignment",
    ),
};

function keepOrPop(frame: Frame, jumps: boolean, target: number): Next {
  if (jumps) return { jump: target };
  frame.pop();
  return undefined;
}

function isNullish(machine: Machine, variable: Variable): boolean {
  const value = machine.force(variable);
  return value.kind === "constant" && (value.value === undefined || value.value === null);
}

function isUndefined(machine: Machine, variable: Variable): boolean {
  const value = machine.force(variable);
  return value.kind === "constant" && value.value === undefined;
}

function currentValue(machine: Machine, variable: Variable): Variable {
  const record = machine.force(variable);
  if (record.kind === "cursor") return record.current ?? undefinedVariable;
  return breakGraph(
    "untraceableIteration",
    { iterable: describeForUser(record), kind: "a value whose iteration is not known" },
    "iteratorValue",
  );
}

/** Built-in array, Map and Set iterators have no `return` method: closing them does nothing (ECMA-262 §7.4.11 step 4). */
function closeIterator(machine: Machine, variable: Variable): void {
  const record = machine.force(variable);
  if (record.kind === "cursor") {
    if (!record.state.shared) record.state.done = true;
    return;
  }
  breakGraph(
    "untraceableIteration",
    { iterable: describeForUser(record), kind: "a value whose iteration is not known" },
    "iteratorClose",
  );
}
