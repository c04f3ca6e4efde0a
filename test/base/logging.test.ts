import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  emit,
  isEnabled,
  redirectLogs,
  resetLogging,
  set_logs,
  warnOnce,
} from "../../src/base/logging.ts";
import { parseLogSettings } from "../../src/base/log-settings.ts";

let printed = "";
let restore = () => {};

beforeEach(() => {
  vi.stubEnv("TORCH_LOGS", "");
  resetLogging();
  printed = "";
  restore = redirectLogs((text) => (printed += text));
});

afterEach(() => {
  restore();
  vi.unstubAllEnvs();
  resetLogging();
});

test("nothing is printed unless asked for", () => {
  emit("graph_breaks", "a break");
  expect(printed).toBe("");
});

test("records are separated by a blank line", () => {
  set_logs({ graph_breaks: true });
  emit("graph_breaks", "first");
  emit("recompiles", "not wanted");
  emit("graph_breaks", "second\nrecord");
  expect(printed).toBe("first\n\nsecond\nrecord\n");
});

test("set_logs turns on exactly what it names", () => {
  set_logs({ graph_breaks: true });
  set_logs({ recompiles: true, guards: false });
  expect([isEnabled("graph_breaks"), isEnabled("recompiles"), isEnabled("guards")]).toEqual([
    false,
    true,
    false,
  ]);
});

test("TORCH_LOGS turns records on", () => {
  vi.stubEnv("TORCH_LOGS", "graph_breaks, +recompiles");
  expect([isEnabled("graph_breaks"), isEnabled("recompiles"), isEnabled("guards")]).toEqual([
    true,
    true,
    false,
  ]);
});

test("TORCH_LOGS wins over set_logs, which says so once", () => {
  vi.stubEnv("TORCH_LOGS", "guards");
  set_logs({ graph_breaks: true });
  set_logs({ graph_breaks: true });
  expect([isEnabled("graph_breaks"), isEnabled("guards")]).toEqual([false, true]);
  expect(printed).toBe("TORCH_LOGS is set in the environment: the call of set_logs is ignored.\n");
});

test("+dynamo turns on what the front end prints, and a name can be taken back", () => {
  const { enabled } = parseLogSettings("+dynamo,-guards");
  expect([...enabled].sort()).toEqual([
    "bytecode",
    "dynamic",
    "graph",
    "graph_breaks",
    "graph_code",
    "recompiles",
  ]);
});

test("a name that does not exist is an error with the name that was probably meant", () => {
  expect(() => parseLogSettings("graph_brakes")).toThrow(
    'TORCH_LOGS="graph_brakes": there is no log named "graph_brakes". Did you mean "graph_breaks"? The names are: graph_breaks, ',
  );
  expect(() => set_logs(JSON.parse('{"recompile": true}'))).toThrow(
    'torch._logging.set_logs: there is no log named "recompile". Did you mean "recompiles"?',
  );
});

test("a setting that is not a boolean is refused", () => {
  expect(() => set_logs(JSON.parse('{"guards": 10}'))).toThrow(
    new TypeError("torch._logging.set_logs: guards must be a boolean, but is 10"),
  );
});

test("TORCH_LOGS=help prints the names", () => {
  vi.stubEnv("TORCH_LOGS", "help");
  isEnabled("guards");
  expect(printed).toContain(
    "  graph_breaks        Each graph break: reason, explanation, hints, user stack.\n",
  );
});

test("TORCH_LOGS_OUT appends to a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "fullgraph-"));
  restore();
  vi.stubEnv("TORCH_LOGS_OUT", join(folder, "log.txt"));
  set_logs({ guards: true });
  emit("guards", "one");
  emit("guards", "two");
  expect(readFileSync(join(folder, "log.txt"), "utf8")).toBe("one\n\ntwo\n");
  rmSync(folder, { recursive: true });
});

test("a warning is printed once per key", () => {
  warnOnce("item", "careful");
  warnOnce("item", "careful");
  expect(printed).toBe("careful\n");
});
