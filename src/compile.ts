import { RuntimeError } from "./base/errors.ts";
import { environmentVariable } from "./base/environment-variable.ts";
import { initializeLogging, warnOnce } from "./base/logging.ts";
import { type Backend, eager, lookup_backend, register_backend } from "./dynamo/backends.ts";
import { withBuiltinsOfProgram } from "./dynamo/bytecode/pristine-builtins.ts";
import { compiledOf, registerHandle } from "./dynamo/compiled-target.ts";
import { rememberCompiled } from "./dynamo/compiled-functions.ts";
import { registerScope } from "./dynamo/source/explicit-scope.ts";
import { CompiledFunction } from "./dynamo/units/compiled-function.ts";
import { type InductorOptions, inductorFor } from "./inductor/compile-options.ts";
import { inductor } from "./inductor/inductor.ts";
import { resetReportedGraphBreaks } from "./dynamo/graph-breaks/report-graph-break.ts";

export interface CompileOptions {
  /** True: any graph break is an error (`torch._dynamo.exc.Unsupported`); also keeps `.item()` in the graph. */
  readonly fullgraph?: boolean;
  /** null: numbers become symbolic when they change; true: at once; false: never. */
  readonly dynamic?: boolean | null;
  /** A backend's name or function; default "inductor". "eager" runs the captured graph operation by operation. */
  readonly backend?: string | Backend;
  /** For "inductor": "default", "reduce-overhead", or "max-autotune" (also "max-autotune-no-cudagraphs"), which times choices for products. */
  readonly mode?: string | null;
  /** For "inductor": flags of `torch._inductor.config` that hold for this function. */
  readonly options?: InductorOptions | null;
  /** True: gives the function back as it is. */
  readonly disable?: boolean;
  /** How many entries may be compiled before calls run as plain JavaScript; default `config.recompile_limit`. */
  readonly recompile_limit?: number | null;
  /** `(s) => eval(s)`, written where `fn` is: reaches its outer variables where neither a transform nor the engine can. */
  readonly scope?: (text: string) => unknown;
}

type AnyFunction = (this: never, ...args: never[]) => unknown;
type MethodDecorator = <Fn extends AnyFunction>(
  method: Fn,
  context?: ClassMethodDecoratorContext,
) => Fn;

register_backend(inductor, { name: "inductor" });

const optionNames = [
  "fullgraph",
  "dynamic",
  "backend",
  "mode",
  "options",
  "disable",
  "recompile_limit",
  "scope",
];

/**
 * `torch.compile`: a function that does what `fn` does, with its tensor operations captured into graphs.
 * What cannot be captured is a graph break: the graph so far runs, the rest goes on in a new graph.
 * Results, errors, mutations and output are those of `fn`.
 *
 * Without `fn` it gives a method decorator: `@torch.compile()`.
 * @throws TypeError if `fn` is not a function that can be called, or for an unknown option.
 * @throws torch._dynamo.exc.InvalidBackend for a backend that does not exist.
 * @example
 * ```ts
 * const fn = torch.compile((x: torch.Tensor) => torch.sin(x).add(1));
 * fn(torch.ones(3));
 * ```
 * @see https://docs.pytorch.org/docs/stable/generated/torch.compile.html
 */
export function compile<Fn extends AnyFunction>(fn: Fn, options?: CompileOptions): Fn;
export function compile(options?: CompileOptions): MethodDecorator;
export function compile(
  first?: AnyFunction | CompileOptions,
  second?: CompileOptions,
): AnyFunction | MethodDecorator {
  initializeLogging();
  if (second === undefined && (first === undefined || isPlainObject(first))) {
    const options = checkOptions(first ?? {});
    return <Fn extends AnyFunction>(method: Fn): Fn => compileFunction(method, options);
  }
  checkCallable(first);
  return compileFunction(first, checkOptions(second ?? {}));
}

