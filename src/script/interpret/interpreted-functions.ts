/** Functions that the interpreter made: the text they show is its own. */
const interpreted = new WeakSet<Function>();

export function noteInterpreted(fn: Function): void {
  interpreted.add(fn);
}

export const isInterpreted = (fn: Function): boolean => interpreted.has(fn);
