import { expect, test } from "vitest";
import { PositionMap } from "../../src/dynamo/source/position-map.ts";

/** What tsx makes of a CommonJS module: the first and the last line are its own, and the map says nothing of them. */
const map = {
  version: 3,
  sources: ["/app/main.ts"],
  sourcesContent: ["work();"],
  mappings: ";AAAA",
};
const script = `(()=>{\nwork();\n})();\n//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(map))}`;

test("a line that a tool put around the program belongs to no user", () => {
  const positions = PositionMap.ofScript(script, () => "/app/main.ts");
  expect(positions.originalOfUser({ line: 2, column: 3 })).toBeNull();
  expect(positions.originalOfUser({ line: 1, column: 0 })).toEqual({
    file: "/app/main.ts",
    line: 1,
    column: 1,
    lineText: "work();",
  });
});

test("without a map every line is the user's", () => {
  const positions = PositionMap.ofScript("work();\ndone();", () => "/app/main.js");
  expect(positions.originalOfUser({ line: 1, column: 0 })?.lineText).toBe("done();");
});
