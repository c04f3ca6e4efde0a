import type { Graph } from "../../fx/graph.ts";
import type { Node } from "../../fx/node.ts";
import type { SideEffect } from "../side-effects.ts";
import { keyText } from "../variables/source.ts";
import type { ResidualWriter } from "./residual-writer.ts";

/** Writes the side effects of a capture, in program order. */
export class EffectWriter {
  readonly #effects: { readonly afterCall: number; readonly statements: readonly string[] }[] = [];

  constructor(writer: ResidualWriter, effects: readonly SideEffect[]) {
    for (const effect of effects) {
      const before = writer.body.length;
      writer.body.push(effectText(writer, effect));
      this.#effects.push({ afterCall: effect.afterCall, statements: writer.body.slice(before) });
    }
  }

  /**
   * For when the graph throws: the effects of what ran before, in order. `failed` is the call that threw. An object is
   * written as it is in the end: one that holds a later result stops the replay, which would show it too early.
   */
  beforeFailure(graph: Graph, outputs: readonly Node[]): readonly string[] {
    const calls: readonly Node[] = graph.calls;
    const replay: string[] = [];
    for (const { afterCall, statements } of this.#effects) {
      const used = statements.join("\n").matchAll(/\bg\[(\d+)\]/g);
      for (const [, index] of used) {
        const output = outputs[Number(index)];
        const name = output === undefined ? null : output.name;
        if (calls.findIndex((call) => call.name === name) >= afterCall) return replay;
      }
      replay.push(`if (failed < ${afterCall}) throw error;`, ...statements);
    }
    return replay;
  }
}

function effectText(writer: ResidualWriter, effect: SideEffect): string {
  switch (effect.kind) {
    case "setProperty": {
      const value = writer.value(effect.value);
      return `${writer.value(effect.target)}${keyText(effect.key, writer)} = ${value};`;
    }
    case "setPrivate": {
      const value = writer.value(effect.value);
      return `${writer.textOf(effect.name)}.set(${writer.value(effect.target)}, ${value});`;
    }
    case "deleteProperty":
      return `delete ${writer.value(effect.target)}${keyText(effect.key, writer)};`;
    case "call":
    case "log": {
      const args = effect.args.map((arg) => writer.value(arg));
      return `R.apply(${writer.textOf(effect.callee)}, ${writer.value(effect.receiver)}, [${args.join(", ")}]);`;
    }
    case "storeCell": {
      const value = writer.value(effect.value);
      const isOuter = effect.cell.source?.kind === "pinned";
      return `${writer.cell(effect.cell)}.${isOuter ? "v" : "raw"} = ${value};`;
    }
  }
}
