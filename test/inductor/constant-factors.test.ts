import { describe, expect, test } from "vitest";
import * as torch from "../../src/index.ts";
import { PreparedProgram } from "../../src/inductor/execution/prepared-program.ts";
import { recordGraph } from "../../src/inductor/record-graph.ts";
import { scheduleProgram } from "../../src/inductor/schedule/schedule-program.ts";
import { wasmBackend } from "../../src/loops/wasm/wasm-backend.ts";

type Layer = (x: torch.Tensor, weight: torch.Tensor) => torch.Tensor;

/** Prepares the one graph of a layer, and gives what runs it. */
function prepared(layer: Layer, x: torch.Tensor, weight: torch.Tensor): PreparedProgram {
  const programs: PreparedProgram[] = [];
  const fn = torch.compile(layer, {
    backend: (graphModule, examples) => {
      const program = scheduleProgram(recordGraph(graphModule.graph, examples));
      programs.push(
        new PreparedProgram(program, { backend: wasmBackend, store: null, tunes: false }),
      );
      return graphModule;
    },
  });
  fn(x, weight);
  const [only] = programs;
  if (only === undefined) throw new Error("there was no graph");
  return only;
}

const layer: Layer = (x, weight) => x.matmul(weight).add(1);
const newInput = (): torch.Tensor => torch.randn(40, 150);
const newWeight = (): torch.Tensor => torch.randn(150, 160);

describe("a factor that is the same from call to call", () => {
  test("is found in the third call", () => {
    const weight = newWeight();
    const program = prepared(layer, newInput(), weight);
    const call = (): PreparedProgram => {
      program.run([newInput(), weight], () => undefined);
      return program.next;
    };
    expect([call(), call()]).toEqual([program, program]);
    expect(call()).not.toBe(program);
  });

  test("is none if it changes", () => {
    const program = prepared(layer, newInput(), newWeight());
    for (let call = 0; call < 6; call++) program.run([newInput(), newWeight()], () => undefined);
    expect(program.next).toBe(program);
  });
});

/** Calls the layer often enough for the weight to count as constant, changes it, and compares with eager execution. */
function expectSeen(weight: torch.Tensor, change: (weight: torch.Tensor) => void): void {
  const compiled = torch.compile(layer);
  for (let call = 0; call < 5; call++) compiled(newInput(), weight);
  const x = newInput();
  for (let call = 0; call < 3; call++) {
    change(weight);
    const expected = layer(x, weight);
    expect(torch.allclose(compiled(x, weight), expected, { rtol: 1e-4, atol: 1e-4 })).toBe(true);
  }
}

describe("a change of a constant factor is seen", () => {
  test("by an operation in place", () => expectSeen(newWeight(), (weight) => void weight.mul_(2)));

  test("by one on a view of it", () =>
    expectSeen(newWeight(), (weight) => void weight.select(0, 3).add_(1)));

  test("by random numbers", () => expectSeen(newWeight(), (weight) => void weight.normal_()));

  test("by a compiled function", () => {
    const change = torch.compile((weight: torch.Tensor) => weight.mul_(3).add_(1));
    expectSeen(newWeight(), (weight) => void change(weight));
  });

  test("by an operation that failed half-way", () => {
    const [rows, columns] = [
      torch.tensor([1, 2, 999].map(BigInt)),
      torch.tensor([3, 4, 5].map(BigInt)),
    ];
    expectSeen(newWeight(), (weight) => {
      expect(() => weight.index_put_([rows, columns], torch.randn(3).mul(100))).toThrow(
        /out of bounds/,
      );
    });
  });

  test("by whoever shares its array", () => {
    const array = new Float32Array(150 * 160).fill(1);
    let value = 1;
    expectSeen(torch.as_tensor(array).reshape(150, 160), () => array.fill((value += 1)));
  });

  test("where it is another tensor", () => {
    const compiled = torch.compile(layer);
    const weights = [newWeight(), newWeight()];
    for (let call = 0; call < 5; call++) compiled(newInput(), weights[0] as torch.Tensor);
    for (const weight of [...weights, ...weights]) {
      const x = newInput();
      expect(
        torch.allclose(compiled(x, weight), layer(x, weight), { rtol: 1e-4, atol: 1e-4 }),
      ).toBe(true);
    }
  });
});
