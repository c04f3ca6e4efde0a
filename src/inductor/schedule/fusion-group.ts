/** Launches that become one kernel: their operands, values and stores over common axes. */
import { InternalError } from "../../base/errors.ts";
import { at, numelOf, sameShape, type Shape } from "../../core/shape.ts";
import {
  constant,
  type Expression,
  foldPosition,
  position,
  type ValueType,
} from "../../loops/expression.ts";
import type { FoldState } from "../../loops/kernel.ts";
import type { Buffer, LaunchStep, Place, ScalarValue } from "../program.ts";
import { config } from "../config.ts";
import { costModel } from "./cost-model.ts";
import { ExpressionPool } from "./intern-expressions.ts";
import { type LaunchForm, launchForm } from "./launch-form.ts";
import { mayMeet, refineAxes, refineStrides, samePlace } from "./places.ts";
import { scalarKey } from "./scalar-key.ts";

/** Something read: a load at each point, or memory read at random. */
export interface GroupOperand {
  readonly access: "point" | "random";
  readonly type: Expression["type"];
  place: Place;
}

/** A value that goes to memory: at every point of all axes (`all`), or once for each point of the parallel ones. */
export interface GroupStore {
  place: Place;
  readonly value: Expression;
  readonly level: Level;
}

export type Level = "all" | "rows";

/** A fold; its states are numbered from `firstState` in the group. */
export interface GroupFold {
  readonly firstState: number;
  readonly states: readonly FoldState[];
  readonly combine: readonly Expression[] | null;
}

/** The value that a place in memory has while the kernel runs. */
interface Known {
  place: Place;
  value: Expression;
}

/**
 * Grows launch by launch. All places have one stride per axis of `sizes`; the last `foldCount` of these are fold axes.
 * Expressions refer to `operands`, `scalars` and states of the group by number.
 */
export class FusionGroup {
  readonly steps: LaunchStep[] = [];
  sizes: Shape;
  foldCount: number;
  readonly operands: GroupOperand[] = [];
  readonly scalars: { readonly type: ValueType; readonly value: ScalarValue }[] = [];
  readonly #storesOf = new Map<Buffer, GroupStore[]>();
  readonly folds: GroupFold[] = [];
  stateCount = 0;
  /** Positions along axes are used: the axes must stay as they are. */
  #isPinned = false;
  readonly #pool = new ExpressionPool();
  readonly #knownOf = new Map<Buffer, Known[]>();
  #valueCount = 0;

  constructor(step: LaunchStep) {
    const form = launchForm(step);
    this.sizes = form === null ? [] : form.sizes;
    this.foldCount = form?.foldCount ?? 0;
    this.steps.push(step);
    if (form !== null) this.#absorb(step, form, this.sizes, "all");
    this.isOpen = form !== null;
  }

  /** False: nothing can join. */
  readonly isOpen: boolean;

