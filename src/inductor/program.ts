/** What a captured graph does to memory: the steps that running it operator by operator would have carried out. */
import type { DType } from "../core/dtype.ts";
import type { RuntimeScalar } from "../core/runtime-scalar.ts";
import type { Shape } from "../core/shape.ts";
import type { Storage } from "../core/storage.ts";
import type { TensorBase } from "../core/tensor.ts";
import type { CallNode } from "../fx/node.ts";
import type { Kernel } from "../loops/kernel.ts";
import type { ContractionAxes, ContractionKernel } from "../loops/template.ts";
import type { SortGeometry } from "../loops/templates/sort/plan-sort.ts";
import type { ProductChain } from "../loops/templates/contraction/wasm/plan-attention.ts";
import type { RecordedRoutine } from "../ops/recorder.ts";

/** One storage. Views are places in it: that is all there is to aliasing. */
export interface Buffer {
  readonly id: number;
  readonly dtype: DType;
  /** In elements. */
  readonly length: number;
  readonly origin:
    /** The storage of a tensor that the graph is called with. */
    | { readonly kind: "input"; readonly index: number }
    /** Made by the graph, anew for each call; zeroed as all fresh memory. */
    | { readonly kind: "made" }
    /** Came out of an operator that was called. */
    | { readonly kind: "returned" };
}

/** One operand of a launch: where in a buffer it starts, and its step along each axis. */
export interface Place {
  readonly buffer: Buffer;
  /** In elements; for inputs from where the tensor starts. */
  readonly offset: number;
  readonly strides: Shape;
}

/** A number that differs from call to call is a `RuntimeScalar`. */
export type ScalarValue = number | bigint | RuntimeScalar;

interface StepFields {
  /** The call of the graph that this belongs to, and its number among the graph's calls. */
  readonly node: CallNode;
  readonly callIndex: number;
}

/** A kernel over loops. */
export type LaunchStep = StepFields & {
  readonly kind: "launch";
  /** The calls whose work it does, for people. */
  readonly origins: readonly CallNode[];
  /** Whether several launches became this one. */
  readonly isFused: boolean;
  readonly kernel: Kernel;
  readonly parallel: Shape;
  readonly fold: Shape;
  readonly operands: readonly Place[];
  readonly scalars: readonly ScalarValue[];
  /** Eager execution has no vectors for it: they would round differently. */
  readonly isScript?: boolean;
};

/** A kernel of a template. */
export type TemplateStep = StepFields & {
  readonly kind: "template";
  /** The calls whose work it does, for people. */
  readonly origins: readonly CallNode[];
  readonly kernel: ContractionKernel;
  readonly axes: ContractionAxes;
  readonly operands: readonly Place[];
  readonly scalars: readonly ScalarValue[];
};

/**
 * Two products with a kernel over rows between them, carried out a block of rows at a time. Made when a program is
 * prepared to run. Operands: the result, what the first product reads, the right factor of the second one, what its epilogue reads.
 * Numbers: those of the products, then those of the kernel between them.
 */
export type ChainStep = StepFields & {
  readonly kind: "chain";
  readonly origins: readonly CallNode[];
  readonly parts: readonly [TemplateStep, LaunchStep, TemplateStep];
  readonly chain: ProductChain;
  readonly operands: readonly Place[];
  readonly scalars: readonly ScalarValue[];
};

/** An operator's own code, on tensors made for it. */
export type RoutineStep = StepFields & {
  readonly kind: "routine";
  readonly call: RecordedRoutine;
  /** The one kernel that does the same; null where there is none. */
  readonly sort: RecordedSort | null;
};

/** A sort by a kernel: its indices, what is sorted, and the values if they are asked for. */
export interface RecordedSort {
  readonly geometry: SortGeometry;
  readonly operands: readonly Place[];
}

/** A call as the graph has it. `args` and `result` hold fake tensors and runtime scalars in place of what they stand for. */
export type CallStep = StepFields & {
  readonly kind: "call";
  readonly args: readonly unknown[];
  readonly result: unknown;
};

/** An in-place operation counts as one more version of the storage. */
export type VersionStep = StepFields & { readonly kind: "version"; readonly buffer: Buffer };

export type Step = LaunchStep | TemplateStep | ChainStep | RoutineStep | CallStep | VersionStep;

export interface Program {
  /** What stands for each input: a fake tensor or a runtime scalar. */
  readonly inputs: readonly (TensorBase | RuntimeScalar)[];
  readonly buffers: readonly Buffer[];
  /** By the storages of fake tensors. */
  readonly bufferOf: ReadonlyMap<Storage, Buffer>;
  readonly steps: readonly Step[];
  /** Made buffers whose every element is written before any is read: they need no zeroing. */
  readonly overwritten: ReadonlySet<Buffer>;
  /** The graph's output with fake tensors and runtime scalars in place of what they stand for. */
  readonly outputs: unknown;
  /** Numbers among the inputs that shapes depend on, by position: the program is right for these values only. */
  readonly fixedNumbers: ReadonlyMap<number, number>;
  /** Numbers among the inputs that a dtype depends on, by position: the program is right if they are whole, or are not, as it says. */
  readonly wholeNumbers: ReadonlyMap<number, boolean>;
  /** How many numbers there are that differ from call to call; the first ones are inputs. */
  readonly scalarCount: number;
  /** The call that gave each fake tensor and runtime scalar; inputs are not in it. */
  readonly madeBy: ReadonlyMap<unknown, number>;
}
