import * as torch from "../src/index.ts";
import type { GraphBreakRecord } from "../src/dynamo/graph-breaks/graph-break-record.ts";
import { captureConsole } from "./differential/capture-console.ts";
import { differences, type Tolerance } from "./differential/compare-descriptions.ts";
import { Describer, type Description } from "./differential/describe-value.ts";

/** One program, made anew for each run: nothing may be shared between what two calls of the factory return. */
export interface Program {
  readonly fn: (...args: never[]) => unknown;
  /** The argument lists, in order: `fn` is called once for each. */
  readonly calls: readonly (readonly unknown[])[];
  /** `this` of every call. */
  readonly self?: unknown;
  /** Objects the function may change besides its arguments (closed-over or module-level ones). */
  readonly watch?: unknown;
  /** Runs before the call of that number, uncompiled: to change what the function closes over. */
  readonly before?: (call: number) => void;
}

export interface DifferentialOptions {
  readonly fullgraph?: boolean;
  readonly dynamic?: boolean | null;
  readonly backend?: "eager" | "inductor";
  readonly tolerance?: Tolerance;
  /** Seed of the random numbers at the start of both runs. */
  readonly seed?: number;
  /** Runs after the compiler's state is reset and before the program is made: to set config flags. */
  readonly configure?: () => void;
}

export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown };

export interface DifferentialResult {
  /** Graphs handed to the backend in all, and the operators in them. */
  readonly frames: number;
  readonly ops: number;
  /** The two counts as they stood after each call. */
  readonly framesAfter: readonly number[];
  readonly opsAfter: readonly number[];
  /** One record per graph break, in the order they were reported. */
  readonly breaks: readonly GraphBreakRecord[];
  /** What the compiled run gave, call by call. */
  readonly outcomes: readonly Outcome[];
  /** The values of the calls that returned. */
  readonly results: readonly unknown[];
  /** What the program printed, one entry a line: `log: …` or `warn: …`. */
  readonly output: readonly string[];
}

/** What compiled programs run on; another one can be named to see whether a difference is the backend's. */
const backendUnderTest = process.env["FULLGRAPH_TEST_BACKEND"] ?? "inductor";

const defaultTolerance: Tolerance = { rtol: 1e-6, atol: 1e-7 };

/**
 * Runs a program as plain JavaScript and compiled, and throws unless both gave the same results, errors, mutations of
 * arguments and watched objects, sharing between all of those, and console output after every single call.
 */
export function runDifferential(
  program: () => Program,
  options: DifferentialOptions = {},
): DifferentialResult {
  const eager = runProgram(program, options, null);
  const counter = new torch._dynamo.testing.CompileCounterWithBackend(
    options.backend ?? backendUnderTest,
  );
  const breaks: GraphBreakRecord[] = [];
  const stopListening = torch._dynamo.onGraphBreak((record) => breaks.push(record));
  let compiled: Run;
  try {
    compiled = runProgram(program, options, counter);
  } finally {
    stopListening();
    torch._dynamo.reset();
  }
  checkSame(eager, compiled, options.tolerance ?? defaultTolerance);
  return {
    frames: counter.frame_count,
    ops: counter.op_count,
    framesAfter: compiled.steps.map((step) => step.frames),
    opsAfter: compiled.steps.map((step) => step.ops),
    breaks,
    outcomes: compiled.steps.map((step) => step.outcome),
    results: compiled.steps.flatMap(({ outcome }) =>
      outcome.kind === "value" ? [outcome.value] : [],
    ),
    output: compiled.steps.flatMap((step) => step.output),
  };
}

interface Run {
  readonly steps: readonly Step[];
}

interface Step {
  readonly outcome: Outcome;
  readonly picture: Description;
  readonly output: readonly string[];
  readonly frames: number;
  readonly ops: number;
}

type Counter = InstanceType<typeof torch._dynamo.testing.CompileCounter>;

function runProgram(
  program: () => Program,
  options: DifferentialOptions,
  counter: Counter | null,
): Run {
  torch._dynamo.reset();
  options.configure?.();
  torch.manual_seed(options.seed ?? 0);
  const { fn, calls, self, watch, before } = program();
  const target: Function =
    counter === null ? fn : torch.compile(fn, compileOptions(options, counter));
  const steps = calls.map((args, call): Step => {
    before?.(call);
    return captureConsole((output) => {
      const outcome = callForOutcome(target, self, args);
      // One numbering for everything this call could reach, so that sharing between the parts is compared too.
      const picture = new Describer().describe({ outcome, args, self, watch });
      return {
        outcome,
        picture,
        output: [...output],
        frames: counter?.frame_count ?? 0,
        ops: counter?.op_count ?? 0,
      };
    });
  });
  return { steps };
}

function compileOptions(options: DifferentialOptions, backend: Counter): torch.CompileOptions {
  return {
    backend,
    ...(options.fullgraph === undefined ? {} : { fullgraph: options.fullgraph }),
    ...(options.dynamic === undefined ? {} : { dynamic: options.dynamic }),
  };
}

function callForOutcome(target: Function, self: unknown, args: readonly unknown[]): Outcome {
  try {
    return { kind: "value", value: Reflect.apply(target, self, args) };
  } catch (error) {
    return { kind: "error", error };
  }
}

function checkSame(eager: Run, compiled: Run, tolerance: Tolerance): void {
  const found = eager.steps.flatMap((expected, call) => {
    const actual = compiled.steps[call];
    if (actual === undefined) return [`call ${call}: missing from the compiled run`];
    const lines = [...differences(expected.picture, actual.picture, `call ${call}`, tolerance)];
    const [printed, printedCompiled] = [expected.output.join("\n"), actual.output.join("\n")];
    if (printed !== printedCompiled)
      lines.push(`call ${call}: eager printed\n${printed}\ncompiled printed\n${printedCompiled}`);
    if (
      lines.length > 0 &&
      actual.outcome.kind === "error" &&
      actual.outcome.error instanceof Error
    ) {
      lines.push(`compiled error: ${actual.outcome.error.stack ?? actual.outcome.error.message}`);
    }
    return lines;
  });
  if (found.length > 0)
    throw new Error(`compiled differs from eager:\n${found.slice(0, 20).join("\n")}`);
}
