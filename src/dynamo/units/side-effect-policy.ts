import { warn } from "../../base/logging.ts";
import { config } from "../config.ts";
import { UserError } from "../exc.ts";
import type { UserFrame } from "../graph-breaks/user-frame.ts";
import type { Tracer } from "../interpreter/tracer.ts";
import type { SideEffect } from "../side-effects.ts";
import { sourceName } from "../variables/source.ts";

/** `config.side_effect_replay_policy`: says what a capture changes outside, if that is to be said. */
export function applySideEffectPolicy(
  tracer: Tracer,
  /** Where the unit starts. Its name may have to be looked up. */
  start: { readonly name: string },
  stack: () => readonly UserFrame[],
): void {
  const policy = config.side_effect_replay_policy;
  if (policy === "silent") return;
  const names = new Set(tracer.effects.map((effect) => changedName(tracer, effect)));
  names.delete(null);
  if (names.size === 0) return;
  const message = `${start.name} changes what exists outside it: ${[...names].join(", ")}. The changes are made after its graph ran (torch._dynamo.config.side_effect_replay_policy).`;
  if (policy === "error") throw new UserError(message, stack());
  warn(message);
}

/** null: an object of the capture's own, or no change. */
function changedName(tracer: Tracer, effect: SideEffect): string | null {
  switch (effect.kind) {
    case "setProperty":
    case "deleteProperty":
    case "setPrivate":
    case "call": {
      const target = tracer.force(effect.kind === "call" ? effect.receiver : effect.target);
      const source = "source" in target ? target.source : null;
      return source === null ? null : sourceName(source);
    }
    case "storeCell":
      return effect.cell.source === null ? null : effect.cell.name;
    case "log":
      return null;
  }
}
