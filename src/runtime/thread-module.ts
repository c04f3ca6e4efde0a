/**
 * The WebAssembly every thread runs beside the kernels: `fork` divides the units of a kernel over the threads, `serve` is
 * what the other threads do. It is WebAssembly so that a compiled graph can fork without going through JavaScript, and so
 * that a fork costs less than a microsecond.
 */
import type { FunctionBuilder, FunctionReference, Local } from "../wasm/function-builder.ts";
import { ModuleBuilder } from "../wasm/module-builder.ts";
import type { FunctionType } from "../wasm/value-type.ts";
import { trapKind } from "./kernel-failure.ts";
import { control, failure, threadSlots } from "./memory-layout.ts";
import { emitRunList, runListType } from "./run-list.ts";

/** Arguments' address, first unit, unit after the last. */
export const kernelType: FunctionType = { params: ["i32", "i32", "i32"], results: [] };
/** Table index, arguments' address, units, units in a chunk. */
export const forkType: FunctionType = { params: ["i32", "i32", "i32", "i32"], results: [] };
/** Gives the address of the thread's scratch space. */
export const scratchType: FunctionType = { params: [], results: ["i32"] };

/** How often a thread looks for work before it sleeps: about 100 µs. A thread that sleeps takes as long to wake up. */
const spinsBeforeSleep = 8000;
/** How often the forking thread looks whether all is done before it asks JavaScript to wait. */
const spinsBeforeJoin = 20_000;
/** Kind, id, index, size: the words of a failure record. */
export const failType: FunctionType = { params: ["i32", "i32", "i64", "i64"], results: [] };

const task = { index: 0, args: 4, units: 8, chunkUnits: 12, chunks: 16 } as const;

/** What `serve` returned for. */
export const serveReasons = { newModule: 1, left: 2 } as const;

/** `thread` 0 forks; others serve, and what they fork they do themselves. */
export function threadModule(thread: number, shared: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(`fullgraph_thread_${thread}`);
  module.importMemory("env", "memory", { shared, minimum: 1, maximum: 65536 });
  module.importTable("env", "table");
  const join =
    shared && thread === 0
      ? module.importFunction("env", "join", { params: [], results: [] })
      : null;
  const fork = module.function("fork", forkType, { export: true });
  emitFork(fork, join);
  if (thread === 0)
    emitRunList(module.function("runList", runListType, { export: true }), fork, kernelType);
  emitScratch(module.function("scratch", scratchType, { export: true }), thread);
  emitFail(module.function("fail", failType, { export: true }), shared);
  if (shared && thread > 0)
    emitServe(
      module.function("serve", { params: ["i32"], results: ["i32"] }, { export: true }),
      thread,
    );
  return module.encode();
}

function emitScratch(f: FunctionBuilder, thread: number): void {
  f.i32Const(0);
  const own = control.workerScratch + 4 * (thread % threadSlots);
  f.load("i32.load", { offset: thread === 0 ? control.scratch : own });
}

/** The first failure of a launch is kept; the kind is written last, by the one thread that got hold of the record. */
function emitFail(f: FunctionBuilder, shared: boolean): void {
  const [kind, id, index, size] = [
    f.parameter(0, "kind"),
    f.parameter(1, "id"),
    f.parameter(2, "index"),
    f.parameter(3, "size"),
  ];
  f.i32Const(0);
  if (shared) {
    f.i32Const(0);
    f.i32Const(-1);
    f.atomic("i32.atomic.rmw.cmpxchg", { offset: failure.kind });
  } else {
    f.load("i32.load", { offset: failure.kind });
  }
  f.if(() => f.emit("return"));
  storeWord(f, failure.id, () => f.get(id));
  f.i32Const(0);
  f.get(index);
  f.store("i64.store", { offset: failure.index });
  f.i32Const(0);
  f.get(size);
  f.store("i64.store", { offset: failure.size });
  storeWord(f, failure.kind, () => f.get(kind));
}

/** The whole of the work on this thread. */
function callAll(f: FunctionBuilder, index: Local, args: Local, units: Local): void {
  f.get(args);
  f.i32Const(0);
  f.get(units);
  f.get(index);
  f.callIndirect(kernelType);
}

function emitFork(f: FunctionBuilder, join: FunctionReference | null): void {
  const index = f.parameter(0, "index");
  const args = f.parameter(1, "args");
  const units = f.parameter(2, "units");
  const chunkUnits = f.parameter(3, "chunkUnits");
  if (join === null) {
    callAll(f, index, args, units);
    return;
  }
  const chunks = f.local("i32", "chunks");
  const spins = f.local("i32", "spins");
  f.block((done) => {
    f.block((alone) => {
      f.get(units);
      f.get(chunkUnits);
      f.emit("i32.le_s");
      f.brIf(alone);
      loadWord(f, control.isForking);
      f.brIf(alone);
      loadWord(f, control.threadCount);
      f.emit("i32.eqz");
      f.if(() => {
        f.i32Const(0);
        loadWord(f, control.missedForks);
        f.i32Const(1);
        f.emit("i32.add");
        f.store("i32.store", { offset: control.missedForks });
        f.br(alone);
      });
      publish(f, { index, args, units, chunkUnits, chunks });
      takeChunks(f, null);
      waitForOthers(f, spins, join);
      storeWord(f, control.isForking, () => f.i32Const(0));
      repeatFailure(f, { index, args, units });
      f.br(done);
    });
    callAll(f, index, args, units);
  });
}

