import { expect, test } from "vitest";
import {
  eager,
  list_backends,
  lookup_backend,
  register_backend,
} from "../../src/dynamo/backends.ts";
import { InvalidBackend } from "../../src/dynamo/exc.ts";
import { CompileCounter } from "../../src/dynamo/testing.ts";
import { createGraphModule } from "../../src/fx/graph-module.ts";
import { exampleGraph } from "../fx/example-graph.ts";

test("the eager backend runs the graph as it is", () => {
  const module = createGraphModule(exampleGraph());
  expect(lookup_backend("eager")).toBe(eager);
  expect(eager(module, [])(5, 2)).toEqual(module(5, 2));
});

test("a function is itself a backend", () => {
  const backend = () => () => [];
  expect(lookup_backend(backend)).toBe(backend);
});

test("a registered backend is found by name, and its tags keep it out of the list", () => {
  const backend = register_backend((graphModule) => graphModule, {
    name: "demo_backend",
    tags: ["experimental"],
  });
  expect(lookup_backend("demo_backend")).toBe(backend);
  expect(list_backends()).toEqual(["eager"]);
  expect(list_backends(null)).toEqual(["demo_backend", "eager"]);
  expect(() => register_backend(backend, { name: "demo_backend" })).toThrow(
    'register_backend: there is already a backend named "demo_backend"',
  );
});

test("a backend that does not exist is an error with the name that was probably meant", () => {
  expect(() => lookup_backend("eagre")).toThrow(InvalidBackend);
  expect(() => lookup_backend("eagre")).toThrow('Invalid backend: "eagre". Did you mean "eager"?');
  expect(() => lookup_backend(5)).toThrow(
    "Invalid backend: a name or a function is wanted, but got 5",
  );
});

test("a CompileCounter is a backend that counts graphs and their calls", () => {
  const counter = new CompileCounter();
  const module = createGraphModule(exampleGraph());
  expect(lookup_backend(counter)(module, [])(5, 2)).toEqual(module(5, 2));
  expect([counter.frame_count, counter.op_count, counter.graphs]).toEqual([1, 4, [module]]);
  counter.clear();
  expect([counter.frame_count, counter.op_count, counter.graphs]).toEqual([0, 0, []]);
});
