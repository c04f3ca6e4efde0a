/** Reading and writing variables, of the text and of the global object. */
import { type LexicalScope, outward, type Place } from "./lexical-scope.ts";
import { type Assign, type Environment, type Evaluate, hole } from "./run.ts";

const global = globalThis as Record<string, unknown>; // properties of the global object are its variables

export function readVariable(name: string, scope: LexicalScope): Evaluate {
  const place = scope.find(name);
  if (place === null) return () => readGlobal(name);
  const { depth, variable } = place;
  const { slot } = variable;
  if (variable.hasDeadZone) return (env) => checked(outward(env, depth)[slot], name);
  if (depth === 0) return (env) => env[slot];
  return (env) => outward(env, depth)[slot];
}

export function typeofVariable(name: string, scope: LexicalScope): Evaluate {
  if (scope.find(name) === null) return () => (name in global ? typeof global[name] : "undefined");
  const read = readVariable(name, scope);
  return (env, frame) => typeof read(env, frame);
}

export function assignVariable(name: string, scope: LexicalScope): Assign {
  const place = scope.find(name);
  if (place === null) return (_, __, value) => writeGlobal(name, value, scope.isStrict);
  const { depth, variable } = place;
  return (env, _, value) => {
    const target = outward(env, depth);
    if (variable.hasDeadZone) checked(target[variable.slot], name);
    if (variable.isConstant) throw new TypeError("Assignment to constant variable.");
    target[variable.slot] = value;
  };
}

/** The declaration itself: ends the dead zone. */
export function initializeVariable(name: string, scope: LexicalScope): Assign {
  const place: Place | null = scope.find(name);
  if (place === null) throw new Error(`${name} is declared nowhere`);
  const { depth, variable } = place;
  return (env, _, value) => {
    outward(env, depth)[variable.slot] = value;
  };
}

/** A new environment for a scope's variables. */
export function enterScope({ list }: LexicalScope, env: Environment): Environment {
  const inner = emptyEnvironment(env);
  for (let i = 0; i < list.length; i++)
    inner[i + 1] = list[i]?.hasDeadZone === true ? hole : undefined;
  return inner;
}

/** Without prototype: integer keys of Object.prototype mean nothing here. */
function emptyEnvironment(outer: unknown): Environment {
  const env = { __proto__: null, 0: outer };
  return env;
}

/** The same variables once more: what each turn of a loop has. */
export function copyEnvironment({ list }: LexicalScope, env: Environment): Environment {
  const copy = emptyEnvironment(env[0]);
  for (let i = 1; i <= list.length; i++) copy[i] = env[i];
  return copy;
}

function checked(value: unknown, name: string): unknown {
  if (value === hole) throw new ReferenceError(`Cannot access '${name}' before initialization`);
  return value;
}

function readGlobal(name: string): unknown {
  if (!(name in global)) throw new ReferenceError(`${name} is not defined`);
  return global[name];
}

function writeGlobal(name: string, value: unknown, isStrict: boolean): void {
  if (isStrict && !(name in global)) throw new ReferenceError(`${name} is not defined`);
  global[name] = value;
}
