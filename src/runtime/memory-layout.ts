/** What stands at the start of the kernel memory, below the first block. Addresses in bytes. */

/** What a kernel found wrong with its data. `kind` is 0 where all was well; index and size have 64 bits. */
export const failure = { kind: 64, id: 68, index: 72, size: 80 } as const;

/** 16 KiB for the arguments of a launch that is over before the next one begins. */
export const argumentsAddress = 4096;

/**
 * The words by which threads work together, each on a cache line of its own if several threads write it at the same time.
 *
 * `word` holds the number of the fork (high half) and the chunks of it that nobody has taken yet (low half). Taking one is
 * a compare-and-swap of both, so a thread that comes late can never take a chunk of another fork than it looked at, and
 * as long as a taken chunk is not done, nobody changes the description of the fork.
 */
export const control = {
  word: 1024,
  /** Chunks that are not done yet. */
  pending: 1088,
  /** Goes up with every fork and every new module: what sleeping threads wait on. */
  bell: 1152,
  sleepers: 1216,
  /** 1 while the forking thread sleeps until `pending` is 0. */
  joinSleeps: 1280,
  /** The description of the fork: table index, arguments, units, units in a chunk, chunks. */
  task: 1344,
  /** 1 while a fork is under way: forks inside of it stay on their thread. */
  isForking: 1408,
  /** Threads with numbers in [first, first + count) take part. */
  firstThread: 1412,
  threadCount: 1416,
  /** Forks that found no other threads. */
  missedForks: 1420,
  /** How many modules there are, and the address of the record of the first. */
  moduleCount: 1472,
  firstModule: 1476,
  /** A word for each thread: 1 while it may hold a chunk. */
  isWorking: 2048,
  /** The address of the scratch space of thread 0, and a word with that of each other thread. */
  scratch: 1480,
  workerScratch: 3072,
} as const;

/** Thread numbers count up for ever; their words are found by the number modulo this. */
export const threadSlots = 256;

/** Blocks start here. Address 0 is never given out. */
export const firstBlockAddress = 65536;

/** In front of each scratch space kernels keep vectors for a while: rows of this many elements of 32 bits. */
export const blockElements = 256;
export const blockRowBytes = blockElements * 4;
export const blockRows = 16;
export const blockSpaceBytes = blockRows * blockRowBytes;
