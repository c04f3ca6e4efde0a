import { instantiate } from "../src/dynamo/bytecode/codegen/instantiate.ts";
import { compileContinuation } from "../src/dynamo/bytecode/codegen/run.ts";
import { globalBinding } from "../src/dynamo/bytecode/global-binding.ts";
import { lowerFunction } from "../src/dynamo/bytecode/lower/lower-function.ts";
import { medianOf, type Measurement } from "./measurement.ts";
import { type ResidualLoop, residualLoops } from "./residual-loops.ts";

/**
 * How much slower than the original function its JavaScript from bytecode is, once both are hot: the code that runs
 * where a loop is not captured. The least of many windows on each side, taken by turns.
 */
export function measureResidualSpeed(): readonly Measurement[] {
  const runs = residualLoops.map(prepare);
  // All of them first: helpers that the loops share have then met every kind of value.
  for (const run of runs) for (let i = 0; i < 30; i++) run.check();
  const rows = runs.map(({ name, ratio }) => ({ name, ratio: ratio() }));
  const ratios = rows.map(({ ratio }) => ratio);
  return [
    ...rows.map(({ name, ratio }) => measurement(name, ratio, 3)),
    measurement("median of these loops", medianOf(ratios), 1.3),
  ];
}

function measurement(name: string, ratio: number, target: number): Measurement {
  return { name: `residual code, ${name}`, median: ratio, unit: "times the original", target };
}

interface LoopRun {
  readonly name: string;
  readonly check: () => void;
  readonly ratio: () => number;
}

function prepare({ name, text, n }: ResidualLoop): LoopRun {
  const original = new Function(`return (${text})`)() as (n: number) => number; // as the table says
  const code = lowerFunction(text);
  const globals = code.captures.map((capture) => globalBinding(capture.name));
  const run = compileContinuation(code, 0, {});
  const residual = instantiate(code, run, globals) as (n: number) => number;
  const check = (): void => {
    const [wanted, given] = [original(n), residual(n)];
    if (wanted !== given) throw new Error(`${name}: ${given} instead of ${wanted}`);
  };
  const ratio = (): number => {
    let [least, leastResidual] = [Infinity, Infinity];
    for (let window = 0; window < 40; window++) {
      least = Math.min(least, timeOf(original, n));
      leastResidual = Math.min(leastResidual, timeOf(residual, n));
    }
    return leastResidual / least;
  };
  return { name, check, ratio };
}

function timeOf(fn: (n: number) => number, n: number): number {
  const begin = performance.now();
  for (let i = 0; i < 10; i++) fn(n);
  return performance.now() - begin;
}
