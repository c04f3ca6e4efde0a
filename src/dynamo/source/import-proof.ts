/** Whether an imported variable can ever change: only the module that exports it can assign it. */
import { functionAt } from "./analyze-script.ts";
import { isPackageFile } from "./framework-files.ts";
import { withoutInsertions } from "./insertions.ts";
import { scriptOfFunction } from "./script-natives.ts";
import { scriptRecord, type ScriptRecord } from "./script-record.ts";
import type { Declaration } from "./script-scope.ts";

/**
 * Proves it for namespaces, and for functions and classes that the module named by the import declares itself, exports
 * under that name and never assigns. Everything else (values, re-exports, packages) counts as a variable.
 */
export function isImportImmutable(
  declaration: Declaration,
  value: unknown,
  importer: ScriptRecord | null,
  isModuleScope: boolean,
): boolean {
  if (!isModuleScope || declaration.imported === null || importer === null) return false;
  if (declaration.imported.name === null) return true;
  if (isOwnPackage(declaration.imported.specifier, importer.url)) return true;
  if (typeof value !== "function" || importer.url === null) return false;
  const origin = scriptOfFunction(value);
  if (origin === null) return false;
  const exporter = scriptRecord(origin.scriptId, origin.scriptText);
  if (
    exporter.url === null ||
    exporter.scopes === null ||
    !namesSameFile(declaration.imported.specifier, importer.url, exporter.url)
  )
    return false;
  const exported = exporter.scopes.top.declarations.get(
    exporter.scopes.exports.get(declaration.imported.name) ?? "",
  );
  if (
    exported === undefined ||
    exported.isReassigned ||
    (exported.kind !== "function" && exported.kind !== "class")
  )
    return false;
  const record = functionAt(
    exporter.scopes,
    exporter.text,
    exporter.fromEngine(origin.position),
    withoutInsertions(Function.prototype.toString.call(value)),
  );
  // A declaration, not a function of the same script that the variable merely holds.
  return record?.definedIn === exporter.scopes.top && exported.declaredAt === record.start;
}

/** This package never reassigns what it exports. */
function isOwnPackage(specifier: string, importerUrl: string | null): boolean {
  if (specifier === "fullgraph" || specifier.startsWith("fullgraph/")) return true;
  return (
    importerUrl !== null && isRelative(specifier) && isPackageFile(resolved(specifier, importerUrl))
  );
}

function isRelative(specifier: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(specifier);
}

function resolved(specifier: string, importerUrl: string): string {
  return new URL(specifier, fileUrl(importerUrl)).href;
}

/** CommonJS scripts and those of some loaders are named by path. */
function fileUrl(url: string): string {
  return url.startsWith("/") ? `file://${url}` : url;
}

/** Loaders may add or swap the extension (`./a.js` for a.ts) and add a query; the rest must agree. */
function namesSameFile(specifier: string, importerUrl: string, exporterUrl: string): boolean {
  if (!isRelative(specifier)) return false;
  const bare = (url: string): string => url.replace(/[?#].*$/, "").replace(/\.[cm]?[jt]sx?$/, "");
  return bare(resolved(specifier, importerUrl)) === bare(new URL(fileUrl(exporterUrl)).href);
}
