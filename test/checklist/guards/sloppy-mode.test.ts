import { describe, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";

/**
 * Functions of scripts and CommonJS modules without "use strict" (ECMA-262 §11.2.2). They are captured as if they were
 * strict: generated code begins with "use strict" (link in src/dynamo/residual/build-residual.ts), and frames take
 * `this` and `arguments` as strict functions do (src/dynamo/units/root-start.ts, src/dynamo/interpreter/rules.ts).
 */

type Program = (x: torch.Tensor, other?: unknown) => unknown;

/** What the Function constructor makes is sloppy, unlike anything in a module. */
const sloppy = (body: string): Program => new Function("x", "other", body) as Program;

describe("sloppy functions", () => {
  test.fails("`this` is the global object where strict code has undefined", () => {
    runDifferential(() => ({
      fn: sloppy("return x.add(this === globalThis ? 1 : 2)"),
      calls: [[torch.ones(3)]],
    }));
  });

  test.fails("a primitive as `this` is an object", () => {
    runDifferential(() => ({
      fn: sloppy("return x.add(typeof this === 'object' ? 1 : 2)"),
      self: 5,
      calls: [[torch.ones(3)]],
    }));
  });

  test.fails("a write that a frozen object refuses is silent", () => {
    runDifferential(() => ({
      fn: sloppy("other.v = 5; return x.add(other.v)"),
      calls: [[torch.ones(3), Object.freeze({ v: 1 })]],
    }));
  });

  test.fails("a deletion that a frozen object refuses is silent", () => {
    runDifferential(() => ({
      fn: sloppy("return x.add(delete other.v ? 1 : 2)"),
      calls: [[torch.ones(3), Object.freeze({ v: 1 })]],
    }));
  });

  test.fails("`arguments` and parameters are the same variables", () => {
    runDifferential(() => ({
      fn: sloppy("arguments[1] = 50; return x.add(other)"),
      calls: [[torch.ones(3), 1]],
    }));
  });
});
