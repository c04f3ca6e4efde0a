/** Runs the suite in tier T: modules are transformed after vite made functions of them, as a loader does with modules. */
import type { Plugin } from "vite";
import { shiftSourceMap } from "../src/transform/shift-source-map.ts";
import { transformSource } from "../src/transform/transform-source.ts";

export function transformPlugin(): Plugin {
  return {
    name: "fullgraph-transform",
    configureServer({ environments }) {
      for (const environment of Object.values(environments)) {
        const transformRequest = environment.transformRequest.bind(environment);
        environment.transformRequest = async (url) => {
          const result = await transformRequest(url);
          // The compiler's own modules stay as they are: they are no user code.
          if (result === null || /\/(?:src|node_modules)\//.test(url)) return result;
          const transformed = transformSource(result.code, "probe");
          if (transformed === null) return result;
          const { map } = result;
          if (map !== null && "version" in map)
            Object.assign(map, shiftSourceMap(map, result.code, transformed.insertions));
          // In place: vitest takes the module's code from the module graph.
          return Object.assign(result, { code: transformed.text });
        };
      }
    },
  };
}
