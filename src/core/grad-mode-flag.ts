/** Whether operations record gradients. It lives below the operators because in-place checks read it. */

let enabled = true;

export function gradModeEnabled(): boolean {
  return enabled;
}

export function setGradMode(next: boolean): void {
  enabled = next;
}
