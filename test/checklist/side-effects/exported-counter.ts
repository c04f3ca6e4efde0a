/** A module whose exported variables change, as functions of other modules see it. */
export let count = 0;
let total = 0;
export { total as renamedTotal };

export function setCount(value: number): void {
  count = value;
  total = value;
}

export function countUp(): void {
  count += 1;
  total += 10;
}
