/** What a schedule is a list of: launches that run as one, a template with its epilogue, or a step that stays as it is. */
import type { Program, Step } from "../program.ts";
import type { FusionGroup } from "./fusion-group.ts";
import { mayThrow } from "./may-throw.ts";
import { type Access, accessOf } from "./step-access.ts";
import type { TemplateGroup } from "./template-group.ts";

export type Item =
  | { readonly kind: "group"; readonly group: FusionGroup }
  | { readonly kind: "template"; readonly group: TemplateGroup }
  | { readonly kind: "step"; readonly step: Step };

/** What all of its steps read and write. */
export function accessOfItem(program: Program, item: Item): Access {
  if (item.kind !== "group")
    return accessOf(program, item.kind === "step" ? item.step : item.group.step);
  const accesses = item.group.steps.map((step) => accessOf(program, step));
  return {
    reads: new Set(accesses.flatMap(({ reads }) => [...reads])),
    writes: new Set(accesses.flatMap(({ writes }) => [...writes])),
  };
}

/** Only what may not throw joins a group or a template. */
export function itemMayThrow(item: Item): boolean {
  return item.kind === "step" && mayThrow(item.step);
}