  get stores(): readonly GroupStore[] {
    return [...this.#storesOf.values()].flat();
  }

  get foldSizes(): Shape {
    return this.sizes.slice(this.sizes.length - this.foldCount);
  }

  get parallelSizes(): Shape {
    return this.sizes.slice(0, this.sizes.length - this.foldCount);
  }

  /** So little work that calling a kernel costs more. */
  get isSmall(): boolean {
    return numelOf(this.sizes) <= costModel.smallPoints;
  }

  /**
   * Whether the launches fit each other for the mere equality of their sizes and places: the axes of none had to be taken
   * apart, and where one of them writes to memory that another one uses, it is at the same place.
   */
  get isMatched(): boolean {
    const forms = this.steps.map((step) => ({ step, form: launchForm(step) }));
    const places: { readonly place: Place; readonly isStore: boolean }[] = [];
    for (const { step, form } of forms) {
      if (form === null) return this.steps.length === 1;
      const rank = form.sizes.length;
      const isRows = rank < this.sizes.length;
      if (!sameShape(form.sizes, isRows ? this.parallelSizes : this.sizes)) return false;
      const zeros = new Array<number>(this.sizes.length - rank).fill(0);
      step.operands.forEach((place, index) => {
        if (at(step.kernel.operands, index).access === "random") return;
        const strides = [...at(form.strides, index), ...zeros];
        places.push({ place: { ...place, strides }, isStore: form.stored.has(index) });
      });
    }
    return places.every(
      ({ place, isStore }) =>
        !isStore ||
        places.every(
          (other) => other.place.buffer !== place.buffer || samePlace(other.place, place),
        ),
    );
  }

  /** Whether any operand or store of the group is in one of the buffers. */
  touches(buffers: ReadonlySet<Buffer>): boolean {
    return (
      this.operands.some(({ place }) => buffers.has(place.buffer)) ||
      [...buffers].some((buffer) => this.#storesOf.has(buffer))
    );
  }

  /**
   * Takes a launch in if that gives the same results and pays; says whether it did. `hasOneReader` tells of memory that
   * needs no store once its only reader is in the group.
   */
  join(step: LaunchStep, hasOneReader: (buffer: Buffer) => boolean): boolean {
    const form = launchForm(step);
    if (form === null || !this.isOpen) return false;
    const fit = this.#fit(form);
    if (fit === null || !this.#canAfford(step, form, fit, hasOneReader)) return false;
    const places = this.#placesOf(step, form, fit);
    if (places === null || !this.#isSafe(step, form, places, fit)) return false;
    this.#refine(fit.sizes);
    this.foldCount = fit.foldCount;
    this.steps.push(step);
    this.#absorb(step, form, fit.launchAxes, fit.level);
    return true;
  }

  /** Common axes with a launch, or null. */
  #fit(form: LaunchForm): Fit | null {
    const total = numelOf(this.sizes);
    const points = numelOf(form.sizes);
    if (form.foldCount > 0) return this.#fitFold(form, total, points);
    if (points === total) return this.#fitAll(form, this.foldSizes);
    const rows = numelOf(this.parallelSizes);
    if (this.foldCount === 0 || points !== rows) return null;
    const parallel = refineAxes(this.parallelSizes, form.sizes);
    if (parallel === null) return null;
    const sizes = [...parallel, ...this.foldSizes];
    return this.#checked(
      { sizes, foldCount: this.foldCount, level: "rows", launchAxes: parallel },
      form,
    );
  }

  #fitFold(form: LaunchForm, total: number, points: number): Fit | null {
    if (points !== total) return null;
    const launchFolds = form.sizes.slice(form.sizes.length - form.foldCount);
    const launchRows = form.sizes.slice(0, form.sizes.length - form.foldCount);
    if (this.foldCount === 0)
      return this.#overwritesInputs() ? null : this.#fitAll(form, launchFolds);
    if (numelOf(launchFolds) !== numelOf(this.foldSizes)) return null;
    const parallel = refineAxes(this.parallelSizes, launchRows);
    const folds = refineAxes(this.foldSizes, launchFolds);
    if (parallel === null || folds === null) return null;
    const sizes = [...parallel, ...folds];
    return this.#checked({ sizes, foldCount: folds.length, level: "all", launchAxes: sizes }, form);
  }

  #fitAll(form: LaunchForm, folds: Shape): Fit | null {
    const sizes = refineAxes(this.sizes, form.sizes);
    if (sizes === null) return null;
    // The border between parallel and fold axes is a border of the refined axes, since it is one of either list.
    let foldCount = 0;
    for (let points = 1; points < numelOf(folds); foldCount++)
      points *= at(sizes, sizes.length - 1 - foldCount);
    return this.#checked({ sizes, foldCount, level: "all", launchAxes: sizes }, form);
  }

  /** In a kernel of several sweeps a later one would read what an earlier one wrote. */
  #overwritesInputs(): boolean {
    return this.operands.some(({ place }) => this.#storesOf.has(place.buffer));
  }

  #checked(fit: Fit, form: Pick<LaunchForm, "sizes" | "isPinned">): Fit | null {
    const unchanged = fit.sizes.length === this.sizes.length && fit.foldCount === this.foldCount;
    if (this.#isPinned && !unchanged) return null;
    if (!form.isPinned) return fit;
    // A sweep over several axes has no position along one of them.
    const isWithinSweep = fit.level === "all" && fit.foldCount > 1;
    return isWithinSweep || fit.launchAxes.length !== form.sizes.length ? null : fit;
  }

