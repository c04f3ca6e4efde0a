import { isPackageFile } from "./framework-files.ts";
import { scriptOfFunction } from "./script-natives.ts";
import { scriptRecord } from "./script-record.ts";

const toText = Function.prototype.toString;

/**
 * Whether a getter hands out an export of this package. Where modules become CommonJS, transpilers write exports as getters
 * like `() => sin`, and `import * as torch` reads every operator through one. They run nothing, and what they give never
 * changes. Told from the text and the script's name: analysing the package's whole script would take seconds.
 */
export function isPackageExport(getter: Function): boolean {
  if (!/^\(\) ?=> ?[\w$]+(?:\.[\w$]+|\[[\w$]+\])?$/.test(toText.call(getter))) return false;
  const script = scriptOfFunction(getter);
  const url = script === null ? null : scriptRecord(script.scriptId, script.scriptText).url;
  return url !== null && isPackageFile(url);
}
