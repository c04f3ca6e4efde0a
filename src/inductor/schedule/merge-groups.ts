/**
 * Joins groups whose results meet in a later one: in `gelu(x) * sigmoid(c)` either factor begins a group of its own, and
 * the product can be put into only one of them.
 */
import type { Buffer, Program } from "../program.ts";
import { FusionGroup } from "./fusion-group.ts";
import { accessOfItem, type Item, itemMayThrow } from "./item.ts";
import type { Access } from "./step-access.ts";

/** How many items before a group are tried. */
const searchLimit = 16;

export function mergeGroups(
  program: Program,
  items: readonly Item[],
  hasOneReader: (buffer: Buffer) => boolean,
): readonly Item[] {
  const merged: Item[] = [];
  for (const item of items) {
    if (item.kind === "group") merged.push(takeInProducers(program, merged, item, hasOneReader));
    else merged.push(item);
  }
  return merged;
}

/** The group with the groups before it that it reads from, which are taken out of `before`. */
function takeInProducers(
  program: Program,
  before: Item[],
  last: Item & { readonly kind: "group" },
  hasOneReader: (buffer: Buffer) => boolean,
): Item {
  let consumer = last;
  let own = accessOfItem(program, consumer);
  /** What runs between the two: a group that it depends on, or that depends on the group, cannot be moved behind it. */
  const between: Access[] = [];
  const end = Math.max(0, before.length - searchLimit);
  for (let place = before.length - 1; place >= end; place--) {
    const producer = before[place];
    if (producer === undefined || itemMayThrow(producer)) break;
    const access = accessOfItem(program, producer);
    const isRead = meet(access.writes, own.reads);
    if (producer.kind === "group" && isRead && between.every((each) => canSwap(access, each))) {
      const group = joined(producer.group, consumer.group, hasOneReader);
      if (group !== null) {
        consumer = { kind: "group", group };
        own = accessOfItem(program, consumer);
        before.splice(place, 1);
        continue;
      }
    }
    between.push(access);
  }
  return consumer;
}

function joined(
  producer: FusionGroup,
  consumer: FusionGroup,
  hasOneReader: (buffer: Buffer) => boolean,
): FusionGroup | null {
  const [first, ...rest] = [...producer.steps, ...consumer.steps];
  if (first === undefined) return null;
  const group = new FusionGroup(first);
  return rest.every((step) => group.join(step, hasOneReader)) ? group : null;
}

function canSwap(a: Access, b: Access): boolean {
  return !meet(a.writes, b.reads) && !meet(a.writes, b.writes) && !meet(a.reads, b.writes);
}

function meet(a: ReadonlySet<Buffer>, b: ReadonlySet<Buffer>): boolean {
  for (const buffer of a) if (b.has(buffer)) return true;
  return false;
}
