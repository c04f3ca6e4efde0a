/** Steps that run in WebAssembly, with their arguments in place. */
import { RuntimeScalar } from "../../core/runtime-scalar.ts";
import { at } from "../../core/shape.ts";
import type { ValueType } from "../../loops/expression.ts";
import type { ProductPlan } from "../../loops/templates/contraction/wasm/product-plan.ts";
import { writePlan } from "../../loops/templates/contraction/wasm/product-plan.ts";
import type { CompiledLaunch } from "../../loops/wasm/compiled-launch.ts";
import { bytesOf } from "../../loops/wasm/lower-expression.ts";
import { writeGeometry, writeScalar, writeWord } from "../../loops/wasm/write-arguments.ts";
import type { KernelMemory } from "../../runtime/kernel-memory.ts";
import { type InstalledKernel, kernelRuntime } from "../../runtime/kernel-runtime.ts";
import type {
  Buffer,
  ChainStep,
  LaunchStep,
  Place,
  RoutineStep,
  ScalarValue,
  TemplateStep,
} from "../program.ts";
import { KeptFactor } from "./kept-factor.ts";

/** How a step runs in WebAssembly. */
export type StepPlan =
  | { readonly kind: "launch"; readonly step: LaunchStep; readonly compiled: CompiledLaunch }
  | {
      readonly kind: "product";
      readonly step: TemplateStep | ChainStep | RoutineStep;
      readonly operands: readonly Place[];
      readonly plan: ProductPlan;
      /** The operand that is the same in most calls. */
      readonly constant: 1 | 2 | null;
    };

export interface ReadyKernel {
  readonly installed: InstalledKernel;
  /** Where its arguments are. */
  readonly args: number;
  readonly units: number;
  /** Units that one thread takes at a time; more of them are worth sharing. */
  readonly chunkUnits: number;
}

/** A word that gets a number that differs from call to call. */
export interface ScalarWord {
  readonly address: number;
  readonly type: ValueType;
  readonly scalar: RuntimeScalar;
}

/** A word of an argument block that gets an address: that of a buffer, or of the step's own memory, and so many bytes. */
export interface AddressWord {
  readonly address: number;
  readonly buffer: Buffer | "spare";
  readonly byteOffset: number;
}

export interface ReadyStep {
  readonly step: LaunchStep | TemplateStep | ChainStep | RoutineStep;
  /** In the order in which they run. */
  readonly kernels: readonly ReadyKernel[];
  readonly words: readonly AddressWord[];
  readonly scalars: readonly ScalarWord[];
  /** A factor that is packed only when it changed. */
  readonly kept: KeptFactor | null;
}

/** Of the block that `readyStep` writes. */
export function argumentBytes(own: StepPlan): number {
  return own.kind === "launch"
    ? own.compiled.layout.sizeBytes
    : Math.ceil(own.plan.words.length / 4) * 16;
}

export function spareBytes(own: StepPlan | undefined): number {
  return own?.kind === "product" ? own.plan.spareBytes : 0;
}

/** Writes what is the same in every call to `args`. */
export function readyStep(own: StepPlan, args: number): ReadyStep {
  return own.kind === "launch" ? readyLaunch(own, args) : readyProduct(own, args);
}

function readyLaunch({ step, compiled }: StepPlan & { kind: "launch" }, args: number): ReadyStep {
  const { plan, layout, installed, chunkUnits } = compiled;
  const { memory } = kernelRuntime();
  writeGeometry(memory, args, step.kernel, plan, layout);
  const scalars = writeScalars(
    memory,
    step.scalars,
    step.kernel.scalars.map((type, slot) => ({ address: args + layout.scalar(slot), slot, type })),
  );
  const words = step.operands.map(({ buffer, offset }, operand) => ({
    address: args + layout.address(operand),
    buffer,
    byteOffset: offset * bytesOf[at(step.kernel.operands, operand).type],
  }));
  return {
    step,
    kernels: [{ installed, args, units: plan.units, chunkUnits }],
    words,
    scalars,
    kept: null,
  };
}

/** Writes the numbers that are the same in every call; gives the words of the others. */
function writeScalars(
  memory: KernelMemory,
  numbers: readonly ScalarValue[],
  places: readonly { readonly address: number; readonly slot: number; readonly type: ValueType }[],
): readonly ScalarWord[] {
  return places.flatMap(({ address, slot, type }): ScalarWord[] => {
    const scalar = at(numbers, slot);
    if (scalar instanceof RuntimeScalar) return [{ address, type, scalar }];
    writeScalar(memory, address, type, scalar);
    return [];
  });
}

function readyProduct(
  { step, operands, plan, constant }: StepPlan & { kind: "product" },
  args: number,
): ReadyStep {
  const runtime = kernelRuntime();
  runtime.reserveScratch(plan.scratchBytes);
  writePlan(runtime, plan, args);
  const { memory } = runtime;
  const block = plan.keptBytes === 0 ? null : memory.own(plan.keptBytes, false);
  const words = plan.addresses.flatMap(({ word, of, byteOffset }): AddressWord[] => {
    const address = args + word * 4;
    if (of === "spare") return [{ address, buffer: "spare", byteOffset }];
    if (of === "kept") {
      writeWord(memory, address, (block?.address ?? 0) + byteOffset);
      return [];
    }
    const { buffer, offset } = at(operands, of);
    return [{ address, buffer, byteOffset: offset * buffer.dtype.itemsize + byteOffset }];
  });
  const kept =
    block === null || plan.stale === null || constant === null
      ? null
      : new KeptFactor(at(operands, constant).buffer, block, args + plan.stale * 4);
  const kernels = plan.kernels.map((kernel) => ({ ...kernel, args: args + kernel.args }));
  const scalars = writeScalars(
    memory,
    step.kind === "routine" ? [] : step.scalars,
    plan.scalars.map(({ word, ...own }) => ({ ...own, address: args + word * 4 })),
  );
  return { step, kernels, words, scalars, kept };
}
