import { describe, expect, test } from "vitest";
import { bfloat16, float16 } from "../../src/core/dtype.ts";
import { isTensor } from "../../src/core/tensor.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import { inductor } from "../../src/inductor/inductor.ts";
import { opTable } from "../../src/ops/op-table.ts";
import { samplesOf } from "../ops/check-record.ts";
import { graphOfOp, publicCalls } from "./graph-of-op.ts";
import { copied, fake, outcome } from "./outcome.ts";

/** Null: one tensor, or an error. */
function outputCount(module: GraphModule, inputs: readonly unknown[]): number | null {
  try {
    const [result] = module(...copied(inputs)) as readonly unknown[]; // as `graphOfOp` made it
    return Array.isArray(result) ? result.length : null;
  } catch {
    return null;
  }
}

describe.each(opTable().map((op) => [op.name, op] as const))("%s", (_, op) => {
  for (const symbolicNumbers of [false, true]) {
    test(`compiled as eager${symbolicNumbers ? ", with numbers as inputs" : ""}`, () => {
      for (const call of publicCalls(op)) {
        for (const { label, args } of samplesOf(op, symbolicNumbers ? float16 : bfloat16)) {
          if (call.entry.isMethod && !isTensor(args["self"])) continue; // no method of a number
          const whole = graphOfOp(call, args, { outputCount: null, symbolicNumbers });
          const count = outputCount(whole.module, whole.inputs);
          const { module, inputs } = graphOfOp(call, args, { outputCount: count, symbolicNumbers });
          const compiled = inductor(module, inputs.map(fake));
          expect(outcome(compiled, inputs), label).toEqual(outcome(module, inputs));
        }
      }
    });
  }
});
