import type { Region } from "../bytecode/code.ts";
import type { Frame } from "./frame.ts";

/**
 * The frame and region that catch an exception of the current instruction; a caller is protected where its call is.
 * `passesBy`: frames whose handlers do not count.
 */
export function findHandler(
  frames: readonly Frame[],
  passesBy: (frame: Frame) => boolean = () => false,
): { readonly depth: number; readonly region: Region } | null {
  for (let depth = frames.length - 1; depth >= 0; depth--) {
    const frame = frames[depth];
    if (frame === undefined) return null;
    if (passesBy(frame)) continue;
    const region = frame.code.regionAt(depth === frames.length - 1 ? frame.pc : frame.pc - 1);
    if (region !== null) return { depth, region };
  }
  return null;
}
