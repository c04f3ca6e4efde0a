/** What transformed modules tell the front end (tier T). The object lives on the global object: modules may run before this package is loaded. */
import type { Accessor } from "./grab-accessors.ts";
import type { Importer } from "./importer-name.ts";
import type { PrivateAccessor } from "./private-name.ts";

/** Accessors of variables by name; made in the scope they belong to. */
export interface TransformedScope {
  readonly variables: Readonly<Record<string, Partial<Accessor>>>;
  /** `this` of an arrow function. */
  readonly readThis?: () => unknown;
  /** Of a module that imports while it runs. */
  readonly importer?: Importer;
  /** Of a class: readers and writers of its private names. */
  readonly privateNames?: Readonly<Record<string, PrivateAccessor>>;
}

interface TransformedModule extends TransformedScope {
  /** A function of the module's script: tells which script the record belongs to. */
  readonly at: () => unknown;
}

export interface TransformRegistry {
  /** While true, a function with a probe answers with its scope instead of running. */
  on: boolean;
  answer: TransformedScope | null;
  readonly modules: readonly TransformedModule[];
  /** Functions and classes that were registered when they were made. */
  readonly functions: WeakMap<object, TransformedScope>;
}

/** The variable that holds the registry in every transformed module; where it is declared is the module's scope. */
export const registryVariable = "$fullgraph";

const registryKey = "fullgraph.transform";

/** JavaScript that gives the registry, making it if this is the first module. */
export const registryExpression = `globalThis[Symbol.for("${registryKey}")]??=(()=>{const r={on:false,answer:null,modules:[],functions:new WeakMap(),fn(f,s){if(typeof f==="function")r.functions.set(f,s);return f},members(c,s){r.fn(c,s);for(const o of[c,c.prototype])for(const k of Reflect.ownKeys(o)){const d=Reflect.getOwnPropertyDescriptor(o,k);for(const f of[d.value,d.get,d.set])if(f!==c&&typeof f==="function"&&!r.functions.has(f))r.functions.set(f,s)}},reply(s){r.on=false;r.answer=s}};return r})()`;

/** null: no transformed module has run. */
export function transformRegistry(): TransformRegistry | null {
  // Only `registryExpression` puts something there.
  return (
    (Reflect.get(globalThis, Symbol.for(registryKey)) as TransformRegistry | undefined) ?? null
  );
}
