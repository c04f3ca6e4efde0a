/** Exports of every kind for the tests of imports. */
export let changingNumber = 1;

export function setChangingNumber(value: number): void {
  changingNumber = value;
}

export function constantFunction(): string {
  return "constant";
}
