/** The worker threads of a memory: started when they pay, watched while somebody waits for them, replaced when one dies. */
import { RuntimeError } from "../base/errors.ts";
import { warnOnce } from "../base/logging.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { control, threadSlots } from "./memory-layout.ts";
import { threadModule } from "./thread-module.ts";
import { startWorker, type WorkerThread } from "./worker-thread.ts";

/** How long the forking thread sleeps at most before it looks whether the others are alive. */
const sleepMilliseconds = 20;
/** Where nothing tells whether a worker is alive (browsers), a chunk that takes longer than this is given up. */
const patienceMilliseconds = 120_000;
/** Workers that keep dying are not started for ever. */
const deathsBeforeGivingUp = 5;

export class WorkerPool {
  readonly #memory: KernelMemory;
  readonly #maySleep: boolean;
  #workers: WorkerThread[] = [];
  /** Workers that take part have numbers from here on; those of earlier pools have smaller ones. */
  #first = 1;
  #isForbidden = false;
  #deaths = 0;

  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.#maySleep = mayBlock(memory);
    this.#word(control.firstThread, this.#first);
  }

  get size(): number {
    return this.#workers.length;
  }

  /** Whether another attempt to start workers makes sense. */
  get canStart(): boolean {
    return !this.#isForbidden;
  }

  /** Has `count` workers take part in forks from now on; starts those that are missing, which takes them a while. */
  resize(count: number): void {
    if (this.#workers.some((worker) => worker.hasEnded())) this.#giveUp();
    while (this.#workers.length < count && !this.#isForbidden) {
      const thread = this.#first + this.#workers.length;
      const worker = startWorker(
        { memory: this.#memory.memory, threadModule: threadModule(thread, true), thread },
        () => this.#afterEnd(thread),
      );
      if (worker === null) this.#isForbidden = true;
      else this.#workers.push(worker);
    }
    this.#word(control.threadCount, Math.min(count, this.#workers.length));
  }

  /** Sleeps until the chunks of the fork that is under way are done. Throws if one of them never will be. */
  join(): void {
    const start = performance.now();
    this.#word(control.joinSleeps, 1);
    for (;;) {
      const { i32 } = this.#memory;
      const pending = Atomics.load(i32, control.pending >>> 2);
      if (pending === 0) break;
      if (this.#maySleep) Atomics.wait(i32, control.pending >>> 2, pending, sleepMilliseconds);
      const waited = performance.now() - start;
      if (waited > sleepMilliseconds && this.#isLost(waited)) this.#fail();
    }
    this.#word(control.joinSleeps, 0);
  }

  /** Ends a fork whose own thread failed: nobody takes another chunk, and all that were taken are done. */
  cancelFork(): void {
    if (this.#memory.i32[control.isForking >>> 2] === 0) return;
    const words = new BigInt64Array(this.#memory.buffer, control.word, 1);
    Atomics.and(words, 0, -(1n << 32n));
    const isBusy = (worker: WorkerThread): boolean => this.#isWorking(worker) && !worker.hasEnded();
    const start = performance.now();
    while (this.#workers.some(isBusy) && performance.now() - start < patienceMilliseconds);
    this.#word(control.pending, 0);
    this.#word(control.joinSleeps, 0);
    this.#word(control.isForking, 0);
  }

  /** Told by the event loop. Whoever ended by himself is replaced, with all others, when there is work again. */
  #afterEnd(thread: number): void {
    if (thread < this.#first) return;
    this.#giveUp();
    this.#deaths += 1;
    if (this.#deaths < deathsBeforeGivingUp) return;
    this.#isForbidden = true;
    warnOnce(
      "kernel-threads",
      `Worker threads for kernels ended unexpectedly ${this.#deaths} times; kernels run on one thread from now on.`,
    );
  }

  /** Ends all workers. */
  terminate(): void {
    this.#giveUp();
  }

  /** The numbers of the workers that take part, and a way to end one from outside, for tests. */
  get workers(): readonly WorkerThread[] {
    return this.#workers;
  }

  #isLost(waited: number): boolean {
    if (waited > patienceMilliseconds) return true;
    return this.#workers.some((worker) => this.#isWorking(worker) && worker.hasEnded());
  }

  #isWorking(worker: WorkerThread): boolean {
    const slot = worker.thread % threadSlots;
    return Atomics.load(this.#memory.i32, (control.isWorking >>> 2) + slot) === 1;
  }

  #fail(): never {
    this.cancelFork();
    this.#giveUp();
    throw new RuntimeError(
      "a worker thread ended while it was computing a part of this operation, so its result is lost; tensors that it was writing hold a part of it. The operation can be run again: threads are started anew.",
    );
  }

  /** The workers that are left leave by themselves when they see that their number is too small. */
  #giveUp(): void {
    const slots = control.isWorking >>> 2;
    for (const worker of this.#workers) {
      worker.terminate();
      Atomics.store(this.#memory.i32, slots + (worker.thread % threadSlots), 0);
    }
    this.#first += this.#workers.length;
    this.#workers = [];
    this.#word(control.threadCount, 0);
    this.#word(control.firstThread, this.#first);
    this.#word(control.sleepers, 0);
  }

  #word(address: number, value: number): void {
    Atomics.store(this.#memory.i32, address >>> 2, value);
  }
}

/** The main thread of a page may not block: there, the forking thread looks again and again. */
function mayBlock(memory: KernelMemory): boolean {
  try {
    Atomics.wait(memory.i32, control.pending >>> 2, -1, 0);
    return true;
  } catch {
    return false;
  }
}
