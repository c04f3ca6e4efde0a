/** Averages as a table in the manner of PyTorch's. */
import { ValueError } from "../base/errors.ts";
import { didYouMean } from "../base/did-you-mean.ts";
import { gigabytesPerSecond, gigaflopsPerSecond } from "./function-event.ts";
import type { EventAverage } from "./key-averages.ts";

export interface TableOptions {
  /** `self_cpu_time_total` (the default), `cpu_time_total`, `cpu_time`, `count`, `bytes`, or `flops`. */
  readonly sort_by?: string;
  /** Rows at most; 100 unless told. */
  readonly row_limit?: number;
  /** Characters of a name or source line at most; 55 unless told. */
  readonly max_name_column_width?: number;
}

const orders: Readonly<Record<string, (row: EventAverage) => number>> = {
  self_cpu_time_total: (row) => row.self_cpu_time_total,
  cpu_time_total: (row) => row.cpu_time_total,
  cpu_time: (row) => row.cpu_time_total / row.count,
  count: (row) => row.count,
  bytes: (row) => row.bytes,
  flops: (row) => row.flops,
};

interface Column {
  readonly title: string;
  readonly text: (row: EventAverage, total: number) => string;
  readonly alignsLeft?: true;
}

const columns: readonly Column[] = [
  { title: "Name", text: ({ key }) => key, alignsLeft: true },
  {
    title: "Self CPU %",
    text: ({ self_cpu_time_total: own }, total) =>
      `${(total === 0 ? 0 : (own / total) * 100).toFixed(2)}%`,
  },
  { title: "Self CPU", text: ({ self_cpu_time_total }) => formatTime(self_cpu_time_total) },
  { title: "CPU total", text: ({ cpu_time_total }) => formatTime(cpu_time_total) },
  {
    title: "CPU time avg",
    text: ({ cpu_time_total, count }) => formatTime(cpu_time_total / count),
  },
  { title: "# of Calls", text: ({ count }) => String(count) },
  {
    title: "GB/s",
    text: (row) => (row.bytes === 0 ? "--" : gigabytesPerSecond(row).toFixed(2)),
  },
  {
    title: "GFLOP/s",
    text: (row) => (row.flops === 0 ? "--" : gigaflopsPerSecond(row).toFixed(2)),
  },
  {
    title: "Input Shapes",
    text: ({ input_shapes }) => (input_shapes.length === 0 ? "" : JSON.stringify(input_shapes)),
    alignsLeft: true,
  },
  { title: "Source Location", text: ({ stack }) => stack[0] ?? "", alignsLeft: true },
];

export function printTable(
  averages: readonly EventAverage[],
  { sort_by = "self_cpu_time_total", row_limit = 100, max_name_column_width = 55 }: TableOptions,
): string {
  const order = Object.hasOwn(orders, sort_by) ? orders[sort_by] : undefined;
  if (order === undefined) {
    throw new ValueError(
      `table() cannot sort by "${sort_by}".${didYouMean(sort_by, Object.keys(orders))} It can sort by ${Object.keys(orders).join(", ")}.`,
    );
  }
  let total = 0;
  for (const { self_cpu_time_total } of averages) total += self_cpu_time_total;
  const rows = [...averages]
    .sort((a, b) => order(b) - order(a))
    .slice(0, row_limit)
    .map((row) => columns.map(({ text }) => shorten(text(row, total), max_name_column_width)));
  const widths = columns.map(({ title }, column) =>
    rows.every((row) => row[column] === "")
      ? 0
      : Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .flatMap((cell, column) => {
        const width = widths[column] ?? 0;
        if (width === 0) return [];
        return [columns[column]?.alignsLeft === true ? cell.padEnd(width) : cell.padStart(width)];
      })
      .join("  ")
      .trimEnd();
  const rule = widths
    .filter((width) => width > 0)
    .map((width) => "-".repeat(width))
    .join("  ");
  return [
    rule,
    line(columns.map(({ title }) => title)),
    rule,
    ...rows.map(line),
    rule,
    `Self CPU time total: ${formatTime(total)}`,
  ].join("\n");
}

function formatTime(microseconds: number): string {
  if (microseconds >= 1e6) return `${(microseconds / 1e6).toFixed(3)}s`;
  if (microseconds >= 1e3) return `${(microseconds / 1e3).toFixed(3)}ms`;
  return `${microseconds.toFixed(3)}us`;
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(width - 3, 0))}...`;
}
