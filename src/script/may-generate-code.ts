/** Whether text may become code in this process. `FULLGRAPH_NO_EVAL=1` says no, for tests and for those who want it so. */
import { environmentVariable } from "../base/environment-variable.ts";

let answer: boolean | undefined;

export function mayGenerateCode(): boolean {
  answer ??= environmentVariable("FULLGRAPH_NO_EVAL") !== "1" && engineAllows();
  return answer;
}

/** For tests: overrides the answer until called with null. */
export function forceCodeGeneration(allowed: boolean | null): void {
  answer = allowed ?? undefined;
}

function engineAllows(): boolean {
  try {
    new Function("");
    return true;
  } catch {
    return false; // EvalError, by policy
  }
}
