const width = 30;

/** A bar that redraws itself on a terminal and prints a line now and then anywhere else. */
export class ProgressBar {
  readonly #title: string;
  readonly #total: number;
  readonly #stream: NodeJS.WriteStream;

  constructor(title: string, total: number, stream: NodeJS.WriteStream = process.stdout) {
    this.#title = title;
    this.#total = total;
    this.#stream = stream;
  }

  update(done: number, note: string): void {
    if (this.#stream.isTTY) this.#stream.write(`\r${this.#line(done, note)}\u001b[K`);
    else if (done % 10 === 0 || done === 1) this.#stream.write(`${this.#line(done, note)}\n`);
  }

  finish(note: string): void {
    this.#stream.write(
      `${this.#stream.isTTY ? "\r" : ""}${this.#line(this.#total, note)}${this.#stream.isTTY ? "\u001b[K" : ""}\n`,
    );
  }

  #line(done: number, note: string): string {
    const filled = Math.round((Math.min(done, this.#total) / this.#total) * width);
    return `${this.#title} [${"█".repeat(filled)}${"░".repeat(width - filled)}] ${note}`;
  }
}
