import { deepStrictEqual as same } from "node:assert";
import { captureUserStack } from "../../../src/dynamo/source/capture-user-stack.ts";
import { sourceOf } from "./check.ts";

interface Shape {
  readonly size: number;
}

type Level =
  | 0
  | 1;


function target(shape: Shape, level: Level): number {
  const size: number = shape.size;
  return size + level;
}

const { location, text } = sourceOf(target);
same(location !== null, true);
const start = location?.positionAt(0);
const returned = location?.positionAt(text.indexOf("return"));
same([start?.file.split("/").at(-1)?.replace(/\.m?js$/, ".ts"), start?.line, start?.column], ["positions.ts", 14, 1]);
same([returned?.line, returned?.column, returned?.lineText], [16, 3, "  return size + level;"]);

function outer(): ReturnType<typeof captureUserStack> {
  const value: ReturnType<typeof captureUserStack> = captureUserStack();
  return value;
}

const limit = Error.stackTraceLimit;
const stack = outer();
same(Error.stackTraceLimit, limit);
same(
  stack.slice(0, 2).map((frame) => [frame.functionName, frame.line, frame.column]),
  [
    ["outer", 27, 54],
    [stack[1]?.functionName, 32, 15],
  ],
);
same(stack[1]?.lineText, "const stack = outer();");

console.log("all as expected");
