import { didYouMean } from "../base/did-you-mean.ts";
import type { GraphModule } from "../fx/graph-module-brand.ts";
import { InvalidBackend } from "./exc.ts";

/** What a backend gives back: a function of the graph's inputs that returns the graph's outputs. */
export type CompiledGraph = (...inputs: readonly unknown[]) => unknown;

/** Turns a captured graph into something that runs it. */
export type Backend = (
  graphModule: GraphModule,
  exampleInputs: readonly unknown[],
) => CompiledGraph;

interface RegisteredBackend {
  readonly compile: Backend;
  /** Backends tagged `debug` or `experimental` are left out of lists unless asked for. */
  readonly tags: readonly string[];
}

const backends = new Map<string, RegisteredBackend>();

/** Makes a backend available by name, and returns it. The name is that of the function unless one is given. */
export function register_backend(
  backend: Backend,
  options: { readonly name?: string; readonly tags?: readonly string[] } = {},
): Backend {
  const name = options.name ?? backend.name;
  if (name === "")
    throw new TypeError('register_backend: an anonymous function needs a name: { name: "…" }');
  if (backends.has(name))
    throw new TypeError(`register_backend: there is already a backend named "${name}"`);
  backends.set(name, { compile: backend, tags: options.tags ?? [] });
  return backend;
}

/** The names of the registered backends, without those that carry one of the tags; `null` lists all. */
export function list_backends(
  excludeTags: readonly string[] | null = ["debug", "experimental"],
): string[] {
  const isListed = ({ tags }: RegisteredBackend): boolean =>
    !tags.some((tag) => excludeTags?.includes(tag) ?? false);
  return [...backends]
    .filter(([, backend]) => isListed(backend))
    .map(([name]) => name)
    .sort();
}

/** The backend that `torch.compile(fn, { backend })` means: a function is one itself, a string names one. */
export function lookup_backend(backend: unknown): Backend {
  // Any function may be a backend; what it is called with is checked by what it does.
  if (typeof backend === "function") return backend as Backend;
  if (typeof backend !== "string") {
    throw new InvalidBackend(
      `Invalid backend: a name or a function is wanted, but got ${String(backend)}`,
    );
  }
  const registered = backends.get(backend);
  if (registered !== undefined) return registered.compile;
  const suggestion = didYouMean(backend, backends.keys());
  const names = list_backends().join(", ");
  throw new InvalidBackend(
    `Invalid backend: "${backend}".${suggestion} The backends are: ${names}`,
  );
}

/** Runs the captured graph as it is, one operation after the other. */
export const eager: Backend = register_backend((graphModule) => graphModule, { name: "eager" });
