/** `mode` and `options` of `torch.compile`, for the backend "inductor". */
import { RuntimeError } from "../base/errors.ts";
import type { Backend } from "../dynamo/backends.ts";
import { config } from "./config.ts";
import { inductor } from "./inductor.ts";

/** What each mode sets beyond the defaults. There is no replay of graphs to ask for: every graph is one call. */
const modes: Readonly<Record<string, InductorOptions>> = {
  default: {},
  "reduce-overhead": {},
  "max-autotune": { max_autotune: true },
  "max-autotune-no-cudagraphs": { max_autotune: true },
};

/** Flags of `torch._inductor.config` for one compiled function. */
export type InductorOptions = Partial<{ -readonly [Name in ConfigFlag]: (typeof config)[Name] }>;
type ConfigFlag = Exclude<keyof typeof config, "reset" | "patch">;

/**
 * The backend for a mode or options.
 * @throws RuntimeError for unknown modes and options, and for both at once, as PyTorch.
 */
export function inductorFor(mode: string | null, options: InductorOptions | null): Backend {
  if (mode !== null && options !== null) {
    throw new RuntimeError(
      "Either mode or options can be specified, but both can't be specified at the same time.",
    );
  }
  const settings = options ?? modes[mode ?? "default"];
  if (settings === undefined || !Object.hasOwn(modes, mode ?? "default")) {
    throw new RuntimeError(
      `Unrecognized mode=${mode}, should be one of: ${Object.keys(modes).join(", ")}`,
    );
  }
  const known = Object.keys(config);
  for (const name of Object.keys(settings)) {
    if (!known.includes(name)) {
      throw new RuntimeError(
        `Unexpected optimization option ${name}, known options are [${known.map((each) => `'${each}'`).join(", ")}]`,
      );
    }
  }
  if (Object.keys(settings).length === 0) return inductor;
  config.patch(settings, () => undefined); // checks the values
  return (graphModule, exampleInputs) => inductor(graphModule, exampleInputs, settings);
}
