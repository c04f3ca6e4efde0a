import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Rewrites the op table's `import * as name from "./file.ts"` to the constants of the file: what else it exports is for
 * other files of operators, and for tests. null: another file.
 */
export function listOps(text: string, path: string): string | null {
  if (!path.replaceAll("\\", "/").endsWith("/src/ops/op-table.ts")) return null;
  return text.replaceAll(
    /^import \* as (\w+) from "(\..*)";$/gm,
    (_statement, module: string, specifier: string) => {
      const source = readFileSync(join(dirname(path), specifier), "utf8");
      const names = Array.from(
        source.matchAll(/^export const (\w+)/gm),
        ([, name = ""]) => name,
      ).sort();
      const imports = names.map((name) => `${name} as ${module}_${name}`);
      const members = names.map((name) => `${name}: ${module}_${name}`);
      return `import { ${imports.join(", ")} } from "${specifier}";\nconst ${module} = { ${members.join(", ")} };`;
    },
  );
}