/**
 * What a thread found wrong need not be the first wrong thing: this thread does it all again and finds that. Should the kernel
 * have written over what was wrong, what was found the first time stands.
 */
function repeatFailure(
  f: FunctionBuilder,
  { index, args, units }: Pick<Task, "index" | "args" | "units">,
): void {
  const found = f.local("i32", "found");
  loadWord(f, failure.kind);
  f.tee(found);
  f.i32Const(0);
  f.emit("i32.ne");
  f.get(found);
  f.i32Const(trapKind);
  f.emit("i32.ne");
  f.emit("i32.and");
  f.if(() => {
    storeWord(f, failure.kind, () => f.i32Const(0));
    callAll(f, index, args, units);
    loadWord(f, failure.kind);
    f.emit("i32.eqz");
    f.if(() => storeWord(f, failure.kind, () => f.get(found)));
  });
}

interface Task {
  readonly index: Local;
  readonly args: Local;
  readonly units: Local;
  readonly chunkUnits: Local;
  readonly chunks: Local;
}

/** Writes the description, then the word that makes it valid, then wakes those who sleep. */
function publish(f: FunctionBuilder, { index, args, units, chunkUnits, chunks }: Task): void {
  // (units - 1) / chunkUnits + 1 does not overflow; units > chunkUnits >= 1 here.
  f.get(units);
  f.i32Const(1);
  f.emit("i32.sub");
  f.get(chunkUnits);
  f.emit("i32.div_u");
  f.i32Const(1);
  f.emit("i32.add");
  f.set(chunks);
  storeWord(f, control.isForking, () => f.i32Const(1));
  storeWord(f, control.task + task.index, () => f.get(index));
  storeWord(f, control.task + task.args, () => f.get(args));
  storeWord(f, control.task + task.units, () => f.get(units));
  storeWord(f, control.task + task.chunkUnits, () => f.get(chunkUnits));
  storeWord(f, control.task + task.chunks, () => f.get(chunks));
  f.i32Const(0);
  f.get(chunks);
  f.atomic("i32.atomic.rmw.xchg", { offset: control.pending });
  f.emit("drop");
  f.i32Const(0);
  // The number of the fork, one up, in the high half; the chunks in the low half, which is 0 between forks.
  f.i32Const(0);
  f.load("i64.atomic.load", { offset: control.word });
  f.i64Const(1n << 32n);
  f.emit("i64.add");
  f.get(chunks);
  f.emit("i64.extend_i32_u");
  f.emit("i64.or");
  f.store("i64.atomic.store", { offset: control.word });
  f.i32Const(0);
  f.i32Const(1);
  f.atomic("i32.atomic.rmw.add", { offset: control.bell });
  f.emit("drop");
  loadAtomic(f, control.sleepers);
  f.if(() => {
    f.i32Const(0);
    f.get(chunks);
    f.atomic("memory.atomic.notify", { offset: control.bell });
    f.emit("drop");
  });
}

/** What `serve` does between looking at the word and taking a chunk of it. */
type Check = ((word: Local) => void) | null;

/** Takes chunks and does them, until there are none left. */
function takeChunks(f: FunctionBuilder, check: Check): void {
  const word = f.local("i64", "word");
  const remaining = f.local("i32", "remaining");
  const begin = f.local("i32", "begin");
  f.block((empty) => {
    f.loop((again) => {
      f.i32Const(0);
      f.load("i64.atomic.load", { offset: control.word });
      f.tee(word);
      f.emit("i32.wrap_i64");
      f.tee(remaining);
      f.emit("i32.eqz");
      f.brIf(empty);
      check?.(word);
      f.i32Const(0);
      f.get(word);
      f.get(word);
      f.i64Const(1n);
      f.emit("i64.sub");
      f.atomic("i64.atomic.rmw.cmpxchg", { offset: control.word });
      f.get(word);
      f.emit("i64.ne");
      f.brIf(again);
      loadWord(f, control.task + task.chunks);
      f.get(remaining);
      f.emit("i32.sub");
      loadWord(f, control.task + task.chunkUnits);
      f.emit("i32.mul");
      f.set(begin);
      loadWord(f, control.task + task.args);
      f.get(begin);
      emitEnd(f, begin);
      loadWord(f, control.task + task.index);
      f.callIndirect(kernelType);
      finishChunk(f);
      f.br(again);
    });
  });
}

/** begin + min(units of a chunk, units that are left), which does not overflow. */
function emitEnd(f: FunctionBuilder, begin: Local): void {
  const left = f.local("i32", "left");
  f.get(begin);
  loadWord(f, control.task + task.units);
  f.get(begin);
  f.emit("i32.sub");
  f.tee(left);
  loadWord(f, control.task + task.chunkUnits);
  f.get(left);
  loadWord(f, control.task + task.chunkUnits);
  f.emit("i32.lt_u");
  f.emit("select");
  f.emit("i32.add");
}

