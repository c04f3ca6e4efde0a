import { describe, test } from "vitest";
import * as torch from "../../../src/index.ts";
import { runDifferential } from "../../differential.ts";

/**
 * Functions of scripts and CommonJS modules without "use strict" (ECMA-262 §11.2.2), which is what tsx makes in a package
 * without `"type": "module"`.
 */

type Program = (x: torch.Tensor, other?: unknown) => unknown;

/** What the Function constructor makes is sloppy, unlike anything in a module. */
const sloppy = (body: string): Program => new Function("x", "other", body) as Program;

describe("sloppy functions", () => {
  test("`this` is the global object where strict code has undefined", () => {
    runDifferential(() => ({
      fn: sloppy("return x.add(this === globalThis ? 1 : 2)"),
      calls: [[torch.ones(3)]],
    }));
  });

  test("a primitive as `this` is an object", () => {
    runDifferential(() => ({
      fn: sloppy("return x.add(typeof this === 'object' ? 1 : 2)"),
      self: 5,
      calls: [[torch.ones(3)]],
    }));
  });

  test("a write that a frozen object refuses is silent", () => {
    runDifferential(() => ({
      fn: sloppy("other.v = 5; return x.add(other.v)"),
      calls: [[torch.ones(3), Object.freeze({ v: 1 })]],
    }));
  });

  test("a deletion that a frozen object refuses is silent", () => {
    runDifferential(() => ({
      fn: sloppy("return x.add(delete other.v ? 1 : 2)"),
      calls: [[torch.ones(3), Object.freeze({ v: 1 })]],
    }));
  });

  test("`arguments` and parameters are the same variables", () => {
    runDifferential(() => ({
      fn: sloppy("arguments[1] = 50; return x.add(other)"),
      calls: [[torch.ones(3), 1]],
    }));
  });
});
