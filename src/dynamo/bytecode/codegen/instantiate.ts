/** A callable function from bytecode: what the frame's code does when it runs from the start. */

import type { BindingCell } from "../cell.ts";
import type { Code } from "../code.ts";
import type { Continuation } from "./run.ts";
import { makeFunction } from "../../../script/make-function.ts";

/** @param lexicalThis `this` of an arrow function; other functions have their own */
export function instantiate(
  code: Code,
  continuation: Continuation,
  captures: readonly BindingCell[],
  lexicalThis?: unknown,
): (...args: never[]) => unknown {
  const receiver = code.kind === "arrow" ? "$this" : "this";
  const mode = code.isStrict ? '"use strict";' : "";
  const text = `${mode}const $self=function(){return $apply($run,${receiver},[arguments,new.target,$self,$captures,[],[]])};return $self`;
  // Sound: the text makes a function.
  const make = makeFunction(["$apply", "$run", "$captures", "$this"], text);
  const instance = make(Reflect.apply, continuation, captures, lexicalThis) as (
    ...args: never[]
  ) => unknown;
  Object.defineProperty(instance, "name", { value: code.name, configurable: true });
  Object.defineProperty(instance, "length", { value: code.length, configurable: true });
  return instance;
}
