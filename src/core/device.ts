/** Where a tensor's memory lives. The CPU is the only device so far. */
export class Device {
  readonly type: "cpu";
  readonly index: number | null;

  constructor(type: "cpu", index: number | null = null) {
    this.type = type;
    this.index = index;
    Object.freeze(this);
  }

  toString(): string {
    return this.index === null ? this.type : `${this.type}:${this.index}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `device(type='${this.type}')`;
  }
}

export const cpu = new Device("cpu");
