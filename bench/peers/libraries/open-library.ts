import type { OpenPeer } from "../peer.ts";

/** Imported only when opened: a cold start is that of one library. */
const libraries = {
  fullgraph: async () => (await import("./fullgraph.ts")).openFullgraph,
  tfjs: async () => (await import("./tfjs.ts")).openTfjs,
  onnxruntime: async () => (await import("./onnxruntime.ts")).openOnnxruntime,
  "jax-js": async () => (await import("./jax-js.ts")).openJaxJs,
} satisfies Record<string, () => Promise<OpenPeer>>;

export type LibraryName = keyof typeof libraries;

export function openLibrary(name: LibraryName): Promise<OpenPeer> {
  return libraries[name]();
}
