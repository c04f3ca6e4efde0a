/** Collects instructions, labels, exception regions and slots of one function. */

import type { Local, Region, Span } from "../code.ts";
import type { Instruction } from "../instructions/table.ts";

/** A jump destination; bound to a pc once. */
export class Label {
  pc: number | null = null;
}

/** An instruction whose `target` is still a label. */
export type Draft = {
  readonly [K in Instruction["op"]]: DraftOf<Extract<Instruction, { readonly op: K }>>;
}[Instruction["op"]];
type DraftOf<I> = { readonly [F in keyof I]: F extends "target" ? Label : I[F] };

/** A protected range under construction; early exits cut it into pieces. */
export interface OpenRegion {
  start: number;
  readonly handler: Label;
  /** 0 at statement level, null where it is the depth at the region's start. */
  readonly depth: 0 | null;
}

interface DraftRegion {
  readonly start: number;
  readonly end: number;
  readonly handler: Label;
  readonly depth: 0 | null;
}

export class Emitter {
  readonly drafts: Draft[] = [];
  readonly spans: Span[] = [];
  readonly locals: Local[] = [];
  readonly openRegions: OpenRegion[] = [];
  readonly #regions: DraftRegion[] = [];
  /** Slots of scopes already left, by name and kind: a sibling scope takes them again. */
  readonly #free = new Map<string, number[]>();

  emit(span: Span, draft: Draft): void {
    this.drafts.push(draft);
    this.spans.push(span);
  }

  bind(label: Label): void {
    label.pc = this.drafts.length;
  }

  // ---- slots

  allocate(name: string, isCell: boolean, isUserVariable: boolean): number {
    const reused = this.#free.get(slotKey(name, isCell))?.pop();
    if (reused !== undefined) return reused;
    this.locals.push({ name, isCell, isUserVariable });
    return this.locals.length - 1;
  }

  release(slot: number): void {
    const local = this.locals[slot];
    if (local === undefined) return;
    const key = slotKey(local.name, local.isCell);
    const free = this.#free.get(key);
    if (free === undefined) this.#free.set(key, [slot]);
    else free.push(slot);
  }

  // ---- regions

  openRegion(handler: Label, depth: 0 | null): OpenRegion {
    const region = { start: this.drafts.length, handler, depth };
    this.openRegions.push(region);
    return region;
  }

  closeRegion(): void {
    const region = this.openRegions.pop();
    if (region !== undefined) this.#cut(region);
  }

  /** Runs `body` outside all regions deeper than `count`: code that leaves a `try` is no longer protected by it. */
  outsideRegions(count: number, body: () => void): void {
    const suspended = this.openRegions.splice(count);
    for (const region of suspended.toReversed()) this.#cut(region);
    body();
    for (const region of suspended) region.start = this.drafts.length;
    this.openRegions.push(...suspended);
  }

  #cut(region: OpenRegion): void {
    const end = this.drafts.length;
    if (end > region.start)
      this.#regions.push({
        start: region.start,
        end,
        handler: region.handler,
        depth: region.depth,
      });
  }

  // ---- result

  instructions(): readonly Instruction[] {
    return this.drafts.map((draft) =>
      "target" in draft ? { ...draft, target: boundPc(draft.target) } : draft,
    );
  }

  /** Regions innermost first; a depth of -1 is still to be read off the stack depth at `start`. */
  regions(): readonly Region[] {
    return this.#regions.map(({ start, end, handler, depth }) => ({
      start,
      end,
      handler: boundPc(handler),
      depth: depth ?? -1,
    }));
  }
}

function slotKey(name: string, isCell: boolean): string {
  return `${name}${isCell ? " cell" : ""}`;
}

function boundPc(label: Label): number {
  if (label.pc === null) throw new Error("a jump to a label that was never bound");
  return label.pc;
}
