/** What one operator is: everything the project knows about it, in one record. */
import type { DType } from "../core/dtype.ts";
import type { Geometry } from "../core/make-tensor.ts";
import type { Shape } from "../core/shape.ts";
import type { TensorBase } from "../core/tensor.ts";
import type { Computation } from "../loops/computation.ts";
import type { ArgSchema, ArgsInput, ArgsOf } from "./arg.ts";
import type { NaiveArray } from "./naive-array.ts";
import type { Returns } from "./returns.ts";
import type { SampleMaker } from "./sample-maker.ts";

/** Metadata of an output. Strides default to contiguous ones. */
export interface OutputMeta {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides?: Shape;
}

export interface OpDoc {
  /** One sentence. */
  readonly summary: string;
  /** Further lines, such as how it differs from PyTorch. */
  readonly details?: string;
  /** An expression and what it gives; runs in the documentation test. */
  readonly example?: string;
}

export type DerivativeDecision = "pending" | "not-differentiable";

/** `"pending"`: differentiable, the formula comes with the autograd work. `"not-differentiable"`: a decision. */
export type Derivative<Schema extends ArgSchema> =
  | DerivativeDecision
  | {
      readonly [Name in keyof Schema]?: (
        context: ArgsOf<Schema> & { readonly grad: TensorBase },
      ) => TensorBase;
    };

/** How an op is executed: exactly one of these. */
export type Execution<Schema extends ArgSchema, Result> =
  /** A computation over the loop vocabulary, and the metadata of its outputs. */
  | {
      readonly meta: (args: ArgsOf<Schema>) => OutputMeta | readonly OutputMeta[];
      readonly lowering: (args: ArgsOf<Schema>) => Computation;
    }
  /** Writes to `self`; gives `self`. `check` throws for arguments that do not fit. */
  | {
      readonly mutates: "self";
      readonly check: (args: ArgsOf<Schema>) => void;
      readonly mutation: (args: ArgsOf<Schema>) => Computation | null;
    }
  /** Other ops. `needsData` names what could not be known without data; such ops refuse fake tensors. */
  | {
      readonly decomposition: (args: ArgsOf<Schema>) => Result;
      readonly mutates?: "self";
      readonly needsData?: "scalar" | "shape";
      /** One kernel in PyTorch: between its steps, floats of 16 bits are kept as float32. Gives one tensor. */
      readonly wide?: true;
    }
  /** Another look at the memory of `self`. */
  | { readonly view: (args: ArgsOf<Schema>) => Geometry }
  /** Code of its own that fills contiguous outputs, for what loops do not express (sorting, random numbers). */
  | {
      readonly meta: (args: ArgsOf<Schema>) => OutputMeta | readonly OutputMeta[];
      readonly routine: (args: ArgsOf<Schema>, outputs: readonly TensorBase[]) => void;
    }
  /** Code of its own that fills `self`. */
  | {
      readonly mutates: "self";
      readonly check: (args: ArgsOf<Schema>) => void;
      readonly routine: (args: ArgsOf<Schema>, outputs: readonly TensorBase[]) => void;
    };

interface OpFacts<Schema extends ArgSchema, Result> {
  /** Unique; overloads add a suffix after a dot: `max.dim`. */
  readonly name: string;
  /**
   * The public names: `torch.add`, `Tensor.add`, `torch.nn.functional.relu`. A method that ends in `_` on an op that does
   * not mutate is its in-place twin. Records that share a public name are its overloads, tried in the table's order.
   */
  readonly api: readonly string[];
  readonly args: Schema;
  /** Defaults to one tensor. */
  readonly returns?: Returns<Result>;
  readonly doc: OpDoc;
  /** Draws random numbers. */
  readonly random?: boolean;
  /** Arguments other than `self` that it may write to, such as running statistics. */
  readonly writes?: readonly string[];
  /** May throw for some data though the metadata is right: indices out of range, probabilities, integer divisors. */
  readonly checksData?: boolean;
  /** The dtypes samples are made in; defaults to all. */
  readonly dtypes?: readonly DType[];
  /** The result by plain loops over plain arrays, independent of the execution; null when the op has no data of its own to compare. */
  readonly reference: ((args: ArgsOf<Schema>) => NaiveArray | readonly NaiveArray[]) | null;
  readonly derivative: Derivative<Schema>;
  /** Arguments to test with, incl. empty, 0-d, non-contiguous and broadcast inputs where they make sense. */
  readonly samples: (make: SampleMaker) => Iterable<ArgsInput<Schema>>;
}

export type OpDefinition<Schema extends ArgSchema, Result> = OpFacts<Schema, Result> &
  Execution<Schema, Result>;

/** Arguments by name, of any op. */
export type AnyArgs = Readonly<Record<string, unknown>>;

/** A record as the table holds it, without the types of its arguments. */
export interface OpRecord {
  readonly name: string;
  readonly api: readonly string[];
  readonly args: ArgSchema;
  readonly returns: Returns<unknown>;
  readonly doc: OpDoc;
  readonly random: boolean;
  readonly checksData: boolean;
  readonly mutates: boolean;
  readonly writes: readonly string[];
  readonly dtypes: readonly DType[];
  readonly reference: ((args: AnyArgs) => NaiveArray | readonly NaiveArray[]) | null;
  readonly derivative: unknown;
  readonly samples: (make: SampleMaker) => Iterable<AnyArgs>;
  readonly execution: AnyExecution;
  /** Values of arguments that were not given. */
  readonly defaults: AnyArgs;
  /** Arguments that may hold tensors. */
  readonly tensorArgs: readonly string[];
}

/** `Execution` with its alternatives named. */
export type AnyExecution =
  | {
      readonly kind: "lowering";
      readonly meta: AnyMeta;
      readonly lowering: (args: AnyArgs) => Computation;
    }
  | {
      readonly kind: "mutation";
      readonly check: (args: AnyArgs) => void;
      readonly mutation: (args: AnyArgs) => Computation | null;
    }
  | {
      readonly kind: "decomposition";
      readonly decomposition: (args: AnyArgs) => unknown;
      readonly needsData: "scalar" | "shape" | null;
      readonly wide: boolean;
    }
  | { readonly kind: "view"; readonly view: (args: AnyArgs) => Geometry }
  | { readonly kind: "routine"; readonly meta: AnyMeta; readonly routine: AnyRoutine }
  | {
      readonly kind: "mutatingRoutine";
      readonly check: (args: AnyArgs) => void;
      readonly routine: AnyRoutine;
    };

type AnyMeta = (args: AnyArgs) => OutputMeta | readonly OutputMeta[];
type AnyRoutine = (args: AnyArgs, outputs: readonly TensorBase[]) => void;

/** A record that remembers the types of its arguments and result, for calls from other records. */
export interface Op<Schema extends ArgSchema, Result> extends OpRecord {
  /** Only for the type checker: never set. */
  readonly typeOf?: { readonly schema: Schema; readonly result: Result };
}
