/** The package as Node sees it. The build gives this module the exports of `dist/index.js`: members of `library`. */
import { loadLibrary } from "./load-library.ts";

export const library: Readonly<Record<string, unknown>> = loadLibrary(
  new URL("./index.js", import.meta.url),
);
