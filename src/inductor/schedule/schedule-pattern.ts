/** A schedule without its numbers: it fits programs that differ from the one it was made of in sizes only. */
import { at } from "../../core/shape.ts";
import type { LaunchStep, Place, Program, ScalarValue, Step, TemplateStep } from "../program.ts";
import { sameStructure } from "./same-structure.ts";
import { scalarKey } from "./scalar-key.ts";

/**
 * What the scheduler looks at is which numbers of a program are equal, and which are 0 or 1; where it looked at more, no
 * pattern may be made. So programs of one structure whose numbers are equal in the same places have the same schedule,
 * and each number in it is a number of the program.
 */
export class SchedulePattern {
  readonly #recorded: Program;
  /** Numbers stand for the steps of the recorded program. */
  readonly #steps: readonly (number | LaunchStep | TemplateStep)[];
  readonly #numbers: EqualityPattern<number>;
  readonly #scalars: EqualityPattern<ScalarValue>;

  constructor(recorded: Program, scheduled: readonly Step[]) {
    this.#recorded = recorded;
    const indices = new Map<Step, number>(recorded.steps.map((step, index) => [step, index]));
    this.#steps = scheduled.map((step) => {
      const index = indices.get(step);
      if (index !== undefined) return index;
      if (step.kind === "launch" || step.kind === "template") return step;
      throw new RangeError(`the scheduler made a step of the kind ${step.kind}`);
    });
    this.#numbers = new EqualityPattern(numbersOf(recorded), (value) => value);
    this.#scalars = new EqualityPattern(scalarsOf(recorded), scalarKey);
  }

  /** The scheduled steps for another recording of the same graph; null if it differs in more than numbers. */
  stepsFor(program: Program): readonly Step[] | null {
    if (!sameStructure(this.#recorded, program)) return null;
    const number = this.#numbers.translation(numbersOf(program));
    const scalar = this.#scalars.translation(scalarsOf(program));
    if (number === null || scalar === null) return null;
    const place = ({ buffer, offset, strides }: Place): Place => ({
      buffer: at(program.buffers, buffer.id),
      offset: number(offset),
      strides: strides.map(number),
    });
    return this.#steps.map((step): Step => {
      if (typeof step === "number") return at(program.steps, step);
      const operands = step.operands.map(place);
      const scalars = step.scalars.map(scalar);
      if (step.kind === "launch") {
        const { parallel, fold } = step;
        const sizes = { parallel: parallel.map(number), fold: fold.map(number) };
        return { ...step, ...sizes, operands, scalars };
      }
      const { batch, rows, columns, inner } = step.axes;
      const axes = {
        batch: batch.map(number),
        rows: rows.map(number),
        columns: columns.map(number),
        inner: inner.map(number),
      };
      return { ...step, axes, operands, scalars };
    });
  }
}

/** Which places of a list hold the same. */
class EqualityPattern<Value> {
  readonly #keyOf: (value: Value) => number | string;
  readonly #placeOf = new Map<number | string, number>();
  /** By place: the first one that holds the same. */
  readonly #first: readonly number[];

  constructor(values: readonly Value[], keyOf: (value: Value) => number | string) {
    this.#keyOf = keyOf;
    this.#first = values.map((value, place) => {
      const key = keyOf(value);
      const first = this.#placeOf.get(key) ?? place;
      this.#placeOf.set(key, first);
      return first;
    });
  }

  /** What each value of this list is in another one; null if other places hold the same there. */
  translation(values: readonly Value[]): ((value: Value) => Value) | null {
    if (values.length !== this.#first.length) return null;
    const keys = values.map(this.#keyOf);
    const distinct = new Set<number | string>();
    for (let place = 0; place < keys.length; place++) {
      const first = at(this.#first, place);
      if (first === place) distinct.add(at(keys, place));
      else if (keys[first] !== keys[place]) return null;
    }
    if (distinct.size !== this.#placeOf.size) return null;
    return (value) => {
      const place = this.#placeOf.get(this.#keyOf(value));
      if (place === undefined) throw new RangeError(`${String(value)} is not in the program`);
      return at(values, place);
    };
  }
}

/** All sizes, steps and places of a program in a fixed order, after those that mean something to the scheduler. */
function numbersOf({ buffers, steps }: Program): readonly number[] {
  const numbers: number[] = [0, 1];
  for (const { length } of buffers) numbers.push(length);
  for (const step of steps) {
    if (step.kind !== "launch" && step.kind !== "template") continue;
    if (step.kind === "launch") numbers.push(...step.parallel, ...step.fold);
    else {
      const { batch, rows, columns, inner } = step.axes;
      numbers.push(...batch, ...rows, ...columns, ...inner);
    }
    for (const { offset, strides } of step.operands) numbers.push(offset, ...strides);
  }
  return numbers;
}

/** The numbers that kernels compute with. */
function scalarsOf({ steps }: Program): readonly ScalarValue[] {
  return steps.flatMap((step) =>
    step.kind === "launch" || step.kind === "template" ? step.scalars : [],
  );
}
