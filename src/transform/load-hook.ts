/** What Node asks for each module: the text that the loaders before this one give, transformed. */
import { transformModule } from "./transform-module.ts";
import type { ClosureOption } from "./transform-source.ts";

export interface LoadedModule {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | ArrayBufferView | null | undefined;
}

/** Packages stay as they are: they are written by others, and the front end reaches into them without this if it must. */
function isUserModule(url: string): boolean {
  return url.startsWith("file:") && !url.includes("/node_modules/");
}

export function transformLoaded<Loaded extends LoadedModule>(url: string, loaded: Loaded): Loaded {
  const { format, source } = loaded;
  if (format !== "module" || source === null || source === undefined || !isUserModule(url))
    return loaded;
  const text = typeof source === "string" ? source : new TextDecoder().decode(bytesOf(source));
  return { ...loaded, source: transformModule(text, url, closureOption()) };
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function closureOption(): ClosureOption {
  const wanted = process.env["FULLGRAPH_CLOSURES"];
  return wanted === "none" || wanted === "probe" ? wanted : "compile-sites";
}
