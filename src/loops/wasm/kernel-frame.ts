/** What all parts of a kernel's code share: its locals, arguments, pointers and loops. */
import { InternalError } from "../../base/errors.ts";
import { at } from "../../core/shape.ts";
import type { FunctionBuilder, Local } from "../../wasm/function-builder.ts";
import { childrenOf, type Expression } from "../expression.ts";
import { firstStates, type Kernel } from "../kernel.ts";
import { ArgumentLayout } from "./argument-layout.ts";
import { LocalPool } from "./emit-program.ts";
import { blockSpaceBytes } from "../../runtime/memory-layout.ts";
import { IndexWidths } from "./index-width.ts";
import type { KernelTarget } from "./kernel-target.ts";
import type { LoopShape } from "./loop-shape.ts";
import { bytesOf, kindOf, type LoweringContext } from "./lower-expression.ts";
import { isWide, type LaneKind, type Level, type ProgramBuilder } from "./program.ts";

/** How the elements of one run of a program are counted: all are there, some may lie beyond the end, or there is one. */
export type Remainder = "full" | "masked" | "single";

export class KernelFrame {
  readonly kernel: Kernel;
  readonly shape: LoopShape;
  readonly relaxed: boolean;
  readonly imports: KernelTarget;
  readonly f: FunctionBuilder;
  readonly args: Local;
  readonly begin: Local;
  readonly end: Local;
  readonly layout: ArgumentLayout;
  readonly pool: LocalPool;
  readonly widths: IndexWidths;
  readonly firstStates: readonly number[];
  readonly points: readonly number[];
  /** Positions along the axes; those of the vectorised axis are its first lane's. */
  readonly positions: readonly Local[];
  readonly rowPointers: readonly Local[];
  readonly rowBases: readonly Local[];
  readonly steps = new Map<number, Local>();
  readonly count: Local;
  readonly remainder: "masked" | "single";
  readonly sweeps: boolean;
  #valid: Local | null = null;
  #blockStart: Local | null = null;
  #blockPointer: Local | null = null;
  /** Instructions for each point, in all sweeps. */
  work = 0;

  constructor(target: KernelTarget, kernel: Kernel, shape: LoopShape) {
    const { module, relaxed } = target;
    this.imports = target;
    this.kernel = kernel;
    this.shape = shape;
    this.relaxed = relaxed;
    const f = module.function(
      kernel.name,
      { params: ["i32", "i32", "i32"], results: [] },
      { export: true },
    );
    this.f = f;
    this.args = f.parameter(0, "arguments");
    this.begin = f.parameter(1, "begin");
    this.end = f.parameter(2, "end");
    this.layout = new ArgumentLayout(kernel, shape);
    this.pool = new LocalPool(f);
    this.widths = new IndexWidths(kernel);
    this.firstStates = firstStates(kernel);
    this.points = kernel.operands.flatMap((slot, operand) =>
      slot.access === "point" ? [operand] : [],
    );
    const axes = shape.parallelAxes + shape.foldAxes;
    this.positions = Array.from({ length: axes }, (_, axis) => f.local("i32", `i${axis}`));
    this.rowPointers = kernel.rows.map((_, row) => f.local("i32", `row${row}`));
    this.rowBases = kernel.rows.map((_, row) => f.local("i32", `row${row}_start`));
    this.count = f.local("i32", "count");
    this.remainder = needsSingles(kernel, shape) ? "single" : "masked";
    this.sweeps = kernel.stages.some((own) => own.over === "sweep");
  }

  get foldIsVector(): boolean {
    return this.shape.vectorAxis === "fold";
  }

  /** The loops that take nearly all points. */
  get mainLoop(): Remainder {
    return this.shape.vectorAxis === "none" ? "single" : "full";
  }

  get vectorAxis(): number {
    const { parallelAxes, foldAxes } = this.shape;
    return this.foldIsVector ? parallelAxes + foldAxes - 1 : parallelAxes - 1;
  }

  argument(offset: number): void {
    this.f.get(this.args);
    this.f.load("i32.load", { offset });
  }

