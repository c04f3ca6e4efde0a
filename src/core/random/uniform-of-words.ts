/** Random words as numbers in [0, 1). */

/** A float32 in [0, 1) of the 24 lower bits of a word. */
export function uniformOfWord(word: number): number {
  return (word & 0xffffff) * 2 ** -24;
}

/** A float64 in [0, 1) of the 53 lower bits of two words, the first one higher. */
export function uniformOfWords(high: number, low: number): number {
  return ((high & 0x1fffff) * 2 ** 32 + low) * 2 ** -53;
}
