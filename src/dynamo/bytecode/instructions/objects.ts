/** Properties, object literals and object patterns. */

import { isIdentifierName } from "../codegen/identifier.ts";
import { define } from "./define.ts";
import type { EmitScope } from "./emission.ts";
import { operand } from "./operand.ts";

/** `object.name` or `object["name"]`; a number literal is parenthesised, since `5.name` does not parse. */
function member(object: string | undefined, name: string, scope: EmitScope): string {
  const base = /^\d/.test(object ?? "") ? `(${object})` : object;
  return isIdentifierName(name) ? `${base}.${name}` : `${base}[${scope.literal(name)}]`;
}

export const objectInstructions = {
  getProperty: define({
    operand: { name: operand.name },
    stack: "object -> value",
    effect: [1, 1],
    run: (it, { name }) => it.pushResult(it.getProperty(it.pop(), name)),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object], { name }, scope) => member(object, name, scope),
    },
  }),
  getElement: define({
    operand: {},
    stack: "object key -> value",
    effect: [2, 1],
    run: (it) => {
      const [object, key] = it.popPair();
      it.pushResult(it.getElement(object, key));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object, key]) => `${object}[${key}]`,
    },
  }),
  getMethod: define({
    operand: { name: operand.name },
    stack: "receiver -> method receiver",
    effect: [1, 2],
    run: (it, { name }) => it.pushMethod(it.pop(), name),
    emit: {
      kind: "method",
      member: ([receiver], { name }, scope) => member(receiver, name, scope),
    },
  }),
  getMethodElement: define({
    operand: {},
    stack: "receiver key -> method receiver",
    effect: [2, 2],
    run: (it) => {
      const [receiver, key] = it.popPair();
      it.pushMethod(receiver, it.propertyKey(key));
    },
    emit: { kind: "method", member: ([receiver, key]) => `${receiver}[${key}]` },
  }),
  /** `super[key]` of a method on the object `home`. */
  getSuper: define({
    operand: {},
    stack: "this key home -> value",
    effect: [3, 1],
    run: (it) => {
      const [receiver, key, home] = it.popTriple();
      it.pushResult(it.getSuper(home, it.propertyKey(key), receiver));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([receiver, key, home], _, scope) =>
        `${scope.runtime("getSuper")}(${home},${key},${receiver})`,
    },
  }),
  setProperty: define({
    operand: { name: operand.name },
    stack: "object value -> value",
    effect: [2, 1],
    run: (it, { name }) => {
      const [object, value] = it.popPair();
      it.push(value);
      it.setProperty(object, name, value);
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object, value], { name }, scope) => `(${member(object, name, scope)}=${value})`,
    },
  }),
  setElement: define({
    operand: {},
    stack: "object key value -> value",
    effect: [3, 1],
    run: (it) => {
      const [object, key, value] = it.popTriple();
      it.push(value);
      it.setProperty(object, it.propertyKey(key), value);
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object, key, value]) => `(${object}[${key}]=${value})`,
    },
  }),
  deleteProperty: define({
    operand: { name: operand.name },
    stack: "object -> deleted",
    effect: [1, 1],
    run: (it, { name }) => it.push(it.deleteProperty(it.pop(), name)),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object], { name }, scope) => `(delete ${member(object, name, scope)})`,
    },
  }),
  deleteElement: define({
    operand: {},
    stack: "object key -> deleted",
    effect: [2, 1],
    run: (it) => {
      const [object, key] = it.popPair();
      it.push(it.deleteProperty(object, it.propertyKey(key)));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([object, key]) => `(delete ${object}[${key}])`,
    },
  }),

  /** `{a: x, b: y}`: own data properties in this order. Never holds `__proto__`; names may repeat. */
  buildObject: define({
    operand: { names: operand.names },
    stack: "values*names -> object",
    effect: ({ names }) => [names.length, 1],
    run: (it, { names }) => it.push(it.object(names, it.popMany(names.length))),
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: (values, { names }, scope) =>
        `({${names.map((name, i) => `${isIdentifierName(name) ? name : scope.literal(name)}:${values[i]}`).join(",")}})`,
    },
  }),
  /** CreateDataPropertyOrThrow with a literal key. */
  defineProperty: define({
    operand: { name: operand.name },
    stack: "object value -> object",
    effect: [2, 1],
    run: (it, { name }) => {
      const value = it.pop();
      it.defineProperty(it.peek(), name, value);
    },
    emit: {
      kind: "statement",
      statement: ([object, value], { name }, scope) =>
        `${scope.runtime("createDataProperty")}(${object},${scope.literal(name)},${value});`,
      keeps: [0],
    },
  }),
  /** CreateDataPropertyOrThrow with a computed key that is a property key already. */
  defineElement: define({
    operand: {},
    stack: "object key value -> object",
    effect: [3, 1],
    run: (it) => {
      const [key, value] = it.popPair();
      it.defineProperty(it.peek(), it.propertyKey(key), value);
    },
    emit: {
      kind: "statement",
      statement: ([object, key, value], _, scope) =>
        `${scope.runtime("createDataProperty")}(${object},${key},${value});`,
      keeps: [0],
    },
  }),
  /** A method, getter or setter of an object literal; which of them is the child's `kind`. */
  defineMethod: define({
    operand: { child: operand.child, name: operand.name },
    stack: "object -> object",
    effect: [1, 1],
    run: (it, { child, name }) => it.defineMethod(it.peek(), child, name),
    emit: {
      kind: "statement",
      statement: ([object], { child, name }, scope) =>
        `${scope.runtime("defineMethod")}(${object},${scope.literal(name)},${scope.closure(child, scope.literal(name), name)},${scope.childKind(child)});`,
      keeps: [0],
    },
  }),
  /** The same with a computed key, which is a property key already. */
  defineMethodElement: define({
    operand: { child: operand.child },
    stack: "object key -> object",
    effect: [2, 1],
    run: (it, { child }) => {
      const key = it.propertyKey(it.pop());
      it.defineMethod(it.peek(), child, key);
    },
    emit: {
      kind: "statement",
      statement: ([object, key], { child }, scope) => {
        const variable = scope.temporary();
        return `${variable}=${key};${scope.runtime("defineMethod")}(${object},${variable},${scope.closure(child, variable)},${scope.childKind(child)});`;
      },
      keeps: [0],
    },
  }),
  /** `__proto__: value` in a literal (ECMA-262 B.3.1): ignored unless an object or null. */
  setPrototype: define({
    operand: {},
    stack: "object prototype -> object",
    effect: [2, 1],
    run: (it) => it.setPrototype(it.pop()),
    emit: {
      kind: "statement",
      statement: ([object, prototype], _, scope) =>
        `${scope.runtime("setPrototype")}(${object},${prototype});`,
      keeps: [0],
    },
  }),
  /** CopyDataProperties: own enumerable properties, null and undefined are empty. */
  spreadObject: define({
    operand: {},
    stack: "object source -> object",
    effect: [2, 1],
    run: (it) => {
      const source = it.pop();
      it.copyProperties(it.peek(), source);
    },
    emit: {
      kind: "statement",
      statement: ([object, source], _, scope) =>
        `${scope.runtime("copyDataProperties")}(${object},${source});`,
      keeps: [0],
    },
  }),
  /** `...rest` of an object pattern: a new object without the keys already taken. */
  excludeProperties: define({
    operand: { count: operand.count },
    stack: "source keys*count -> rest",
    effect: ({ count }) => [count + 1, 1],
    run: (it, { count }) => {
      const keys = it.popMany(count);
      it.push(it.objectWithout(it.pop(), keys));
    },
    emit: {
      kind: "value",
      evaluation: "ordered",
      expression: ([source, ...keys], _, scope) =>
        `${scope.runtime("excludeProperties")}(${source},[${keys.join(",")}])`,
    },
  }),
  /**
   * RequireObjectCoercible of a destructured value; `property` is the first one the pattern names.
   * `site` names the value in the message: "" prints the value, null is a pattern inside another one.
   */
  requireObject: define({
    operand: { site: operand.optionalName, property: operand.optionalName },
    stack: "value -> value",
    effect: [1, 1],
    run: (it) => it.requireObject(it.peek()),
    emit: {
      kind: "statement",
      statement: ([value], { site, property }, scope) =>
        `if(${value}===null||${value}===void 0)${scope.runtime("throwNotDestructurable")}(${value},${scope.literal(site)},${scope.literal(property)});`,
      keeps: [0],
    },
  }),
};