  #canAfford(
    step: LaunchStep,
    form: LaunchForm,
    fit: Fit,
    hasOneReader: (buffer: Buffer) => boolean,
  ): boolean {
    // Axes that neither has would break up what both walk in one go.
    if (fit.sizes.length > Math.max(this.sizes.length, form.sizes.length + padding(fit)))
      return false;
    if (this.operands.length + step.operands.length > costModel.maximumOperands) return false;
    if (this.#valueCount > config.max_fusion_size) return false;
    const row = numelOf(fit.sizes.slice(fit.sizes.length - fit.foldCount));
    const sweeps = this.folds.length + (form.foldCount > 0 ? 1 : 0);
    const needsRows =
      fit.level === "all" && fit.foldCount > 0 && (sweeps > 1 || form.foldCount === 0);
    if (needsRows && row > costModel.maximumRow) return false;
    // A long fold by itself is split among threads; with stores at every point it cannot be.
    const rows = numelOf(fit.sizes) / Math.max(row, 1);
    const isLong = fit.foldCount > 0 && rows < costModel.fewRows && row > costModel.splittableFold;
    if (!isLong || fit.level === "rows") return true;
    return this.folds.length === 0 && [...this.#storesOf.keys()].every(hasOneReader);
  }

  /** The launch's places over the common axes. */
  #placesOf(step: LaunchStep, form: LaunchForm, fit: Fit): readonly Place[] | null {
    const zeros = new Array<number>(padding(fit)).fill(0);
    return step.operands.map((place, index) => {
      if (at(step.kernel.operands, index).access === "random") return place;
      const strides = refineStrides(form.sizes, at(form.strides, index), fit.launchAxes);
      return { ...place, strides: [...strides, ...zeros] };
    });
  }

  /** Whether reads and writes meet only at the same point of the common axes. */
  #isSafe(step: LaunchStep, form: LaunchForm, places: readonly Place[], fit: Fit): boolean {
    const { sizes } = fit;
    const refined = (place: Place): Place => ({
      ...place,
      strides: refineStrides(this.sizes, place.strides, sizes),
    });
    const isStaged = fit.foldCount > 0;
    for (const [index, place] of places.entries()) {
      const isRandom = at(step.kernel.operands, index).access === "random";
      const isStore = form.stored.has(index);
      const stores = this.#storesOf.get(place.buffer) ?? [];
      if (isRandom) {
        if (stores.length > 0) return false;
        continue;
      }
      for (const store of stores) {
        const own = refined(store.place);
        if (!mayMeet(own, place, sizes)) continue;
        if (!samePlace(own, place)) return false;
        // A row's value is there once the sweep is over, and for all of the row.
        if (isStore && isStaged) return false;
      }
      if (!isStore) continue;
      for (const operand of this.operands) {
        if (operand.place.buffer !== place.buffer) continue;
        if (operand.access === "random" || isStaged) return false;
        const own = refined(operand.place);
        if (mayMeet(own, place, sizes) && !samePlace(own, place)) return false;
      }
      if (
        isStaged &&
        places.some((other, at2) => !form.stored.has(at2) && other.buffer === place.buffer)
      )
        return false;
    }
    return true;
  }

  #refine(sizes: Shape): void {
    if (sizes.length === this.sizes.length) return;
    const refined = (place: Place): Place => ({
      ...place,
      strides: refineStrides(this.sizes, place.strides, sizes),
    });
    for (const operand of this.operands)
      if (operand.access === "point") operand.place = refined(operand.place);
    for (const store of this.stores) store.place = refined(store.place);
    for (const known of [...this.#knownOf.values()].flat()) known.place = refined(known.place);
    this.sizes = sizes;
  }

  /** Adds the launch's values and stores; everything was found to fit. */
  #absorb(step: LaunchStep, form: LaunchForm, launchAxes: Shape, level: Level): void {
    const fit: Fit = { sizes: this.sizes, foldCount: this.foldCount, level, launchAxes };
    const places = this.#placesOf(step, form, fit) ?? [];
    const firstState = this.stateCount;
    const leaf = (expression: Expression): Expression => {
      switch (expression.kind) {
        case "load":
          return this.#load(at(places, expression.operand), expression.type);
        case "gather":
          return {
            ...expression,
            operand: this.#operand("random", at(places, expression.operand), expression.type),
          };
        case "scalar":
          return {
            ...expression,
            slot: this.#scalar(expression.type, at(step.scalars, expression.slot)),
          };
        case "state":
        case "otherState":
          return { ...expression, state: expression.state + firstState };
        case "position":
          this.#isPinned = true;
          return this.#position(form.axisOf(expression.axis));
        case "foldPosition":
          this.#isPinned = true;
          return this.#position(form.foldAxis());
        default:
          return expression;
      }
    };
    const memo = new Map<Expression, Expression>();
    const rewrite = (expression: Expression): Expression =>
      this.#pool.rewrite(expression, leaf, memo);
    const known: Known[] = [];
    for (const stage of step.kernel.stages) {
      if (stage.states.length > 0) {
        this.folds.push({
          firstState,
          states: stage.states.map((state) => ({
            type: state.type,
            initial: rewrite(state.initial),
            next: rewrite(state.next),
          })),
          combine: stage.combine?.map(rewrite) ?? null,
        });
        this.stateCount += stage.states.length;
      }
      for (const store of stage.stores) {
        const place = at(places, store.operand);
        const value = rewrite(store.value);
        const storeLevel = stage.over === "once" ? "rows" : level;
        known.push({ place, value });
        const others = (this.#storesOf.get(place.buffer) ?? []).filter(
          (each) => !samePlace(each.place, place),
        );
        this.#storesOf.set(place.buffer, [...others, { place, value, level: storeLevel }]);
      }
    }
    this.#valueCount += memo.size;
    // Only now: all of a launch's loads come before its stores.
    for (const entry of known) this.#remember(entry);
  }

  #remember(entry: Known): void {
    const known = this.#knownAt(entry.place);
    if (known !== undefined) known.value = entry.value;
    else {
      const entries = this.#knownOf.get(entry.place.buffer);
      if (entries === undefined) this.#knownOf.set(entry.place.buffer, [entry]);
      else entries.push(entry);
    }
  }

  #knownAt(place: Place): Known | undefined {
    return this.#knownOf.get(place.buffer)?.find((each) => samePlace(each.place, place));
  }

  #load(place: Place, type: Extract<Expression, { kind: "load" }>["type"]): Expression {
    const known = this.#knownAt(place);
    if (known !== undefined) return known.value;
    const operand = this.#operand("point", place, type);
    const value = this.#pool.intern({ kind: "load", type, operand });
    this.#remember({ place, value });
    return value;
  }

  #operand(access: GroupOperand["access"], place: Place, type: Expression["type"]): number {
    const known = this.operands.findIndex(
      (each) => each.access === access && samePlace(each.place, place),
    );
    return known >= 0 ? known : this.operands.push({ access, place, type }) - 1;
  }

  #scalar(type: ValueType, value: ScalarValue): number {
    const key = scalarKey(value);
    const known = this.scalars.findIndex(
      (each) => each.type === type && scalarKey(each.value) === key,
    );
    return known >= 0 ? known : this.scalars.push({ type, value }) - 1;
  }

  /** The position along an axis of the launch, whose axes are those of the group. */
  #position(axis: number | null): Expression {
    if (axis === null) return constant("index", 0);
    const rank = this.sizes.length - this.foldCount;
    if (axis < rank) return position(axis);
    if (this.foldCount === 1) return foldPosition;
    throw new InternalError("positions along several fold axes");
  }
}

interface Fit {
  /** The common axes, fold axes last. */
  readonly sizes: Shape;
  readonly foldCount: number;
  readonly level: Level;
  /** The axes that the launch walks: all, or the parallel ones. */
  readonly launchAxes: Shape;
}

/** The axes at the end that the launch does not walk. */
const padding = ({ sizes, launchAxes }: Fit): number => sizes.length - launchAxes.length;
