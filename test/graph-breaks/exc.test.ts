import { expect, test } from "vitest";
import { RuntimeError } from "../../src/base/errors.ts";
import {
  BackendCompilerFailed,
  InternalTorchDynamoError,
  TorchDynamoException,
  UncapturedHigherOrderOpError,
  Unsupported,
  UserError,
} from "../../src/dynamo/exc.ts";
import { graphBreakRecord } from "../../src/dynamo/graph-breaks/graph-break-record.ts";
import { describeBreak } from "../../src/dynamo/graph-breaks/graph-break.ts";
import { branchFrame, mainFrame } from "./frames.ts";

const reason = describeBreak("userGraphBreak", { message: "why" }, "graph_break()");

test("Unsupported shows the break and the compiled function's frames, without its callers", () => {
  const error = new Unsupported(
    graphBreakRecord(reason, { callers: [mainFrame], stack: [branchFrame] }),
  );
  expect(`${error}`).toBe(`Unsupported: Call to 'torch._dynamo.graph_break()'
  Explanation: User-inserted graph break. Message: why
  Hint: Remove the \`torch._dynamo.graph_break()\` call.

  Developer debug context: graph_break()

from user code:
    at fn (examples/data-dependent.ts:6:7)
        if (y.gt(0).item()) {
            ^^^^^^^^^^^^^^

Set TORCHDYNAMO_VERBOSE=1 for the internal stack trace (please include it in a bug report). For even more developer context, set TORCH_LOGS="+dynamo"
`);
  expect(error).toBeInstanceOf(TorchDynamoException);
  expect(error).toBeInstanceOf(RuntimeError);
  expect(error.record.reason.id).toBe("GB0025");
});

test("a break in a branch of a higher-order operator names the operator", () => {
  const error = new UncapturedHigherOrderOpError(
    graphBreakRecord(reason, { higherOrderOperator: "torch.cond" }),
  );
  expect(error.message).toMatch(
    /^torch\.cond works only when the functions given to it are captured completely, but there was:\n\nCall to 'torch\._dynamo\.graph_break\(\)'\n {2}Higher Order Operator: torch\.cond\n/,
  );
});

test("a failing backend is named, with its error as cause", () => {
  const cause = new RangeError("no memory");
  const error = new BackendCompilerFailed("demo", cause);
  expect(error.message).toBe(`backend='demo' raised:
RangeError: no memory

To run the function as plain JavaScript when this happens, set \`torch._dynamo.config.suppress_errors = true\`.`);
  expect(error.cause).toBe(cause);
});

test("a bug of the compiler keeps the original error as cause", () => {
  const cause = new TypeError("undefined is not a function");
  const error = new InternalTorchDynamoError(cause, [branchFrame]);
  expect([error.name, error.cause]).toEqual(["InternalTorchDynamoError", cause]);
  expect(error.message).toContain("TypeError: undefined is not a function");
  expect(error.message).toContain("at fn (examples/data-dependent.ts:6:7)");
});

test("an error's class name is not among its own properties", () => {
  expect(Object.keys(new UserError("wrong"))).toEqual([]);
});
