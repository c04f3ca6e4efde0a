export let live = 1;

export function setLive(value: number): void {
  live = value;
}

export function fixed(): string {
  return "fixed";
}
