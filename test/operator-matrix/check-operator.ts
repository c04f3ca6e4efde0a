/**
 * One operator in all the ways it can run: JavaScript kernels against WebAssembly ones, eager against compiled, compiled for
 * these sizes and for others, on one thread and two. Nothing here knows an operator: records say it all.
 */
import type { DType } from "../../src/core/dtype.ts";
import { isTensor } from "../../src/core/tensor.ts";
import { set_num_threads } from "../../src/api/threads.ts";
import { inductor } from "../../src/inductor/inductor.ts";
import type { Backend } from "../../src/loops/backend.ts";
import { javascriptBackend } from "../../src/loops/javascript/javascript-backend.ts";
import { currentBackend, setBackend } from "../../src/loops/run-computation.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";
import type { AnyArgs, OpRecord } from "../../src/ops/op-record.ts";
import {
  graphOfOp,
  type GraphOfOp,
  type PublicCall,
  publicCalls,
} from "../inductor/graph-of-op.ts";
import { copied, fake, outcome, type Outcome } from "../inductor/outcome.ts";
import { differenceOf } from "./difference.ts";
import { laidOut, type LayoutName, samplesOf } from "./samples.ts";

export interface MatrixCase {
  readonly op: OpRecord;
  readonly dtype: DType;
  readonly layout: LayoutName;
  /** Sizes are multiplied by it in the second of two runs of what is compiled. */
  readonly factor: number;
}

export interface Finding {
  readonly operator: string;
  readonly call: string;
  readonly dtype: string;
  readonly sample: number;
  readonly layout: string;
  readonly way: string;
  readonly difference: string;
}

export interface Checked {
  /** Runs that were compared. */
  readonly runs: number;
  readonly findings: readonly Finding[];
}

/** Nothing is too small for WebAssembly, and next to nothing for a second thread. */
const wasm = makeWasmBackend({ smallestLaunch: 0, chunkNanoseconds: 50 });

/** Checks every sample of the record that `takes` wants. */
export function checkOperator(own: MatrixCase, takes: (sample: number) => boolean): Checked {
  const before = currentBackend();
  const findings: Finding[] = [];
  let runs = 0;
  const small = samplesOf(own.op, own.dtype, 1) ?? [];
  const large = samplesOf(own.op, own.dtype, own.factor);
  try {
    for (const call of publicCalls(own.op)) {
      small.forEach((args, sample) => {
        if (!takes(sample)) return;
        if (call.entry.isMethod && !isTensor(args["self"])) return; // no method of a number
        const sizes = [args, large?.[sample]].map((each) =>
          each === undefined ? null : laidOut(each, own.layout),
        );
        const report = (way: string, difference: string | null): void => {
          runs++;
          if (difference === null) return;
          findings.push({
            operator: own.op.name,
            call: call.entry.fullName,
            dtype: own.dtype.name,
            sample,
            layout: own.layout,
            way,
            difference,
          });
        };
        checkSample(call, sizes, report);
      });
    }
  } finally {
    setBackend(before);
  }
  return { runs, findings };
}

type Report = (way: string, difference: string | null) => void;

/** The same arguments in the sample's own size and a larger one: what was compiled for the first also runs on the second. */
function checkSample(call: PublicCall, sizes: readonly (AnyArgs | null)[], report: Report): void {
  let compiled: {
    readonly run: ReturnType<typeof inductor>;
    readonly outputs: number | null;
  } | null = null;
  sizes.forEach((args, index) => {
    if (args === null) return;
    const size = index === 0 ? "" : " in another size";
    const { module, inputs, outputs } = graphOf(call, args);
    const expected = runWith(javascriptBackend, module, inputs);
    // Arguments of the record that are no tensors need not fit the larger size.
    if (index > 0 && expected.error !== null) return;
    const eager = onThreads((threads) => {
      const result = runWith(wasm, module, inputs);
      report(`eager, ${threads} threads${size}`, differenceOf(result, expected, "similar"));
      return result;
    });
    report(`eager, two threads against one${size}`, eager);
    // How many results a split gives is part of the graph.
    if (compiled?.outputs !== outputs) {
      setBackend(wasm);
      compiled = { run: inductor(module, inputs.map(fake)), outputs };
    }
    const { run } = compiled;
    const difference = onThreads((threads) => {
      const result = runWith(wasm, run, inputs);
      report(`compiled, ${threads} threads${size}`, differenceOf(result, expected, "similar"));
      return result;
    });
    report(`compiled, two threads against one${size}`, difference);
    report(
      `compiled, again${size}`,
      differenceOf(runWith(wasm, run, inputs), runWith(wasm, run, inputs), "same"),
    );
  });
}

/** Runs on one thread and on two; how these differ. */
function onThreads(run: (threads: number) => Outcome): string | null {
  set_num_threads(1);
  const one = run(1);
  set_num_threads(2);
  const two = run(2);
  return differenceOf(two, one, "same");
}

function runWith(
  backend: Backend,
  run: (...inputs: readonly unknown[]) => unknown,
  inputs: readonly unknown[],
): Outcome {
  setBackend(backend);
  return outcome(run, inputs);
}

/** A graph of the call with as many outputs as the call gives; null: one tensor, or an error. */
function graphOf(call: PublicCall, args: AnyArgs): GraphOfOp & { readonly outputs: number | null } {
  setBackend(javascriptBackend);
  const whole = graphOfOp(call, args, { outputCount: null, symbolicNumbers: false });
  const outputs = outputCountOf(whole);
  return { ...graphOfOp(call, args, { outputCount: outputs, symbolicNumbers: false }), outputs };
}

function outputCountOf({ module, inputs }: GraphOfOp): number | null {
  try {
    const [result] = module(...copied(inputs)) as readonly unknown[]; // as `graphOfOp` made it
    return Array.isArray(result) ? result.length : null;
  } catch {
    return null;
  }
}
