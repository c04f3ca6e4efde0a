/** Events of one kind together. */
import type { FunctionEvent } from "./function-event.ts";
import { printTable, type TableOptions } from "./print-table.ts";

/** The sums over events with one name and one line; times in microseconds. */
export interface EventAverage {
  /** The name that its events have. */
  readonly key: string;
  readonly kind: FunctionEvent["kind"];
  readonly count: number;
  readonly cpu_time_total: number;
  readonly self_cpu_time_total: number;
  readonly bytes: number;
  readonly flops: number;
  /** Empty unless events are grouped by it. */
  readonly input_shapes: FunctionEvent["input_shapes"];
  readonly stack: readonly string[];
}

/** The averages, those first that took longest. */
export class KeyAverages extends Array<EventAverage> {
  /** What `map` and `filter` give are plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** As text, one row for each. */
  table(options: TableOptions = {}): string {
    return printTable(this, options);
  }
}

export function averageEvents(
  events: readonly FunctionEvent[],
  groupByShape: boolean,
): KeyAverages {
  const groups = new Map<string, EventAverage>();
  for (const event of events) {
    const shapes = groupByShape ? event.input_shapes : [];
    const [line = null] = event.stack;
    const key = JSON.stringify([event.kind, event.name, line, shapes]);
    const sum = groups.get(key);
    groups.set(key, {
      key: event.name,
      kind: event.kind,
      count: (sum?.count ?? 0) + 1,
      cpu_time_total: (sum?.cpu_time_total ?? 0) + event.cpu_time_total,
      self_cpu_time_total: (sum?.self_cpu_time_total ?? 0) + event.self_cpu_time_total,
      bytes: (sum?.bytes ?? 0) + event.bytes,
      flops: (sum?.flops ?? 0) + event.flops,
      input_shapes: shapes,
      stack: event.stack,
    });
  }
  const averages = KeyAverages.from(groups.values());
  averages.sort((a, b) => b.self_cpu_time_total - a.self_cpu_time_total);
  // Proof of the cast: `from` of a subclass makes that subclass.
  return averages as KeyAverages;
}
