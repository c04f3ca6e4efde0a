import { leavesOf } from "../../symbolic/expression.ts";
import { describeGuard } from "../guards/guard.ts";
import type { PlacedGuard } from "../guards/guard-set.ts";
import type { SizeReport } from "../reports/format-sizes.ts";
import { specializedDims } from "../shapes/specialized-dims.ts";
import { type Source, sourceKey, sourceName } from "../variables/source.ts";
import type { CompiledEntry } from "./compiled-entry.ts";
import { placeOfGuard } from "./recompiles.ts";

/** For every size of every tensor that an entry looked at: static or dynamic, why, and what the program decided on it. */
export function sizeReports(entry: CompiledEntry): readonly SizeReport[] {
  const { sizes, guards, symbols } = entry;
  const trace = guards.flatMap(({ guard }) => (guard.kind === "SHAPES" ? [guard.trace] : []))[0];
  const fixed = trace === undefined ? [] : specializedDims(sizes, guards, trace);
  return sizes.flatMap(({ source, meta, dims }) =>
    dims.map(({ kind, why }, dim): SizeReport => {
      const place: Source = { kind: "size", base: source, dim };
      const key = sourceKey(place);
      const cause = fixed.find(
        (each) => each.dim === dim && sourceKey(each.source) === sourceKey(source),
      );
      return {
        name: sourceName(place),
        size: meta.shape[dim] ?? 0,
        kind,
        symbol: kind === "static" ? null : (symbols?.nameOfSize(source, dim) ?? null),
        why,
        conditions: guards
          .filter((placed) => speaksOf(placed, key))
          .map((placed) => ({
            text: describeGuard(placed.guard),
            source: placeOfGuard(placed.place),
          })),
        fixedBy:
          cause === undefined ? null : { text: cause.cause, source: placeOfGuard(cause.place) },
      };
    }),
  );
}

const speaksOf = ({ guard }: PlacedGuard, key: string): boolean =>
  guard.kind === "EXPRESSION" &&
  [...leavesOf(guard.expression)].some(
    (leaf) => leaf.kind === "source" && sourceKey(leaf.source) === key,
  );
