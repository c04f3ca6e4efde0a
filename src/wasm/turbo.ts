/** V8's revectorisation: pairs of 128-bit operations run as one of 256 bits. Experimental in V8, so off unless asked for. */
import { warnOnce } from "../base/logging.ts";
import { nodeBuiltin } from "../base/node-builtin.ts";

const flag = "experimental-wasm-revectorize";

/** Node 24's. Node 22 (V8 12.4) knows the flag, which has no effect there; Node 20 does not know it. */
const firstVersionOfV8 = 13;

let isOn = false;

/** Whether modules compiled from now on are revectorised. */
export function isTurbo(): boolean {
  return isOn;
}

/** Gives whether it is as wanted now; says why if not. Modules that are compiled already stay as they are. */
export function setTurbo(wanted: boolean): boolean {
  if (wanted === isOn) return true;
  const obstacle = turboObstacle();
  const v8 = nodeBuiltin("v8");
  if (obstacle !== null || v8 === null) {
    warnOnce(
      "turbo",
      `torch.backends.wasm.turbo stays off: ${obstacle ?? "the engine's flags cannot be set"}. Results are the same without it; Node 24 and newer on a processor with AVX2 have it.`,
    );
    return false;
  }
  v8.setFlagsFromString(wanted ? `--${flag}` : `--no-${flag}`);
  isOn = wanted;
  return true;
}

/** Why this engine has no revectorisation; null if it may. */
function turboObstacle(): string | null {
  const { process: host } = globalThis as { process?: NodeJS.Process }; // absent in browsers
  const version = host?.versions.v8;
  if (version === undefined || host?.versions["bun"] !== undefined)
    return "only Node lets a program switch V8's revectorisation on";
  if (host?.versions["deno"] !== undefined)
    return "Deno takes V8's flags at its start only (--v8-flags)";
  if (Number.parseInt(version, 10) < firstVersionOfV8)
    return `this engine (V8 ${version}) has no revectorisation that works`;
  if (host?.arch !== "x64") return `V8 revectorises on x64 only, and this is ${host?.arch}`;
  return null;
}
