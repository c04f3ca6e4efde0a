/** What the blocked kernels find where: their arguments, and the scratch space of a thread. */

/** The words of the argument block of `packRight` and `multiply`. */
export const productWords = {
  /** For each packed right factor: the distances of the factor, and of where it is packed, from the addresses below. */
  packTable: 0,
  /** For each product: the distances of the left factor, the packed right factor and the output. */
  batchTable: 1,
  rows: 2,
  columns: 3,
  inner: 4,
  blockRows: 5,
  blockInner: 6,
  blockPanels: 7,
  rowBlocks: 8,
  columnBlocks: 9,
  panels: 10,
  /** Distances in bytes of rows, columns and inner steps, for each operand that has them. */
  leftRows: 11,
  leftInner: 12,
  leftConsecutive: 13,
  rightColumns: 14,
  rightInner: 15,
  rightConsecutive: 16,
  outRows: 17,
  outColumns: 18,
  /** Whether columns of the output lie side by side. */
  outConsecutive: 19,
  /** Whether rows of the output lie side by side, in stretches at least. */
  outTurned: 20,
  leftBase: 21,
  rightBase: 22,
  outBase: 23,
  packedBase: 24,
  /** Where a number stands that must not be 0 for factors to be packed, and for products; 0: there is no condition. */
  packIf: 25,
  multiplyIf: 26,
  /** The words of `finishBlock`; 0: there is no epilogue. */
  finish: 27,
} as const;

export type ProductWord = keyof typeof productWords;

/**
 * What a thread's scratch space holds: row distances of the spare tile, the spare tile, arguments of an epilogue, the
 * packed left factor.
 */
export const scratchLayout = { spareRows: 0, spareTile: 64, epilogue: 320, packed: 1024 } as const;

/** Room for the arguments of an epilogue. */
export const finishRoomBytes = scratchLayout.packed - scratchLayout.epilogue;
