import { expect, test, vi } from "vitest";
import { resetLogging, warn } from "../../src/base/logging.ts";

test("a log file that cannot be written sends the logs to stderr, and says so once", () => {
  vi.stubEnv("TORCH_LOGS_OUT", "/no/such/folder/log.txt");
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    resetLogging();
    warn("first");
    warn("second");
    const text = write.mock.calls.map(([chunk]) => String(chunk)).join("");
    expect(
      text.match(/TORCH_LOGS_OUT=\/no\/such\/folder\/log\.txt cannot be written/g),
    ).toHaveLength(1);
    expect(text).toContain("first");
    expect(text).toContain("second");
  } finally {
    write.mockRestore();
    vi.unstubAllEnvs();
    resetLogging();
  }
});