/** Whoever does the last chunk wakes the forking thread if that sleeps. */
function finishChunk(f: FunctionBuilder): void {
  f.i32Const(0);
  f.i32Const(1);
  f.atomic("i32.atomic.rmw.sub", { offset: control.pending });
  f.i32Const(1);
  f.emit("i32.eq");
  f.if(() => {
    loadAtomic(f, control.joinSleeps);
    f.if(() => {
      f.i32Const(0);
      f.i32Const(1);
      f.atomic("memory.atomic.notify", { offset: control.pending });
      f.emit("drop");
    });
  });
}

function waitForOthers(f: FunctionBuilder, spins: Local, join: FunctionReference): void {
  f.i32Const(spinsBeforeJoin);
  f.set(spins);
  f.block((done) => {
    f.loop((again) => {
      loadAtomic(f, control.pending);
      f.emit("i32.eqz");
      f.brIf(done);
      f.increment(spins, -1);
      f.get(spins);
      f.brIf(again);
    });
    // An endless spin would starve a thread that was put on the same core; JavaScript also sees whether it is alive.
    f.call(join);
  });
}

/**
 * Does chunks of every fork, until there is a module that this thread does not have yet, or it takes part no longer. The
 * parameter is the number of modules it has.
 */
function emitServe(f: FunctionBuilder, thread: number): void {
  const modules = f.parameter(0, "modules");
  const bell = f.local("i32", "bell");
  const spins = f.local("i32", "spins");
  const isWorking = control.isWorking + 4 * (thread % threadSlots);
  const setWorking = (value: number): void => {
    f.i32Const(0);
    f.i32Const(value);
    f.store("i32.atomic.store", { offset: isWorking });
  };
  const leaveIfChanged = (): void => {
    loadAtomic(f, control.moduleCount);
    f.get(modules);
    f.emit("i32.ne");
    f.if(() => {
      setWorking(0);
      f.i32Const(serveReasons.newModule);
      f.emit("return");
    });
  };
  f.loop((again) => {
    loadAtomic(f, control.bell);
    f.set(bell);
    f.i32Const(spinsBeforeSleep);
    f.set(spins);
    f.loop((look) => {
      leaveIfChanged();
      emitPlace(f, thread);
      f.emit("i32.eqz");
      f.if(() => {
        f.i32Const(serveReasons.left);
        f.emit("return");
      });
      f.i32Const(0);
      f.load("i64.atomic.load", { offset: control.word });
      f.emit("i32.wrap_i64");
      f.if(() => {
        emitPlace(f, thread);
        f.i32Const(1);
        f.emit("i32.eq");
        f.if(() => {
          setWorking(1);
          // Looked at after the word: the modules and the threads of that fork were known before it was published.
          takeChunks(f, () => {
            leaveIfChanged();
            emitPlace(f, thread);
            f.i32Const(1);
            f.emit("i32.ne");
            f.if(() => {
              setWorking(0);
              f.br(again);
            });
          });
          setWorking(0);
          f.br(again);
        });
      });
      f.increment(spins, -1);
      f.get(spins);
      f.brIf(look);
    });
    sleep(f, bell);
    f.br(again);
  });
  f.i32Const(serveReasons.left);
}

/** 0: the thread belongs to a pool that was given up. 1: it takes part. 2: there are more threads than are wanted. */
function emitPlace(f: FunctionBuilder, thread: number): void {
  const place = f.local("i32", null);
  f.i32Const(thread);
  loadAtomic(f, control.firstThread);
  f.emit("i32.sub");
  f.tee(place);
  f.i32Const(0);
  f.emit("i32.lt_s");
  f.if(
    () => f.i32Const(0),
    () => {
      f.i32Const(1);
      f.i32Const(2);
      f.get(place);
      loadAtomic(f, control.threadCount);
      f.emit("i32.lt_s");
      f.emit("select");
    },
    "i32",
  );
}

/** Until the bell has another value than it had before the last look. */
function sleep(f: FunctionBuilder, bell: Local): void {
  f.i32Const(0);
  f.i32Const(1);
  f.atomic("i32.atomic.rmw.add", { offset: control.sleepers });
  f.emit("drop");
  f.i32Const(0);
  f.get(bell);
  f.i64Const(-1n);
  f.atomic("memory.atomic.wait32", { offset: control.bell });
  f.emit("drop");
  f.i32Const(0);
  f.i32Const(1);
  f.atomic("i32.atomic.rmw.sub", { offset: control.sleepers });
  f.emit("drop");
}

function loadWord(f: FunctionBuilder, address: number): void {
  f.i32Const(0);
  f.load("i32.load", { offset: address });
}

function loadAtomic(f: FunctionBuilder, address: number): void {
  f.i32Const(0);
  f.load("i32.atomic.load", { offset: address });
}

function storeWord(f: FunctionBuilder, address: number, value: () => void): void {
  f.i32Const(0);
  value();
  f.store("i32.store", { offset: address });
}
