/** Thrown when a function uses a construct that the bytecode does not model: such a frame runs natively. */
export class UnsupportedSyntax extends Error {
  /** What it is, in words a user knows: "generator function", "direct eval". */
  readonly construct: string;
  /** Offsets into the function's text. */
  readonly start: number;
  readonly end: number;

  constructor(construct: string, start: number, end: number) {
    super(`${construct} is not supported by the bytecode (at offset ${start})`);
    this.construct = construct;
    this.start = start;
    this.end = end;
  }
}
Object.defineProperty(UnsupportedSyntax.prototype, "name", {
  value: "UnsupportedSyntax",
  configurable: true,
  writable: true,
});
