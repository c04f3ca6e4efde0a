import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Comment, parse, type Token } from "acorn";
import { build, type InlineConfig } from "tsdown";
import { firstLine, moduleUrlVariable } from "../../src/node/script-of-module.ts";
import { listOps } from "./list-ops.ts";
import { splitOps } from "./split-ops.ts";
import { stripFacts } from "./strip-facts.ts";

/**
 * Builds `dist/`: `index.js` with everything in it, for browsers, bundlers and other engines; `node.js`, which starts
 * that one faster on Node; and what `node --import fullgraph/register` loads, which must not depend on either.
 */
const shared = {
  config: false,
  format: "esm",
  target: "node20",
  platform: "neutral",
  clean: false,
  fixedExtension: false,
  deps: { alwaysBundle: [/^acorn$/, /^@jridgewell\//], onlyBundle: false },
  logLevel: "warn",
  // Users see the names of our functions and classes, and our lines where an error is not caught: both stay readable.
  checks: { pluginTimings: false },
  minify: {
    mangle: { toplevel: true, keepNames: { function: true, class: true } },
    compress: { keepNames: { function: true, class: true } },
    codegen: { removeWhitespace: false },
  },
  // "sideEffects": false speaks about the bundle as a whole: modules that install something on import stay in it.
  treeshake: { moduleSideEffects: [{ test: /[/\\]src[/\\]/, sideEffects: true }] },
} satisfies InlineConfig;

rmSync("dist", { recursive: true, force: true });
const names: string[] = [];
await build({
  ...shared,
  entry: { index: "src/index.ts" },
  dts: false,
  define: {
    "import.meta.url": moduleUrlVariable,
    FULLGRAPH_SOURCES: JSON.stringify(digestOfSources()),
  },
  plugins: [
    {
      name: "facts for tests and documentation",
      transform: { order: "pre", handler: (text, path) => stripFacts(text, path) },
    },
    {
      name: "functions of operators when they are called",
      transform: {
        order: "pre",
        handler: (text, path) => listOps(text, path) ?? splitOps(text, path),
      },
    },
    {
      name: "a text that can run as a script",
      generateBundle: (_options, bundle) => {
        const chunk = bundle["index.js"];
        if (chunk?.type !== "chunk") throw new Error("no index.js was built");
        if (chunk.imports.length > 0) throw new Error(`index.js imports ${chunk.imports.join()}`);
        names.push(...chunk.exports);
        chunk.code = `${firstLine}\n${escapeNonAscii(withoutSpaces(withoutComments(chunk.code)))}`;
      },
    },
  ],
});
await build({
  ...shared,
  entry: { index: "src/index.ts" },
  dts: { emitDtsOnly: true },
  // Tensor is Disposable: a project that lists older libraries needs the declaration of that.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
});
const digest = createHash("sha256").update(readFileSync("dist/index.js")).digest("hex");
await build({
  ...shared,
  entry: { node: "src/node/entry.ts" },
  platform: "node",
  dts: false,
  define: { FULLGRAPH_BUILD: JSON.stringify(digest.slice(0, 16)) },
  plugins: [
    {
      name: "the library's exports",
      renderChunk: (text) => {
        const locals = names.map((name, i) => `${name}: export${i}`);
        const exports = names.map((name, i) => `export${i} as ${name}`);
        return `${text.replace(/export\s*\{\s*library\s*\};?/, "")}
const { ${locals.join(", ")} } = library;
export { ${exports.join(", ")} };`;
      },
    },
  ],
});
await build({
  ...shared,
  entry: {
    register: "src/transform/register.ts",
    "loader-thread": "src/transform/loader-thread.ts",
  },
  platform: "node",
  dts: true,
});

/** What the library's own code is told apart by, where kernels are kept for later processes. */
function digestOfSources(): string {
  const hash = createHash("sha256");
  for (const path of readdirSync("src", { recursive: true, encoding: "utf8" }).sort())
    if (path.endsWith(".ts")) hash.update(`${path}\n`).update(readFileSync(`src/${path}`));
  return hash.digest("hex").slice(0, 16);
}

function withoutComments(code: string): string {
  const comments: Comment[] = [];
  parse(code, { ecmaVersion: "latest", sourceType: "module", onComment: comments });
  const kept = comments.map(({ start }, i) => code.slice(comments[i - 1]?.end ?? 0, start));
  return `${kept.join("")}${code.slice(comments.at(-1)?.end ?? 0)}`;
}

/** Eight bytes in a hundred of what is downloaded. Statements keep their lines, for stack traces; texts and regular expressions stay whole. */
function withoutSpaces(code: string): string {
  const pieces: string[] = [];
  let last = { start: 0, end: 0 };
  const onToken = (token: Token): void => {
    const gap = code.slice(last.end, token.start);
    const before = code.slice(last.start, last.end);
    const after = code.slice(token.start, token.end);
    pieces.push(separator(gap, before, after), after);
    last = token;
  };
  parse(code, { ecmaVersion: "latest", sourceType: "module", onToken });
  return `${pieces.join("")}\n`;
}

/** What has to stand between two tokens that stood apart. */
function separator(gap: string, before: string, after: string): string {
  // Statements keep their lines; parts of lists and what is in brackets share one.
  if (gap.includes("\n")) return /[,{[(]$/.test(before) || /^[}\])]/.test(after) ? "" : "\n";
  if (gap === "") return "";
  const areWords = /[\w$\x80-\uffff]$/.test(before) && /^[\w$\x80-\uffff#\\]/.test(after);
  // `a + +b`, `a / /x/`, and a number in front of a dot, would be read as something else.
  const wouldJoin = /[-+/<>!]$/.test(before) && /^[-+/<>!]/.test(after);
  return areWords || wouldJoin || (/\d$/.test(before) && after.startsWith(".")) ? " " : "";
}

writeFileSync(
  "dist/LICENSES-OF-BUNDLED-PACKAGES.txt",
  licencesOf([
    "acorn",
    "@jridgewell/trace-mapping",
    "@jridgewell/resolve-uri",
    "@jridgewell/sourcemap-codec",
  ]),
);

/** Their licences ask for it. */
function licencesOf(packages: readonly string[]): string {
  return packages
    .map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`)
    .join("\n----\n\n");
}

/** The engine decodes a file in ASCII much faster, and keeps it in half the memory. */
function escapeNonAscii(text: string): string {
  // Right in strings, templates, regular expressions and comments, which is all where such letters stand.
  return text.replace(/[^\0-\x7f]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
