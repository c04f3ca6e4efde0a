/** One line on stderr that says how far a run is. Silent where stderr is no terminal, but for one line in a while. */
export class ProgressBar {
  readonly #total: number;
  readonly #started = Date.now();
  readonly #isTerminal = process.stderr.isTTY;
  #shownAt = 0;

  constructor(total: number) {
    this.#total = total;
  }

  show(done: number, note: string): void {
    const now = Date.now();
    if (now - this.#shownAt < (this.#isTerminal ? 100 : 15_000) && done < this.#total) return;
    this.#shownAt = now;
    const share = this.#total === 0 ? 1 : done / this.#total;
    const elapsed = (now - this.#started) / 1000;
    const left = done === 0 ? 0 : (elapsed / done) * (this.#total - done);
    const bar = "█".repeat(Math.round(share * 24)).padEnd(24, "░");
    const text = `${bar} ${done}/${this.#total} ${note} ${elapsed.toFixed(0)} s, ${left.toFixed(0)} s left`;
    process.stderr.write(this.#isTerminal ? `\r${text}\u001b[K` : `${text}\n`);
    if (done >= this.#total && this.#isTerminal) process.stderr.write("\n");
  }
}
