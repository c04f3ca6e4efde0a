/** Times choices for a product on this machine, and remembers the best: what `max_autotune` asks for. */
import { OutOfMemoryError } from "../../../../base/errors.ts";
import { emit, isEnabled } from "../../../../base/logging.ts";
import { at, numelOf } from "../../../../core/shape.ts";
import type { KernelRuntime } from "../../../../runtime/kernel-runtime.ts";
import { control } from "../../../../runtime/memory-layout.ts";
import { isTurbo } from "../../../../wasm/turbo.ts";
import type { ArrangedProduct } from "./arrange-product.ts";
import { type ProductChoice, usualChoice } from "./blocking.ts";
import { type ElementName, elements } from "./element.ts";
import { installContraction } from "./install-contraction.ts";
import { isConsecutive } from "./offset-tables.ts";
import { planBlocks, type ProductPlaces } from "./plan-blocks.ts";
import { type PlacedPlan, placePlan } from "./product-plan.ts";

/** Milliseconds for each candidate, of which the quickest run counts. */
const sampleMilliseconds = 4;
const fewestRuns = 2;
/** For a product; what was not tried by then is not. */
const mostMilliseconds = 1500;
/** A candidate must take less than this share of the best time before: less is noise. */
const worthwhile = 0.97;
/** Workers take some 40 milliseconds to start. */
const mostWarmUp = 150;

/** What differs from the best so far, one after the other; each that is better stays. */
export const candidates: readonly Partial<ProductChoice>[] = [
  { tile: { rows: 4, vectors: 4 } },
  { tile: { rows: 8, vectors: 2 } },
  { tile: { rows: 4, vectors: 3 } },
  { inner: 128 },
  { inner: 512 },
  { inner: 1024 },
  { rows: 64 },
  { rows: 384 },
  { units: 2 },
  { units: 4 },
  { units: 16 },
  { units: 32 },
  { isAlone: true },
];

const chosen = new Map<string, ProductChoice>();

/** Forgets all choices: they are made anew. */
export function resetTuning(): void {
  chosen.clear();
}

/**
 * The best choice for products of about these sizes with as many threads as there are now. Sizes within the same powers of
 * two share one, so that new sizes seldom take the time.
 */
export function tunedChoice(
  runtime: KernelRuntime,
  name: ElementName,
  product: ArrangedProduct,
  places: ProductPlaces,
): ProductChoice {
  const key = [name, isTurbo(), runtime.threads, places.packed.of, ...traitsOf(product)].join();
  let choice = chosen.get(key);
  if (choice === undefined) {
    choice = search(runtime, name, product, places);
    chosen.set(key, choice);
  }
  return choice;
}

/** What the time of a product depends on, roughly. */
function traitsOf({
  batch,
  rows,
  columns,
  inner,
  left,
  right,
}: ArrangedProduct): readonly (number | boolean)[] {
  return [
    ...[batch, rows, columns, inner].map(({ sizes }) => Math.ceil(Math.log2(numelOf(sizes)))),
    isConsecutive(inner, left),
    isConsecutive(rows, left),
    isConsecutive(inner, right),
    isConsecutive(columns, right),
    isConsecutive(columns, 0),
  ];
}

