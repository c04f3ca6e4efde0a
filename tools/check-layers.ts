import { existsSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import ts from "typescript";
import { layers } from "./layers.ts";

/**
 * Fails when a file imports from a higher layer (type-only imports count: a type is knowledge too), when a layer has no
 * README, when a file outgrows its size, or when a file has a name that says nothing.
 */
const maximumLines = 600;
/** Tables and generated files may be long: they are read by looking up, not from top to bottom. */
const longFiles = [/^src\/api\//, /-table\.ts$/];
const emptyNames = /(^|\/)(utils?|helpers?|misc|common|types)\.ts$/;

const root = process.cwd();
const problems = sourceFiles().flatMap((file) => [
  ...importProblems(file),
  ...sizeProblems(file),
  ...(emptyNames.test(file) ? [`${file}: the name does not say what the file is about`] : []),
]);
for (const layer of layers) {
  const folder = join("src", layer.name);
  if (!layer.name.endsWith(".ts") && existsSync(folder) && !existsSync(join(folder, "README.md"))) {
    problems.push(
      `${folder}: a layer has a README.md (its job, its entry point, what it may import)`,
    );
  }
}
for (const problem of problems) console.error(problem);
console.log(`layers: ${problems.length} problems in ${sourceFiles().length} files`);
process.exitCode = problems.length > 0 ? 1 : 0;

function sourceFiles(): string[] {
  return listFiles("src").sort();
}

function listFiles(folder: string): string[] {
  return ts.sys
    .readDirectory(join(root, folder), [".ts"])
    .map((file) => relative(root, file).split("\\").join("/"));
}

function importProblems(file: string): string[] {
  const rank = rankOf(file);
  if (rank === null) return [`${file}: belongs to no layer of tools/layers.ts`];
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  return importedFiles.flatMap(({ fileName: specifier }) => {
    if (!specifier.startsWith(".")) return [];
    const target = posix.join(posix.dirname(file), specifier);
    if (!existsSync(target)) return [`${file}: imports ${specifier}, which does not exist`];
    const targetRank = rankOf(target);
    if (targetRank === null) return [`${file}: imports ${target}, which is outside the layers`];
    if (targetRank <= rank) return [];
    return [
      `${file}: ${layerAt(rank)} may not import the higher layer ${layerAt(targetRank)} (${target})`,
    ];
  });
}

function sizeProblems(file: string): string[] {
  if (longFiles.some((pattern) => pattern.test(file))) return [];
  const lines = readFileSync(file, "utf8").split("\n").length - 1;
  return lines > maximumLines ? [`${file}: ${lines} lines, more than ${maximumLines}`] : [];
}

function rankOf(file: string): number | null {
  const [top, name] = file.split("/");
  const rank = layers.findIndex((layer) => layer.name === name);
  return top === "src" && rank >= 0 ? rank : null;
}

function layerAt(rank: number): string {
  return layers[rank]?.name ?? `layer ${rank}`;
}
