import { at, broadcastShapes } from "../../core/shape.ts";
import { bool } from "../../core/dtype.ts";
import { elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import type { Attention } from "./attend-by-rows.ts";

/** Attention by its formula, one element of the output after the other. */
export function naiveAttention(attention: Attention): NaiveArray {
  const { query, key, value, mask, isCausal, scale } = attention;
  const [q, k, v] = [naive(query), naive(key), naive(value)];
  const hidden = mask === null ? null : naive(mask);
  const [length, size] = query.shape.slice(-2) as [number, number]; // at least two dimensions
  const keys = at(key.shape, key.ndim - 2);
  const batch = broadcastShapes(query.shape.slice(0, -2), key.shape.slice(0, -2));
  return naiveFill([...batch, length, at(value.shape, value.ndim - 1)], (point) => {
    const outer = point.slice(0, -2);
    const [row = 0, column = 0] = point.slice(-2);
    const scores = Array.from({ length: keys }, (_, place) => {
      let score = 0;
      for (let i = 0; i < size; i++)
        score += elementAt(q, [...outer, row, i]) * elementAt(k, [...outer, place, i]) * scale;
      if (isCausal && place > row) return -Infinity;
      if (hidden === null) return score;
      const own = elementAt(hidden, [...outer, row, place]);
      if (mask?.dtype === bool) return own === 0 ? -Infinity : score;
      return score + own;
    });
    const largest = Math.max(...scores);
    if (largest === -Infinity) return 0;
    const weights = scores.map((score) => Math.exp(score - largest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.reduce(
      (sum, weight, place) => sum + (weight / total) * elementAt(v, [...outer, place, column]),
      0,
    );
  });
}
