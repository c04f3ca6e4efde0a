/** A template and the pointwise launches that become its epilogue. */
import { at, sameShape, type Shape } from "../../core/shape.ts";
import type { Expression, ValueType } from "../../loops/expression.ts";
import type { ContractionKernel } from "../../loops/template.ts";
import type { Buffer, LaunchStep, Place, ScalarValue, TemplateStep } from "../program.ts";
import { rebuild } from "./intern-expressions.ts";
import { internContraction } from "./intern-kernel.ts";
import { launchForm } from "./launch-form.ts";
import { mayMeet, refineAxes, refineStrides, samePlace } from "./places.ts";

export class TemplateGroup {
  #step: TemplateStep;
  #isMatched = true;

  constructor(step: TemplateStep) {
    this.#step = step;
  }

  get step(): TemplateStep {
    return this.#step;
  }

  /** As `FusionGroup.isMatched`. */
  get isMatched(): boolean {
    return this.#isMatched;
  }

  /** The memory that the result goes to. */
  get output(): Buffer {
    return at(this.#step.operands, 0).buffer;
  }

  /** Lets the template store what `launch` makes of its result; only if nobody else reads that. Says whether it did. */
  join(launch: LaunchStep): boolean {
    const form = launchForm(launch);
    const stores = launch.kernel.stages.flatMap((stage) => stage.stores);
    const [store] = stores;
    const isRandom = launch.kernel.operands.some(({ access }) => access === "random");
    if (form === null || form.foldCount > 0 || form.isPinned || isRandom) return false;
    if (store === undefined || stores.length !== 1) return false;
    const places = this.#placesOf(launch, form.sizes, form.strides);
    if (places === null) return false;
    const result = at(this.#step.operands, 0);
    const target = at(places, store.operand);
    const loads = places.filter((_, index) => index !== store.operand);
    if (!loads.some((place) => samePlace(place, result))) return false;
    if (loads.some((place) => place.buffer === result.buffer && !samePlace(place, result)))
      return false;
    if (!this.#mayWrite(target, loads)) return false;
    const outer = this.#axes().outer.filter((size) => size !== 1);
    const others = [...this.#step.operands.slice(3), ...loads];
    this.#isMatched &&=
      sameShape(form.sizes, outer) &&
      others.every((place) => place.buffer !== target.buffer || samePlace(place, target));
    this.#append(launch, places, store.operand, store.value);
    return true;
  }

  /** Sizes of the axes of the output, and of the inner ones. */
  #axes(): { readonly outer: Shape; readonly inner: Shape } {
    const { batch, rows, columns, inner } = this.#step.axes;
    return { outer: [...batch, ...rows, ...columns], inner };
  }

  /** Places along the axes of the template; null if the launch walks others. */
  #placesOf(launch: LaunchStep, sizes: Shape, strides: readonly Shape[]): readonly Place[] | null {
    const { outer, inner } = this.#axes();
    const kept = outer.flatMap((size, axis) => (size === 1 ? [] : [axis]));
    const own = kept.map((axis) => at(outer, axis));
    if (own.includes(0) || refineAxes(own, sizes)?.length !== own.length) return null;
    const result = at(this.#step.operands, 0);
    return launch.operands.map((place, index) => {
      const refined = refineStrides(sizes, at(strides, index), own);
      // The result's own steps along axes of size 1, so that its place is recognised.
      const isResult = place.buffer === result.buffer;
      const all = [...outer, ...inner].map((_, axis) => {
        const position = kept.indexOf(axis);
        return position >= 0 ? at(refined, position) : isResult ? at(result.strides, axis) : 0;
      });
      return { ...place, strides: all };
    });
  }

  /** The factors are read while results are stored. */
  #mayWrite(target: Place, loads: readonly Place[]): boolean {
    const { operands } = this.#step;
    const { outer, inner } = this.#axes();
    const sizes = [...outer, ...inner];
    const factors = operands.slice(1, 3);
    if (factors.some(({ buffer }) => buffer === target.buffer)) return false;
    return [...operands.slice(3), ...loads].every(
      (place) => samePlace(place, target) || !mayMeet(place, target, sizes),
    );
  }

  #append(
    launch: LaunchStep,
    places: readonly Place[],
    stored: number,
    storedValue: Expression,
  ): void {
    const { kernel, operands: own } = this.#step;
    const result = at(own, 0);
    const operands: Place[] = [at(places, stored), ...own.slice(1)];
    const types = [at(launch.kernel.operands, stored).type, ...kernel.operands.slice(1)];
    const scalars: ScalarValue[] = [...this.#step.scalars];
    const scalarTypes: ValueType[] = [...kernel.scalars];
    const memo = new Map<Expression, Expression>();
    const leaf = (expression: Expression): Expression => {
      if (expression.kind === "scalar") {
        scalarTypes.push(expression.type);
        return { ...expression, slot: scalars.push(at(launch.scalars, expression.slot)) - 1 };
      }
      if (expression.kind !== "load") return expression;
      const place = at(places, expression.operand);
      if (samePlace(place, result)) return kernel.value;
      types.push(at(launch.kernel.operands, expression.operand).type);
      return { ...expression, operand: operands.push(place) - 1 };
    };
    const rewrite = (expression: Expression): Expression => {
      let known = memo.get(expression);
      if (known === undefined) memo.set(expression, (known = rebuild(expression, rewrite, leaf)));
      return known;
    };
    const value = rewrite(storedValue);
    const name = `${kernel.name}_${launch.kernel.name.replace(/^[a-z]+_/, "")}`;
    const fused: ContractionKernel = {
      kind: "contraction",
      name,
      operands: types,
      scalars: scalarTypes,
      value,
    };
    const origins = [...new Set([...this.#step.origins, ...launch.origins])];
    this.#step = { ...this.#step, origins, kernel: internContraction(fused), operands, scalars };
  }
}
