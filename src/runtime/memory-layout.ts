/** What stands at the start of the kernel memory, below the first block. Addresses in bytes. */

/** Blocks start here. Address 0 is never given out. */
export const firstBlockAddress = 65536;
