import type { FunctionBuilder, Local } from "../../../../../wasm/function-builder.ts";
import { f32x4 } from "../../../../../wasm/vector-constant.ts";

/** `target = Σ factor · source`, one after the other; targets may be sources of later ones. */
export type LinearProgram = readonly {
  readonly target: string;
  readonly terms: readonly (readonly [factor: number, source: string])[];
}[];

/** Computes a linear program on vectors of float32 in locals; every name of the program has one. */
export class LinearEmitter {
  readonly #f: FunctionBuilder;
  readonly #program: LinearProgram;
  readonly #relaxed: boolean;
  readonly #locals = new Map<string, Local>();

  constructor(f: FunctionBuilder, program: LinearProgram, relaxed: boolean) {
    this.#f = f;
    this.#program = program;
    this.#relaxed = relaxed;
  }

  local(name: string): Local {
    let local = this.#locals.get(name);
    if (local === undefined) this.#locals.set(name, (local = this.#f.local("v128", name)));
    return local;
  }

  emit(): void {
    const f = this.#f;
    for (const { target, terms } of this.#program) {
      // What is not scaled comes first, so that the rest can be multiplied and added in one.
      const ordered = [...terms].sort(([a], [b]) => rank(a) - rank(b));
      ordered.forEach(([factor, source], index) => {
        if (index === 0) this.#pushFirst(factor, source);
        else this.#add(factor, source, target);
        f.set(this.local(target));
      });
    }
  }

  #pushFirst(factor: number, source: string): void {
    const f = this.#f;
    f.get(this.local(source));
    if (factor === 1) return;
    f.get(f.constant(f32x4(factor)));
    f.emit("f32x4.mul");
  }

  #add(factor: number, source: string, target: string): void {
    const f = this.#f;
    const [x, sum] = [this.local(source), this.local(target)];
    if (Math.abs(factor) === 1) {
      f.get(sum);
      f.get(x);
      f.emit(factor === 1 ? "f32x4.add" : "f32x4.sub");
    } else if (this.#relaxed) {
      f.get(x);
      f.get(f.constant(f32x4(factor)));
      f.get(sum);
      f.emit("f32x4.relaxed_madd");
    } else {
      f.get(sum);
      f.get(x);
      f.get(f.constant(f32x4(factor)));
      f.emit("f32x4.mul");
      f.emit("f32x4.add");
    }
  }
}

function rank(factor: number): number {
  return factor === 1 ? 0 : factor === -1 ? 1 : 2;
}
