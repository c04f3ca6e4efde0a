import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPrograms, type BuiltPrograms } from "./build-programs.ts";
import { testWithWrites } from "../capabilities.ts";

const programs = join(import.meta.dirname, "programs");

function outputOf(
  nodeArguments: readonly string[],
  environment: Record<string, string> = {},
): string {
  const child = spawnSync(process.execPath, nodeArguments, {
    encoding: "utf8",
    timeout: 25_000,
    env: { PATH: process.env["PATH"], ...environment },
  });
  return child.status === 0
    ? child.stdout.trim()
    : `exit ${child.status} ${child.signal}\n${child.stdout}${child.stderr}`;
}

describe("under tsx", () => {
  test("variables are found, read and written without running user code", () => {
    expect(outputOf(["--import", "tsx", join(programs, "everything.ts")])).toBe("all as expected");
  });

  test("positions are those of the TypeScript file", () => {
    expect(outputOf(["--import", "tsx", join(programs, "positions.ts")])).toBe("all as expected");
  });

  test("no kind of first statement runs while its function is entered", () => {
    expect(outputOf(["--import", "tsx", join(programs, "first-statements.ts")])).toBe(
      "all as expected",
    );
  });

  test("a write through an accessor reaches optimised code", () => {
    expect(outputOf(["--import", "tsx", join(programs, "optimised-code.ts")])).toBe(
      "all as expected",
    );
  });

  test("in a worker thread everything works the same", () => {
    expect(outputOf(["--import", "tsx", join(programs, "in-worker.ts")])).toBe("all as expected");
  });

  test("nothing pauses once a debugger can be attached, and variables are still read", () => {
    expect(outputOf(["--import", "tsx", join(programs, "debugger-attached.ts")])).toBe(
      "all as expected",
    );
  });

  test("hundreds of grabs neither leak nor leave the debugger on", () => {
    expect(outputOf(["--expose-gc", "--import", "tsx", join(programs, "many-grabs.ts")])).toBe(
      "all as expected",
    );
  });

  test("accessors and engine answers survive the engine throwing byte code away", () => {
    expect(
      outputOf([
        "--expose-gc",
        "--stress-flush-code",
        "--import",
        "tsx",
        join(programs, "flushed-code.ts"),
      ]),
    ).toBe("all as expected");
  });
});

describe("behind tsx with the loader of tier T", () => {
  const loader = [
    "--import",
    "tsx",
    "--import",
    join(programs, "../../../src/transform/register.ts"),
  ];
  const transformed = (program: string, environment: Record<string, string>): string =>
    outputOf([...loader, join(programs, program)], environment);

  test("module variables, and closures and classes given to compile, are reached by it alone", () => {
    expect(transformed("transformed.ts", { FULLGRAPH_TIER: "T" })).toBe("all as expected");
  });

  test("with probes every closure is", () => {
    const environment = { FULLGRAPH_TIER: "T", FULLGRAPH_CLOSURES: "probe" };
    expect(transformed("transformed.ts", environment)).toBe("all as expected");
  });

  test.each(["everything.ts", "positions.ts", "first-statements.ts"])(
    "%s is as without it",
    (program) => {
      expect(transformed(program, { FULLGRAPH_CLOSURES: "probe" })).toBe("all as expected");
    },
  );
});

describe("under plain node, compiled to ES modules", () => {
  let built: BuiltPrograms;
  beforeAll(() => {
    built = buildPrograms("esm");
  });
  afterAll(() => built.remove());

  test("variables are found, read and written without running user code", () => {
    expect(outputOf([join(built.folder, "everything.js")])).toBe("all as expected");
  });

  test("positions go through the map next to the file", () => {
    expect(outputOf([join(built.folder, "positions.js")])).toBe("all as expected");
  });

  test("the loader of tier T keeps positions, also those the engine maps", () => {
    const loader = [
      "--import",
      "tsx",
      "--import",
      join(programs, "../../../src/transform/register.ts"),
    ];
    const environment = { FULLGRAPH_CLOSURES: "probe" };
    for (const options of [loader, ["--enable-source-maps", ...loader]])
      expect(outputOf([...options, join(built.folder, "positions.js")], environment)).toBe(
        "all as expected",
      );
  });

  test("positions are mapped once with --enable-source-maps", () => {
    expect(outputOf(["--enable-source-maps", join(built.folder, "positions.js")])).toBe(
      "all as expected",
    );
  });
});

describe("under plain node, compiled to CommonJS", () => {
  let built: BuiltPrograms;
  beforeAll(() => {
    built = buildPrograms("cjs");
  });
  afterAll(() => built.remove());

  test("variables are found, read and written without running user code", () => {
    expect(
      outputOf(["--disable-warning=ExperimentalWarning", join(built.folder, "everything.cjs")]),
    ).toBe("all as expected");
  });

  test("positions go through the map next to the file", () => {
    expect(
      outputOf(["--disable-warning=ExperimentalWarning", join(built.folder, "positions.cjs")]),
    ).toBe("all as expected");
  });
});

describe("under vitest", () => {
  testWithWrites("in this pool", async () => {
    await import("./programs/everything.ts");
    await import("./programs/positions.ts");
  });

  test.each(["threads", "vmThreads"])("in the pool %s", (pool) => {
    const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
    const output = outputOf([
      vitest,
      "run",
      "--root",
      programs,
      "--pool",
      pool,
      "--reporter",
      "json",
    ]);
    expect(output).toContain('"numPassedTests":2');
  });
});
