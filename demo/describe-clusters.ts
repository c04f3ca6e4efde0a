import { pixelsPerDigit } from "./load-digits.ts";

/** How many of the points carry the commonest label of their cluster, from 0 to 1. */
export function purity(
  assignment: readonly number[],
  labels: readonly number[],
  clusterCount: number,
): number {
  const commonest = labelCounts(assignment, labels, clusterCount).map((counts) =>
    Math.max(...counts),
  );
  return commonest.reduce((total, count) => total + count, 0) / labels.length;
}

/** One line a cluster: its size, its commonest label and how common that is. */
export function clusterTable(
  assignment: readonly number[],
  labels: readonly number[],
  clusterCount: number,
): string {
  return labelCounts(assignment, labels, clusterCount)
    .map((counts, cluster) => {
      const size = counts.reduce((total, count) => total + count, 0);
      const top = counts.indexOf(Math.max(...counts));
      const share = size === 0 ? 0 : ((counts[top] ?? 0) / size) * 100;
      return `  cluster ${String(cluster).padStart(2)}  ${String(size).padStart(5)} digits  mostly ${top} (${share.toFixed(0)} %)`;
    })
    .join("\n");
}

const greys = [" ", "░", "▒", "▓", "█"];
const side = Math.sqrt(pixelsPerDigit);

/** The first few centroids as pictures, two pixels high and one wide for every character. */
export function drawCentroids(centroids: readonly (readonly number[])[]): string {
  const rows: string[] = [];
  for (let y = 0; y < side; y += 2) {
    rows.push(
      centroids
        .map((pixels) => drawRow(pixels, y))
        .join("  ")
        .trimEnd(),
    );
  }
  return rows.join("\n");
}

function drawRow(pixels: readonly number[], y: number): string {
  let row = "";
  for (let x = 0; x < side; x += 1) {
    const grey = ((pixels[y * side + x] ?? 0) + (pixels[(y + 1) * side + x] ?? 0)) / 2;
    row += greys[Math.min(greys.length - 1, Math.floor(grey * greys.length * 1.2))] ?? "";
  }
  return row;
}

function labelCounts(
  assignment: readonly number[],
  labels: readonly number[],
  clusterCount: number,
): number[][] {
  const counts = Array.from({ length: clusterCount }, () => Array.from({ length: 10 }, () => 0));
  for (const [point, cluster] of assignment.entries()) {
    const row = counts[cluster];
    const label = labels[point];
    if (row !== undefined && label !== undefined) row[label] = (row[label] ?? 0) + 1;
  }
  return counts;
}