  /** Row buffers lie in the thread's own scratch space. */
  findRows(): void {
    const f = this.f;
    this.rowBases.forEach((base, row) => {
      f.call(this.imports.scratch);
      this.argument(this.layout.row(row));
      f.emit("i32.add");
      f.set(base);
    });
  }

  /** Where the thread keeps vectors between the pieces of a program: in front of its scratch space. */
  blockStart(): Local {
    if (this.#blockStart === null) {
      const start = this.f.local("i32", "block_start");
      this.#blockStart = start;
      this.f.atStart(() => {
        this.f.call(this.imports.scratch);
        this.f.i32Const(blockSpaceBytes);
        this.f.emit("i32.sub");
        this.f.set(start);
      });
    }
    return this.#blockStart;
  }

  blockPointer(): Local {
    this.#blockPointer ??= this.f.local("i32", "block_pointer");
    return this.#blockPointer;
  }

  /** Adds what a main loop computes at each point. */
  countWork({ instructions }: ProgramBuilder, lanes: 1 | 4): void {
    this.work += instructions.filter(({ level }) => level === 2).length / lanes;
  }

  startRows(): void {
    this.rowPointers.forEach((pointer, row) => {
      this.f.get(at(this.rowBases, row));
      this.f.set(pointer);
    });
  }

  advanceRows(elements: number): void {
    this.rowPointers.forEach((pointer, row) => {
      const type = at(this.kernel.rows, row);
      const wide = type === "index" || isWide(kindOf(type));
      this.f.increment(pointer, elements * (wide ? 8 : 4));
    });
  }

  /** Loops over axes [from, to), each with copies of the pointers that move along it. */
  nest(
    pointers: ReadonlyMap<number, Local>,
    from: number,
    to: number,
    body: (pointers: ReadonlyMap<number, Local>) => void,
  ): void {
    if (from >= to) {
      body(pointers);
      return;
    }
    const f = this.f;
    const position = at(this.positions, from);
    const own = new Map<number, Local>();
    for (const [operand, pointer] of pointers) {
      const copy = f.local("i32", `p${operand}_${from}`);
      f.get(pointer);
      f.set(copy);
      own.set(operand, copy);
    }
    f.i32Const(0);
    f.set(position);
    const size = f.local("i32", `n${from}`);
    this.argument(this.layout.size(from));
    f.set(size);
    const steps = new Map(
      [...own.keys()].map((operand) => {
        const step = f.local("i32", `step${operand}_${from}`);
        this.argument(this.layout.step(operand, from));
        f.set(step);
        return [operand, step] as const;
      }),
    );
    f.get(size);
    f.if(() => {
      f.loop((again) => {
        this.nest(own, from + 1, to, body);
        for (const [operand, pointer] of own) {
          f.get(pointer);
          f.get(at([steps.get(operand)], 0) ?? pointer);
          f.emit("i32.add");
          f.set(pointer);
        }
        f.increment(position, 1);
        f.get(position);
        f.get(size);
        f.emit("i32.lt_u");
        f.brIf(again);
      });
    });
  }

  /** Copies of the pointers that move along the vectorised axis, from `start` elements on. */
  movingPointers(pointers: ReadonlyMap<number, Local>, start: Local | null): Map<number, Local> {
    const f = this.f;
    const moving = new Map<number, Local>();
    for (const [operand, pointer] of pointers) {
      const copy = f.local("i32", `q${operand}`);
      const stepClass = this.shape.innerSteps[operand];
      f.get(pointer);
      if (stepClass === "s") this.loadStep(operand);
      if (start !== null && stepClass !== "z") {
        f.get(start);
        if (stepClass === "s") f.get(this.stepLocal(operand));
        else f.i32Const(bytesOf[at(this.kernel.operands, operand).type]);
        f.emit("i32.mul");
        f.emit("i32.add");
      }
      f.set(copy);
      moving.set(operand, copy);
    }
    return moving;
  }

  loadStep(operand: number): void {
    this.argument(this.layout.step(operand, this.vectorAxis));
    this.f.set(this.stepLocal(operand));
  }

  stepLocal(operand: number): Local {
    let local = this.steps.get(operand);
    if (local === undefined)
      this.steps.set(operand, (local = this.f.local("i32", `step${operand}`)));
    return local;
  }

