import { RuntimeError } from "../base/errors.ts";

/** What the missing data would have decided: a value, or the shape of a result. */
export type DataDependence = "scalar" | "shape";

/** An operation needed the data of a fake tensor, which has none. */
export class DataDependentError extends RuntimeError {
  readonly op: string;
  readonly kind: DataDependence;

  static {
    Object.defineProperty(this.prototype, "name", {
      value: "DataDependentError",
      configurable: true,
      writable: true,
    });
  }

  constructor(op: string, kind: DataDependence) {
    super(`${op} needs the data of a fake tensor, which has only metadata`);
    this.op = op;
    this.kind = kind;
  }
}
