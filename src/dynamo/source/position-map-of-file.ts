/** Finds the source map of a file on a call stack, of which only the name is known. */
import { nodeBuiltin } from "../../base/node-builtin.ts";
import { PositionMap } from "./position-map.ts";
import { scriptRecordByUrl } from "./script-record.ts";
import { pathOf } from "./source-file.ts";

const maps = new Map<string, PositionMap>();

/** From the text the engine runs, or from Node's own store; null where neither is at hand. */
export function knownPositionMap(url: string): PositionMap | null {
  return cached(url, () => scriptRecordByUrl(url)?.positions ?? fromNode(url));
}

/** From the file itself: a built .js names its map, any other file stands for itself. */
export function positionMapOnDisk(url: string): PositionMap {
  return cached(`disk:${url}`, () => fromDisk(url)) ?? PositionMap.identity(url);
}

function cached(key: string, find: () => PositionMap | null): PositionMap | null {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const map = find();
  if (map !== null) maps.set(key, map);
  return map;
}

/** Filled by loaders that switch `process.setSourceMapsEnabled` on, tsx among them. */
function fromNode(url: string): PositionMap | null {
  const findSourceMap = nodeBuiltin("module")?.findSourceMap;
  const found = findSourceMap?.(url) ?? findSourceMap?.(pathOf(url));
  return found === undefined ? null : PositionMap.ofMap(url, found.payload);
}

function fromDisk(url: string): PositionMap | null {
  try {
    const text = nodeBuiltin("fs")?.readFileSync(pathOf(url), "utf8");
    return text === undefined ? null : PositionMap.ofScript(text, () => url);
  } catch {
    return null; // eval code and virtual modules
  }
}
