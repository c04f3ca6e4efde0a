/** The error classes of the public surface, named as PyTorch's users know them (a TypeError is JavaScript's own). */

class NamedError extends Error {
  static {
    // `name` lives on the prototype, as for built-in errors, so that it never shows among an error's own properties.
    Object.defineProperty(this.prototype, "name", {
      value: "Error",
      configurable: true,
      writable: true,
    });
  }
}

function nameOnPrototype(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, "name", {
    value: name,
    configurable: true,
    writable: true,
  });
}

/** An operation that cannot be done with these tensors: shapes, dtypes, layouts. */
export class RuntimeError extends NamedError {
  static {
    nameOnPrototype(this, "RuntimeError");
  }
}

/** There is no memory for a tensor. */
export class OutOfMemoryError extends RuntimeError {
  static {
    nameOnPrototype(this, "OutOfMemoryError");
  }
}

/** A dimension or an index outside its range. */
export class IndexError extends NamedError {
  static {
    nameOnPrototype(this, "IndexError");
  }
}

/** An argument of the right type with an unusable value. */
export class ValueError extends NamedError {
  static {
    nameOnPrototype(this, "ValueError");
  }
}

/** Something PyTorch has and this library does not, or an op that is not defined for a dtype. */
export class NotImplementedError extends RuntimeError {
  static {
    nameOnPrototype(this, "NotImplementedError");
  }
}

/** A bug in this library, never in the caller's program. */
export class InternalError extends NamedError {
  static {
    nameOnPrototype(this, "InternalError");
  }
}

/** A check of `torch.testing` that failed. */
export class AssertionError extends NamedError {
  static {
    nameOnPrototype(this, "AssertionError");
  }
}
