/** The facts in each instruction record agree with one another. */

import { expect, test } from "vitest";
import type { InstructionRecord } from "../../src/dynamo/bytecode/instructions/define.ts";
import type { OperandSchema } from "../../src/dynamo/bytecode/instructions/operand.ts";
import {
  instructionTable,
  type Op,
  recordOf,
} from "../../src/dynamo/bytecode/instructions/table.ts";

const records = Object.keys(instructionTable).map((op): [Op, InstructionRecord<OperandSchema>] => [
  // Sound: the keys of the table are its ops.
  op as Op,
  recordOf(op as Op),
]);

/** How many values one side of a stack picture stands for, with two for each starred one. */
function countPicture(side: string): number {
  const words = side
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  return words.reduce((count, word) => count + (word.includes("*") ? 2 : 1), 0);
}

function effectOfPicture(picture: string): readonly [number, number] {
  const [before = "", after = ""] = picture.split("->");
  return [countPicture(before), countPicture(after)];
}

test.each(records)("the stack picture of %s shows its effect", (_, record) => {
  const effect =
    typeof record.effect === "function"
      ? record.effect({ count: 2, names: ["a", "b"] })
      : record.effect;
  expect(effectOfPicture(record.stack)).toEqual(effect);
});

test.each(records.filter(([, record]) => record.jump !== undefined))(
  "the stack picture of %s when it jumps shows its effect",
  (_, record) => {
    expect(effectOfPicture(record.jump?.stack ?? "->")).toEqual(record.jump?.effect);
  },
);

test.each(records)("%s has a target exactly if it can jump", (_, record) => {
  const jumps = record.emit.kind === "jump" || record.emit.kind === "branch";
  expect("target" in record.operand).toBe(jumps);
  expect(record.jump !== undefined).toBe(jumps);
});

test.each(records.filter(([, record]) => record.emit.kind === "branch"))(
  "%s keeps as many operands as its effect says",
  (_, record) => {
    if (record.emit.kind !== "branch" || typeof record.effect === "function")
      throw new Error("not a branch");
    expect(record.emit.fallKeeps.length).toBe(record.effect[1]);
    expect(record.emit.jumpKeeps.length).toBe(record.jump?.effect[1]);
  },
);
