import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as torch from "../../src/index.ts";
import type { GraphModule } from "../../src/fx/graph-module-brand.ts";
import { PreparedProgram } from "../../src/inductor/execution/prepared-program.ts";
import { decodeCacheFile, encodeCacheFile } from "../../src/inductor/kernel-cache/cache-file.ts";
import { DiskStore } from "../../src/inductor/kernel-cache/disk-store.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { scheduleProgram } from "../../src/inductor/schedule/schedule-program.ts";
import type { ModuleStore } from "../../src/loops/wasm/module-store.ts";
import { makeWasmBackend } from "../../src/loops/wasm/wasm-backend.ts";

type Tensor = torch.Tensor;

let folder = "";

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "kernels-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
  torch._dynamo.reset();
});

/** A process of its own, as far as kernels go: a backend that has compiled nothing. */
function run(fn: (x: Tensor) => Tensor, x: Tensor, store: ModuleStore): unknown {
  const graphs: GraphModule[] = [];
  const backend = (graph: GraphModule): GraphModule => {
    graphs.push(graph);
    return graph;
  };
  torch._dynamo.reset();
  torch.compile(fn, { backend, fullgraph: true })(x);
  const [{ graph } = expect.fail("no graph")] = graphs;
  const program = scheduleProgram(recordGraph(graph, [x]));
  const fresh = makeWasmBackend({ smallestLaunch: 256 });
  const prepared = new PreparedProgram(program, { backend: fresh, store, tunes: false });
  const [result] = prepared.run([x], () => undefined) as Tensor[]; // a list of tensors
  return result?.tolist();
}

const open = (library = "build 1"): DiskStore => new DiskStore(folder, library, fs);
const chain = (x: Tensor): Tensor => x.mul(2).add(1).sigmoid();
const rows = (x: Tensor): Tensor =>
  x
    .softmax(-1)
    .add(x.mean(-1, { keepdim: true }))
    .cumsum(0);
const files = (): string[] => fs.readdirSync(folder);

test("kernels that were kept compute what those do that are generated", () => {
  torch.manual_seed(0);
  const x = torch.randn(31, 40);
  for (const fn of [chain, rows]) {
    const store = open();
    const first = run(fn, x, store);
    expect(store.counts).toEqual({ hits: 0, misses: 1 });
    const later = open();
    expect(run(fn, x, later)).toEqual(first);
    expect(later.counts).toEqual({ hits: 1, misses: 0 });
    expect(run(fn, torch.randn(9, 80), later)).toBeDefined();
    expect(later.counts.misses).toBe(0);
  }
  expect(files()).toHaveLength(2);
});

test("functions whose graphs do the same share their kernels in a process", () => {
  const programs = [2, 3, 4].map(
    (factor) =>
      (x: Tensor): Tensor =>
        x.mul(factor).sub(1).tanh().softmax(-1),
  );
  const [first = chain, ...others] = programs.map((fn) => torch.compile(fn, { fullgraph: true }));
  const x = torch.randn(31, 40);
  first(x);
  const modules = vi.spyOn(WebAssembly, "Module");
  others.forEach((compiled, index) => {
    torch.testing.assert_close(compiled(x), programs[index + 1]?.(x) ?? x);
  });
  // The operators by themselves have kernels of their own.
  const names = modules.mock.calls.map(([bytes]) => Buffer.from(bytes).toString("latin1"));
  expect(names.flatMap((text) => text.match(/fused_\w+/g) ?? [])).toEqual([]);
});

test("other kernels, other loops, another build and another engine are not served", () => {
  const x = torch.ones(31, 40);
  run(chain, x, open());
  const stores = [open(), open(), open("build 2"), open()];
  run((t) => t.mul(2).sub(1).sigmoid(), x, stores[0] ?? open());
  run(chain, torch.ones(40, 31).t().narrow(0, 1, 30), stores[1] ?? open());
  run(chain, x, stores[2] ?? open());
  vi.spyOn(process, "versions", "get").mockReturnValue({ ...process.versions, v8: "1.2" });
  run(chain, x, stores[3] ?? open());
  expect(stores.map(({ counts }) => counts.hits)).toEqual([0, 0, 0, 0]);
});

test("a file that was cut, changed or replaced counts as not there, and is written anew", () => {
  const x = torch.ones(31, 40);
  const expected = run(chain, x, open());
  const [name = ""] = files();
  const path = join(folder, name);
  const good = fs.readFileSync(path);
  const changed = (index: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt8(copy.readUInt8(index) ^ 1, index);
    return copy;
  };
  const damaged = [
    Buffer.alloc(0),
    good.subarray(0, 10),
    good.subarray(0, good.length - 1),
    Buffer.concat([good, Buffer.from([0])]),
    changed(0),
    changed(5),
    changed(13),
    changed(40),
    changed(good.length - 20),
  ];
  for (const content of damaged) {
    fs.writeFileSync(path, content);
    const store = open();
    expect(run(chain, x, store)).toEqual(expected);
    expect(store.counts).toEqual({ hits: 0, misses: 1 });
    expect(fs.readFileSync(path)).toEqual(good);
  }
});

test("a module that is none is generated again", () => {
  const store: ModuleStore = {
    find: () => ({ bytes: new Uint8Array([1, 2, 3]), work: [1] }),
    keep: () => undefined,
  };
  const x = torch.ones(31, 40);
  expect(run(chain, x, store)).toEqual(chain(x).tolist());
});

test("a file is only read with the key that it was written for", () => {
  const module = { bytes: new Uint8Array([0, 97, 115, 109]), work: [3, 4.5] };
  const file = encodeCacheFile("a key", module);
  expect(decodeCacheFile("a key", file)).toEqual(module);
  expect(decodeCacheFile("another key", file)).toBeNull();
});

test("where nothing can be written everything runs as without a cache", () => {
  const path = join(folder, "a file");
  fs.writeFileSync(path, "");
  const x = torch.ones(31, 40);
  const expected = chain(x).tolist();
  expect(run(chain, x, new DiskStore(path, "build 1", fs))).toEqual(expected);
  expect(run(chain, x, new DiskStore(join(path, "below"), "build 1", fs))).toEqual(expected);
});

test("writers at the same time leave one whole file and no drafts", () => {
  const x = torch.ones(31, 40);
  run(chain, x, open());
  const [name = ""] = files();
  const good = fs.readFileSync(join(folder, name));
  fs.rmSync(join(folder, name));
  // The other writer gets in between draft and rename.
  const rename = fs.renameSync.bind(fs);
  const racing = new DiskStore(folder, "build 1", {
    ...fs,
    renameSync: (from, to) => {
      run(chain, x, open());
      rename(from, to);
    },
  });
  run(chain, x, racing);
  expect(files()).toEqual([name]);
  expect(fs.readFileSync(join(folder, name))).toEqual(good);
});
