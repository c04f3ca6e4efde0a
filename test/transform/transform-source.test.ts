import { describe, expect, test } from "vitest";
import { withoutInsertions } from "../../src/dynamo/source/insertions.ts";
import { type ClosureOption, transformSource } from "../../src/transform/transform-source.ts";

function transformed(text: string, closures: ClosureOption = "compile-sites"): string {
  return transformSource(text, closures)?.text ?? "unchanged";
}

/** Without the module's table. */
const body = (text: string): string => text.slice(text.indexOf("/*>fullgraph*/;") + 15);

describe("the table of a module", () => {
  test("has a reader for what functions use, and a writer for what anybody assigns", () => {
    const text = transformed("let a = 1; const b = 2; let own = 3; f = () => a++ + b");
    expect(text).toContain(
      '"a":{get:()=>a,set:$fullgraph_value=>{a=$fullgraph_value}},"b":{get:()=>b}}',
    );
    expect(text).not.toContain('"own"');
  });

  test.each([
    ["#! of a script", "#!/usr/bin/env node\nf = () => 1", "#!/usr/bin/env node;let "],
    ["directives", '"use strict"\nf = () => 1', '"use strict";let '],
  ])("stands behind %s", (_, text, start) => {
    expect(transformed(text).replace("node\n;", "node;")).toContain(start);
  });

  test("has what imports as the module does, if the module does so while it runs", () => {
    expect(transformed("f = () => import('./g.js')")).toContain(
      "{at:()=>0,importer:(s,o)=>import(/*@vite-ignore*/s,o),",
    );
    expect(transformed('import g from "./g.js"; f = () => g')).not.toContain("importer");
  });

  test("adds no line", () => {
    const text = 'import x from "y";\nexport const f = () =>\n  x;\n';
    expect(transformed(text).split("\n")).toHaveLength(text.split("\n").length);
  });
});

describe("a call of compile", () => {
  test("hands the variables around the function over", () => {
    const text = transformed("function g(n) { return torch.compile((x) => x + n, {}) }");
    expect(body(text)).toBe(
      'function g(n) { return torch.compile(/*fullgraph<*/$fullgraph.fn(/*>fullgraph*/(x) => x + n/*fullgraph<*/,{variables:{__proto__:null,"n":{get:()=>n}}})/*>fullgraph*/, {}) }',
    );
  });

  test("knows a constant that stands for a function, also one that esbuild gave its name back", () => {
    const text = "function g(n) { const f = __name(() => n, 'f'); return compile(f) }";
    expect(transformed(text)).toContain("compile(/*fullgraph<*/$fullgraph.fn(/*>fullgraph*/f");
  });

  test("leaves out what means something else there", () => {
    const text = "function g(n) { const f = () => n; { let n = 2; return compile(f) } }";
    expect(body(transformed(text))).toBe(text);
  });

  test("is left alone where the function uses nothing of functions around it", () => {
    const text = "const k = 1; export const f = compile((x) => x + k);";
    expect(body(transformed(text))).toBe(text);
  });
});

describe("probes", () => {
  test("stand before the first statement, behind directives", () => {
    const text = "function g(n) { return function () { 'use strict'; return n } }";
    expect(body(transformed(text, "probe"))).toContain(
      "'use strict';/*fullgraph<*/if($fullgraph.on)",
    );
  });

  test("turn a concise body into a choice", () => {
    const text = "const g = (n) => () => ({ n })";
    expect(body(transformed(text, "probe"))).toMatch(
      /\(\/\*fullgraph<\*\/\$fullgraph\.on\?.*:\(\/\*>fullgraph\*\/\{ n \}\/\*fullgraph<\*\/\)\/\*>fullgraph\*\/\)$/,
    );
  });

  test("are left out of functions that use only the module", () => {
    const text = "let m = 1; function g(n) { return n + m }";
    expect(body(transformed(text, "probe"))).toBe(text);
  });
});

test.each(["none", "compile-sites", "probe"] as const)(
  "what %s puts in can be taken out again",
  (closures) => {
    const text = `class A { #p = 1; m() { return this.#p } }
function g(n) { class B { b() { return n } } return [compile(() => this.x + n), () => n++, B]; }`;
    const result = transformed(text, closures);
    expect(withoutInsertions(result).replace(";let $fullgraph;", "")).toBe(text);
  },
);

test.each([
  ["text that is no JavaScript", "const x: number = () => 1"],
  ["a module without functions", "export const a = 1;"],
  ["a module that was transformed", "let $fullgraph; f = () => 1"],
])("%s is left as it is", (_, text) => {
  expect(transformed(text)).toBe("unchanged");
});
