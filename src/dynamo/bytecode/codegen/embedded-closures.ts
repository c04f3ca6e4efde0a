/**
 * Closures written out in the generated function, where the engine sees which function a callback is and can inline it
 * (bench: residual code, callbacks). Long ones are made by the runtime: their text would stand in every continuation.
 */

import {
  canPassByValue,
  type GivenName,
  type Passing,
  writeFactory,
} from "../closures/closure-factory.ts";
import type { Child, Code } from "../code.ts";
import { syntaxOf } from "../lower/source-of.ts";

/** In characters. */
const longClosure = 500;

/** The variables of the frame, as generated code names them. */
interface FrameNames {
  local(slot: number): string;
  captureCell(index: number): string;
  /** Whether the cell in a slot is out of its temporal dead zone where the closure is made. */
  isInitialized(slot: number): boolean;
}

export class EmbeddedClosures {
  readonly #code: Code;
  readonly #names: FrameNames;
  /** The variable of each factory by its text. */
  readonly #factories = new Map<string, string>();

  constructor(code: Code, names: FrameNames) {
    this.#code = code;
    this.#names = names;
  }

  /** An expression that makes the closure; null: it is not written out. `frame` is its `this` and `new.target`. */
  expression(index: number, name: string | null, frame: string, cells: string): string | null {
    const child = this.#code.children[index];
    if (child === undefined || child.kind === "class") return null;
    if (child.span.end - child.span.start > longClosure) return null;
    const passed = this.#passed(child);
    const given: GivenName = name === null ? { kind: "none" } : { kind: "literal", value: name };
    const passing = passed.map(({ how }) => how);
    const written = writeFactory(child, passing, given);
    // What a direct eval sees is not text.
    if (written.sites.length > 0) return null;
    const factory = this.#factory(written.text);
    const list = [
      frame,
      name === null ? "null" : JSON.stringify(name),
      ...passed.map(({ text }) => text),
    ];
    return `$mark(${factory}(${list.join(",")}),${index},[${cells}],${frame})`;
  }

  #passed(child: Child): readonly { readonly how: Passing; readonly text: string }[] {
    const { variables } = syntaxOf(child);
    return child.captures.map(({ from }, i) => {
      if (from.kind !== "local")
        return {
          how: "cell",
          text: from.kind === "capture" ? this.#names.captureCell(from.index) : "void 0",
        };
      const text = this.#names.local(from.slot);
      const variable = variables[i];
      if (variable === undefined || !this.#names.isInitialized(from.slot))
        return { how: "cell", text };
      return canPassByValue(variable)
        ? { how: "value", text: `${text}.raw` }
        : { how: "initialized", text };
    });
  }

  #factory(text: string): string {
    let variable = this.#factories.get(text);
    if (variable === undefined) {
      variable = `$f${this.#factories.size}`;
      this.#factories.set(text, variable);
    }
    return variable;
  }

  /** The function's text with its factories around it. */
  around(text: string): string {
    if (this.#factories.size === 0) return text;
    const declarations = [...this.#factories].map(([factory, name]) => `${name}=${factory}($r)`);
    return `(function(){const ${declarations.join(",\n")};\nreturn ${text}})()`;
  }
}