function search(
  runtime: KernelRuntime,
  name: ElementName,
  product: ArrangedProduct,
  places: ProductPlaces,
): ProductChoice {
  const usual = usualChoice(name);
  const operands = new TestOperands(runtime);
  const time = (choice: ProductChoice, measure: (placed: PlacedPlan) => number): number => {
    const kernels = installContraction(runtime, name, choice.tile);
    const plan = planBlocks(name, product, kernels, { places, choice });
    const placed = placePlan(runtime, plan, addresses);
    try {
      return measure(placed);
    } finally {
      placed.free();
    }
  };
  let addresses: readonly [number, number, number] = [0, 0, 0];
  try {
    addresses = operands.allocate(name, product);
    time(usual, (placed) => warmUp(runtime, placed));
    const start = performance.now();
    const before = time(usual, quickest);
    let best = { choice: usual, milliseconds: before };
    for (const candidate of candidates) {
      if (candidate.isAlone === true && runtime.threads === 1) continue;
      if (performance.now() - start > mostMilliseconds) break;
      const choice = { ...best.choice, ...candidate };
      const first = time(choice, quickest);
      if (first >= worthwhile * best.milliseconds) continue;
      // Once more in turn: something may have disturbed the best so far.
      const again = Math.min(best.milliseconds, time(best.choice, quickest));
      const milliseconds = Math.min(first, time(choice, quickest));
      best =
        milliseconds < worthwhile * again
          ? { choice, milliseconds }
          : { ...best, milliseconds: again };
    }
    if (isEnabled("autotuning"))
      emit("autotuning", describe(name, product, best.choice, [before, best.milliseconds]));
    return best.choice;
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
    return usual; // there is no room for operands to try it with
  } finally {
    operands.free();
  }
}

/** Until the workers are there, if there are to be any. */
function warmUp(runtime: KernelRuntime, { run }: PlacedPlan): number {
  if (runtime.threads > 1) runtime.startWorkers();
  const start = performance.now();
  let elapsed = 0;
  for (let isReady = false; !isReady && elapsed < mostWarmUp; elapsed = performance.now() - start) {
    run();
    isReady =
      runtime.threads === 1 ||
      runtime.pool === null ||
      (runtime.memory.i32[control.threadCount >>> 2] ?? 0) > 0;
  }
  return elapsed;
}

function quickest({ run }: PlacedPlan): number {
  const start = performance.now();
  let best = Infinity;
  let runs = 0;
  for (let now = start; runs < fewestRuns || now - start < sampleMilliseconds; runs++) {
    run();
    const end = performance.now();
    best = Math.min(best, end - now);
    now = end;
  }
  return best;
}

/** Memory of the size that the operands of a product reach over, filled with numbers. */
class TestOperands {
  readonly #runtime: KernelRuntime;
  readonly #blocks: number[] = [];

  constructor(runtime: KernelRuntime) {
    this.#runtime = runtime;
  }

  allocate(name: ElementName, product: ArrangedProduct): readonly [number, number, number] {
    const { memory } = this.#runtime;
    const allocate = (operand: 0 | 1 | 2): number => {
      const bytes = reach(product, operand) * elements[name].bytes;
      const block = memory.allocate(bytes);
      this.#blocks.push(block);
      // Bytes of ordinary numbers, as float32 and as float64 alike: neither slow nor overflowing.
      memory.u8.fill(0x3f, block, block + bytes);
      return block;
    };
    return [allocate(0), allocate(1), allocate(2)];
  }

  free(): void {
    for (const block of this.#blocks) this.#runtime.memory.free(block);
  }
}

/** Elements from the first to the last that an operand has. */
function reach({ batch, rows, columns, inner }: ArrangedProduct, operand: 0 | 1 | 2): number {
  let last = 0;
  for (const { sizes, steps } of [batch, rows, columns, inner])
    sizes.forEach((size, axis) => (last += (size - 1) * Math.abs(at(steps[operand], axis))));
  return last + 1;
}

function describe(
  name: ElementName,
  { batch, rows, columns, inner }: ArrangedProduct,
  { tile, ...choice }: ProductChoice,
  [before, after]: readonly [number, number],
): string {
  const sizes = [batch, rows, columns, inner].map((own) => `[${own.sizes.join()}]`).join(" x ");
  const threads = choice.isAlone ? "one thread" : "all threads";
  return (
    `AUTOTUNE ${name} ${sizes}: tile ${tile.rows} x ${tile.vectors} vectors, blocks of ${choice.rows} rows and ` +
    `${choice.inner} inner steps, ${choice.units} pieces, ${threads}; ${before.toFixed(3)} ms before, ${after.toFixed(3)} ms now`
  );
}
