import { afterEach, expect, test, vi } from "vitest";
import { defineConfig } from "../../src/base/config.ts";

const makeConfig = () =>
  defineConfig("demo.config", {
    verbose: { kind: "boolean", default: false, env: "DEMO_VERBOSE", doc: "Say more." },
    limit: { kind: "int", default: 8, env: "DEMO_LIMIT", doc: "How many." },
    device: { kind: "optionalString", default: null, doc: "Where." },
    loggers: { kind: "functionSet", doc: "Functions that log." },
  });

afterEach(() => vi.unstubAllEnvs());

test("flags start with their defaults and hold what is assigned", () => {
  const config = makeConfig();
  expect({ ...config }).toEqual({ verbose: false, limit: 8, device: null, loggers: new Set() });
  config.limit = 3;
  config.loggers.add(console.log);
  expect({ ...config }).toEqual({
    verbose: false,
    limit: 3,
    device: null,
    loggers: new Set([console.log]),
  });
});

test("the environment gives defaults", () => {
  vi.stubEnv("DEMO_VERBOSE", "1");
  vi.stubEnv("DEMO_LIMIT", "20");
  const config = makeConfig();
  expect([config.verbose, config.limit]).toEqual([true, 20]);
  vi.stubEnv("DEMO_VERBOSE", "0");
  config.reset();
  expect(config.verbose).toBe(false);
});

test("a value of the environment that makes no sense is an error that names the variable", () => {
  vi.stubEnv("DEMO_VERBOSE", "yes");
  expect(makeConfig).toThrow(
    new TypeError(
      'environment variable DEMO_VERBOSE (demo.config.verbose) must be 1 or 0, but is "yes"',
    ),
  );
  vi.stubEnv("DEMO_VERBOSE", "");
  vi.stubEnv("DEMO_LIMIT", "many");
  expect(makeConfig).toThrow(
    new TypeError(
      'environment variable DEMO_LIMIT (demo.config.limit) must be an integer, but is "many"',
    ),
  );
});

test("a value of the wrong type is refused with the value", () => {
  const config = makeConfig();
  expect(() => Object.assign(config, { verbose: "on" })).toThrow(
    new TypeError('demo.config.verbose must be a boolean, but got the string "on"'),
  );
  expect(() => Object.assign(config, { limit: 1.5 })).toThrow(
    new TypeError("demo.config.limit must be an integer, but got the number 1.5"),
  );
  expect(() => Object.assign(config, { loggers: [console.log] })).toThrow(
    new TypeError(
      "demo.config.loggers must be a Set of functions, but got an object of class Array",
    ),
  );
});

test("a name that does not exist is refused, with the name that was probably meant", () => {
  const config = makeConfig();
  expect(() => Object.assign(config, { verbos: true })).toThrow(
    new TypeError('demo.config.verbos does not exist. Did you mean "verbose"?'),
  );
  expect(() => Reflect.get(config, "colour")).toThrow(
    new TypeError("demo.config.colour does not exist."),
  );
});

test("patch overrides flags for one call, and restores them when it throws", () => {
  const config = makeConfig();
  expect(config.patch({ limit: 1, verbose: true }, () => [config.limit, config.verbose])).toEqual([
    1,
    true,
  ]);
  expect([config.limit, config.verbose]).toEqual([8, false]);
  const fail = () =>
    config.patch({ limit: 1 }, () => {
      throw new RangeError("inside");
    });
  expect(fail).toThrow(new RangeError("inside"));
  expect(config.limit).toBe(8);
});

test("patch lasts until the promise of an asynchronous function is settled", async () => {
  const config = makeConfig();
  const seen = await config.patch({ limit: 1 }, async () => {
    await Promise.resolve();
    return config.limit;
  });
  expect([seen, config.limit]).toEqual([1, 8]);
});

test("a bad override leaves everything as it was", () => {
  const config = makeConfig();
  expect(() => config.patch({ verbose: true, limit: 0.5 }, () => 0)).toThrow(TypeError);
  expect(config.verbose).toBe(false);
});

test("printing and probing a configuration object work", () => {
  const config = makeConfig();
  expect(JSON.stringify(config)).toBe('{"verbose":false,"limit":8,"device":null,"loggers":{}}');
  expect(`${String(config)} ${"then" in config}`).toBe("[object Object] false");
});

test("a choice takes its words and no others, from code and from the environment", () => {
  const makeChoice = () =>
    defineConfig("demo.config", {
      policy: {
        kind: "choice",
        choices: ["silent", "warn"],
        default: "silent",
        env: "DEMO_POLICY",
        doc: "How loud.",
      },
    });
  const config = makeChoice();
  config.policy = "warn";
  expect(() => Object.assign(config, { policy: "loud" })).toThrow(
    'demo.config.policy must be "silent" or "warn", but got the string "loud"',
  );
  expect(config.policy).toBe("warn");
  vi.stubEnv("DEMO_POLICY", "loud");
  expect(makeChoice).toThrow('must be "silent" or "warn", but is "loud"');
});
