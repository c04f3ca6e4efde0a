/** Lowering makes consistent bytecode for every program, nested functions included. */

import { expect, test } from "vitest";
import type { Code } from "../../src/dynamo/bytecode/code.ts";
import { verifyCode } from "../../src/dynamo/bytecode/verify-code.ts";
import { codeOf } from "./differential.ts";
import { allPrograms } from "./programs.ts";

/** The code and the code of everything in it. */
function allCodes(code: Code): readonly Code[] {
  return [
    code,
    ...code.children.flatMap((child) => (child.code === null ? [] : allCodes(child.code))),
  ];
}

test.each(allPrograms)("$title verifies", (program) => {
  for (const code of allCodes(codeOf(program))) expect(() => verifyCode(code)).not.toThrow();
});
