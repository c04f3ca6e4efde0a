/** How far a long run is: one line that redraws itself on a terminal, and a line for each finished step elsewhere. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #begin = performance.now();
  #total = 0;
  #done = 0;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** Sets how many steps there are from here on. */
  expect(total: number): void {
    [this.#total, this.#done] = [total, 0];
  }

  /** What is being done now; only a terminal shows it. */
  note(text: string): void {
    if (!this.#stream.isTTY) return;
    // A longer line would wrap, and the next one could not draw over it.
    const line = `${this.#bar()}${text}`.slice(0, this.#stream.columns - 1);
    this.#stream.write(`\r${line}\u001b[K`);
  }

  finishStep(text: string): void {
    this.#done += 1;
    if (this.#stream.isTTY) this.note(text);
    else this.#stream.write(`${this.#bar()}${text}\n`);
  }

  /** What is begun now, for steps that are not counted. */
  begin(text: string): void {
    if (this.#stream.isTTY) this.note(text);
    else this.#stream.write(`${text}\n`);
  }

  /** Leaves the terminal's line to what is printed next. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }

  #bar(): string {
    if (this.#total === 0) return "";
    const width = 24;
    const filled = Math.round((this.#done / this.#total) * width);
    const seconds = ((performance.now() - this.#begin) / 1000).toFixed(0);
    const bar = `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
    return `[${bar}] ${this.#done}/${this.#total} ${seconds} s `;
  }
}