/** Options, and not an object of some class given by mistake. */
const isPlainObject = (value: unknown): value is CompileOptions =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function checkOptions(options: CompileOptions): CompileOptions {
  if (!isPlainObject(options)) {
    throw new TypeError(`torch.compile takes its options as an object, but got ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!optionNames.includes(name)) {
      throw new TypeError(
        `torch.compile got an unexpected option '${name}'. The options are ${optionNames.join(", ")}.`,
      );
    }
  }
  for (const name of ["fullgraph", "dynamic", "disable"] as const) {
    const value: unknown = options[name] ?? undefined;
    if (value !== undefined && typeof value !== "boolean") {
      throw new TypeError(
        `torch.compile: the option '${name}' must be a boolean, but got ${shown(value)}`,
      );
    }
  }
  if (options.scope !== undefined && typeof options.scope !== "function") {
    throw new TypeError(
      `torch.compile: the option 'scope' must be a function such as (s) => eval(s), but got ${shown(options.scope)}`,
    );
  }
  return options;
}

function compileFunction<Fn extends AnyFunction>(fn: Fn, options: CompileOptions): Fn {
  checkCallable(fn); // a decorator may be put on anything
  const backend = options.backend ?? defaultBackend();
  const run = backendFor(backend, options);
  const limit = options.recompile_limit ?? null;
  if (limit !== null && !(Number.isInteger(limit) && limit > 0)) {
    throw new RuntimeError(`recompile_limit must be a positive integer, but got ${limit}`);
  }
  if (options.disable === true) return fn;
  const target = compiledOf(fn)?.fn ?? fn;
  if (options.scope !== undefined) registerScope(target, options.scope);
  const compiled = new CompiledFunction(
    target,
    {
      fullgraph: options.fullgraph ?? false,
      dynamic: options.dynamic ?? null,
      recompileLimit: limit,
    },
    run,
    typeof backend === "string" ? backend : backend.name,
  );
  const handle = function (this: unknown, ...args: unknown[]): unknown {
    return compiled.call(this, args);
  };
  Object.defineProperty(handle, "name", { value: fn.name, configurable: true });
  Object.defineProperty(handle, "length", { value: fn.length, configurable: true });
  registerHandle(handle, compiled);
  rememberCompiled(compiled);
  resetReportedGraphBreaks();
  return handle as unknown as Fn; // same parameters, receiver and result as `fn`
}

/** PyTorch's, unless the environment names another one: to see whether a difference is the backend's. */
const defaultBackend = (): string => environmentVariable("TORCH_COMPILE_BACKEND") ?? "inductor";

function backendFor(backend: string | Backend, { mode, options }: CompileOptions): Backend {
  if (backend === "inductor") return inductorFor(mode ?? null, options ?? null);
  const extra = [mode === undefined || mode === null ? "" : "mode", options ? "options" : ""]
    .filter((name) => name !== "")
    .join(", ");
  const run = lookup_backend(backend);
  const name = typeof backend === "string" ? backend : backend.name;
  if (extra !== "")
    warnOnce(`extra ${name} ${extra}`, `${name} backend ignoring extra kwargs ${extra}`);
  // A backend of the program may need what the program added to built-ins; our own must not meet it.
  return run === eager
    ? run
    : (graphModule, exampleInputs) => withBuiltinsOfProgram(() => run(graphModule, exampleInputs));
}

/** What can never be called as a function is refused at once; what merely cannot be captured runs natively. */
function checkCallable(fn: unknown): asserts fn is AnyFunction {
  if (typeof fn !== "function") {
    throw new TypeError(`torch.compile needs a function, but got ${shown(fn)}`);
  }
  if (/^class\b/.test(Function.prototype.toString.call(fn))) {
    throw new TypeError(
      `torch.compile cannot compile the class ${fn.name}: a constructor is not a function that can be called. Compile its methods, for example with the decorator @torch.compile().`,
    );
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object"
    ? `an object of ${value.constructor?.name ?? "no class"}`
    : `${typeof value} ${String(value)}`;
}
