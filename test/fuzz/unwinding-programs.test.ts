import * as torch from "../../src/index.ts";
import { redirectLogs } from "../../src/base/logging.ts";
import { testOfTextCode } from "../capabilities.ts";
import { type Program, runDifferential } from "../differential.ts";
import { unwindingProgram } from "./unwinding-programs.ts";

const seeds = Array.from({ length: Number(process.env["FUZZ_PROGRAMS"] ?? 40) }, (_, seed) => seed);

testOfTextCode.each(seeds)("callee that breaks and leaves, %i, is left as in eager", (seed) => {
  const { text, breakEvery } = unwindingProgram(seed);
  const make = new Function("torch", "log", "x", text);
  const restoreLogs = redirectLogs(() => {});
  try {
    runDifferential(() => make(torch, console.log, () => torch.ones(2)) as Program, {
      backend: "eager",
      configure: () => {
        torch._dynamo.config.reset();
        torch._dynamo.config.debug_break_every = breakEvery;
      },
    });
  } finally {
    restoreLogs();
    torch._dynamo.config.reset();
  }
});
