import { RuntimeScalar } from "../core/runtime-scalar.ts";
import { isTensor, type TensorBase } from "../core/tensor.ts";
import { mapArgument } from "../fx/node.ts";
import { NotRecordableError } from "../ops/recorder.ts";

/** Whether an argument holds a number that is only known when the graph runs. */
export function containsScalar(argument: unknown): boolean {
  let found = false;
  mapArgument(argument, (leaf) => {
    if (leaf instanceof RuntimeScalar) found = true;
    return leaf;
  });
  return found;
}

/** The numbers of a graph that differ from call to call, and what stands for them while it is recorded. */
export class ScalarStandIns {
  /** By slot: the example of an input, or the kind of result of a computation. */
  readonly #examples: (number | "number" | "boolean")[] = [];
  /** Slots of inputs of which it mattered whether they are whole. */
  readonly dtypeDeciding = new Set<number>();

  get count(): number {
    return this.#examples.length;
  }

  input(example: number): RuntimeScalar {
    return this.#add(example);
  }

  /** The result of arithmetic on numbers, or of reading a tensor. */
  computed(type: "number" | "boolean"): RuntimeScalar {
    return this.#add(type);
  }

  #add(example: number | "number" | "boolean"): RuntimeScalar {
    return new RuntimeScalar(this.#examples.push(example) - 1, false);
  }

  /**
   * The arguments of an operator with numbers that know whether they are whole. The front end guards that wherever it
   * decides a dtype: whenever not all tensors are floating, in which case all leaves are inputs.
   */
  forCall(args: readonly unknown[]): readonly unknown[] {
    const floating = allFloating(args);
    return this.#map(args, (scalar, example) => {
      if (example === "boolean")
        throw new NotRecordableError("a boolean that is not known before the graph runs");
      if (floating || typeof example !== "number") return new RuntimeScalar(scalar.slot, false);
      this.dtypeDeciding.add(scalar.slot);
      return new RuntimeScalar(scalar.slot, Number.isInteger(example));
    });
  }

  /** The arguments with the numbers that the front end used for the same purpose. */
  hints(args: readonly unknown[]): readonly unknown[] {
    const floating = allFloating(args);
    return this.#map(args, (_, example) => {
      if (example === "boolean") return true;
      return !floating && typeof example === "number" && Number.isInteger(example) ? 2 : 0.5;
    });
  }

  #map(
    args: readonly unknown[],
    replace: (scalar: RuntimeScalar, example: number | "number" | "boolean") => unknown,
  ): readonly unknown[] {
    return args.map((argument) =>
      mapArgument(argument, (leaf) =>
        leaf instanceof RuntimeScalar ? replace(leaf, this.#examples[leaf.slot] ?? "number") : leaf,
      ),
    );
  }
}

/** As the front end asks it: only tensors given directly count. */
function allFloating(args: readonly unknown[]): boolean {
  const tensors = args.filter((argument): argument is TensorBase => isTensor(argument));
  return tensors.length > 0 && tensors.every((tensor) => tensor.dtype.is_floating_point);
}
