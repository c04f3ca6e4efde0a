import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "../..");

export interface BuiltPrograms {
  /** The folder of the built programs: `everything.js` and so on, or `.cjs`. */
  readonly folder: string;
  readonly remove: () => void;
}

/** Builds the source layer, what it stands on, and the programs to plain JavaScript with maps next to the files, as a package would be. */
export function buildPrograms(format: "esm" | "cjs"): BuiltPrograms {
  const target = realpathSync(mkdtempSync(join(tmpdir(), "source-programs-")));
  writeFileSync(join(target, "package.json"), JSON.stringify({ type: "module" }));
  symlinkSync(join(root, "node_modules"), join(target, "node_modules"));
  for (const layer of ["src/base", "src/script", "src/script/interpret", "src/dynamo/source"])
    buildFolder(layer, target, "esm");
  buildFolder("test/source/programs", target, format);
  return {
    folder: join(target, "test/source/programs"),
    remove: () => rmSync(target, { recursive: true }),
  };
}

function buildFolder(folder: string, target: string, format: "esm" | "cjs"): void {
  mkdirSync(join(target, folder), { recursive: true });
  for (const name of readdirSync(join(root, folder)).filter((file) => file.endsWith(".ts"))) {
    const file = join(root, folder, name);
    const text = readFileSync(file, "utf8");
    const output = name.replace(/\.ts$/, format === "esm" ? ".js" : ".cjs");
    const module = format === "esm" ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
    const built = ts.transpileModule(text, {
      fileName: name,
      compilerOptions: { module, target: ts.ScriptTarget.ES2022, sourceMap: true },
    });
    const linked = built.outputText
      .replaceAll(/(["'](?:\.\/|\.\.\/)[^"']*)\.ts(["'])/g, (_, path: string, quote: string) =>
        path.includes("/src/") || format === "esm" ? `${path}.js${quote}` : `${path}.cjs${quote}`,
      )
      .replace(/\/\/# sourceMappingURL=[^\n]*\s*$/, `//# sourceMappingURL=${output}.map\n`);
    writeFileSync(join(target, folder, output), linked);
    writeFileSync(join(target, folder, `${output}.map`), built.sourceMapText ?? "");
    cpSync(file, join(target, folder, name));
  }
}
