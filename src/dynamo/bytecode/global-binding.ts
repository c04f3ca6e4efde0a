/** Global variables as cells: reads, writes and `typeof` by bare name, in the global scope. */

import { isIdentifierName } from "./codegen/identifier.ts";
import type { BindingCell } from "./cell.ts";
import { makeFunction } from "../../script/make-function.ts";

const bindings = new Map<string, BindingCell>();

/** The cell of the global variable `name`; it need not exist. */
export function globalBinding(name: string): BindingCell {
  const known = bindings.get(name);
  if (known !== undefined) return known;
  if (!isIdentifierName(name)) throw new Error(`not an ASCII identifier: ${name}`);
  const make = makeFunction(
    [],
    `"use strict";return{get v(){return ${name}},set v($value){${name}=$value},get isUnresolvable(){try{return typeof ${name}==="undefined"&&!(${JSON.stringify(name)} in globalThis)}catch{return false}}}`,
  );
  // Sound: the text above is an object literal with exactly these properties.
  const binding = make() as BindingCell;
  bindings.set(name, binding);
  return binding;
}