  /** Leaves the condition `count < elements` for `then`. */
  whenTooFew(elements: number, then: () => void): void {
    const f = this.f;
    f.get(this.count);
    f.i32Const(elements);
    f.emit("i32.lt_s");
    then();
  }

  advanceElements(
    pointers: ReadonlyMap<number, Local>,
    elements: number,
    innerSteps: string,
  ): void {
    const f = this.f;
    for (const [operand, pointer] of pointers) {
      const stepClass = innerSteps[operand];
      if (stepClass === "z") continue;
      if (stepClass === "c") {
        f.increment(pointer, elements * bytesOf[at(this.kernel.operands, operand).type]);
        continue;
      }
      f.get(pointer);
      f.get(this.stepLocal(operand));
      if (elements > 1) {
        f.i32Const(elements);
        f.emit("i32.mul");
      }
      f.emit("i32.add");
      f.set(pointer);
    }
    f.increment(this.count, -elements);
    f.increment(at(this.positions, this.vectorAxis), elements);
  }

  context(options: {
    readonly lanes: 1 | 4;
    readonly sweep: boolean;
    /** Operands are read at one point, whatever their steps. */
    readonly splatAll: boolean;
    readonly first: number;
  }): LoweringContext {
    const { innerSteps, parallelAxes, foldAxes } = this.shape;
    const inColumns = this.sweeps && !this.foldIsVector;
    const vectorAxis = this.vectorAxis;
    return {
      widths: this.widths,
      typeOf: (operand) => at(this.kernel.operands, operand).type,
      accessOf: (operand) => {
        const stepClass = options.splatAll ? "z" : innerSteps[operand];
        const level: Level = inColumns && options.sweep ? 2 : 1;
        if (stepClass === "z") return { form: "splat", level };
        if (options.lanes === 1) return { form: "splat", level: 2 };
        return { form: stepClass === "c" ? "vector" : "strided", level: 2 };
      },
      positionAxis: (which) => {
        if (which === "fold" && foldAxes !== 1)
          throw new InternalError(`a fold position needs one fold axis, not ${foldAxes}`);
        const axis = which === "fold" ? parallelAxes : which;
        const varies = axis === vectorAxis;
        const isOuter = axis < parallelAxes && !varies;
        return { axis, varies: varies && options.lanes === 4, level: isOuter ? 1 : 2 };
      },
      stateInput: (state, other) => {
        const isEarlier = state < options.first;
        const name = other ? `other s${state}` : `s${state}`;
        return { name, level: isEarlier ? 1 : 2, perUnit: true };
      },
    };
  }

  stateKind(state: number, type: Expression["type"]): LaneKind {
    if (type !== "index") return kindOf(type);
    return this.widths.isNarrowState(state) ? "i32" : "i64";
  }

  validLocal(): Local {
    this.#valid ??= this.f.local("v128", "valid");
    return this.#valid;
  }
}

/** Whether lanes beyond the end must not even be read: where elements do not lie side by side, or data is checked. */
function needsSingles(kernel: Kernel, shape: LoopShape): boolean {
  if (shape.vectorAxis === "none" || shape.innerSteps.includes("s")) return true;
  if (kernel.operands.some((slot) => slot.access === "random")) return true;
  const seen = new Set<Expression>();
  const pending = kernel.stages.flatMap((own) => [
    ...own.states.map((state) => state.next),
    ...own.rows.map((row) => row.value),
    ...own.stores.map((store) => store.value),
  ]);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.kind === "checkedIndex") return true;
    if (next.kind === "arithmetic" && isIntegerDivision(next)) return true;
    pending.push(...childrenOf(next));
  }
  return false;
}

function isIntegerDivision({ operation, type }: Expression & { kind: "arithmetic" }): boolean {
  const divides =
    operation === "floorDivide" ||
    operation === "remainder" ||
    operation === "quotient" ||
    operation === "fmod";
  return divides && type !== "float32" && type !== "float64";
}

/** The input register of a part of a state. */
export function stateName(state: number, part: number): string {
  return `s${state}.${part}`;
}
