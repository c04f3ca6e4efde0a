import { million, type OperatorRow, uniformNumbers } from "./operator-row.ts";

const side = 1024;

/** Moving elements around. */
export const shapeRows: readonly OperatorRow[] = [
  {
    name: "cat of 2 along rows",
    elements: million,
    make: (torch) => {
      const [x, y] = [torch.ones(side, side / 2), torch.ones(side, side / 2)];
      return { inputs: [x, y], run: (a, b) => torch.cat([a, b], 1), plain: null };
    },
  },
  {
    name: "cat of 2 along columns",
    elements: million,
    make: (torch) => {
      const [x, y] = [torch.ones(side / 2, side), torch.ones(side / 2, side)];
      return { inputs: [x, y], run: (a, b) => torch.cat([a, b], 0), plain: null };
    },
  },
  {
    name: "cat of 2, then relu",
    elements: million,
    make: (torch) => {
      const [x, y] = [torch.ones(side, side / 2), torch.ones(side, side / 2)];
      return { inputs: [x, y], run: (a, b) => torch.cat([a, b], 1).relu(), plain: null };
    },
  },
  {
    name: "stack of 4",
    elements: million,
    make: (torch) => {
      const x = torch.ones(side, side / 4);
      return { inputs: [x], run: (a) => torch.stack([a, a, a, a], 1), plain: null };
    },
  },
  {
    name: "split and add",
    elements: million,
    make: (torch) => ({
      inputs: [torch.ones(side, side)],
      run: (x) => {
        const [left, right] = x.chunk(2, 1);
        return left === undefined || right === undefined ? x : left.mul(right);
      },
      plain: null,
    }),
  },
  ...(["constant", "reflect", "replicate", "circular"] as const).map((mode) => ({
    name: `pad ${mode}`,
    elements: million,
    make: (torch: Parameters<OperatorRow["make"]>[0]) => ({
      inputs: [torch.ones(4, 4, 254, 254)],
      run: (x: Parameters<ReturnType<OperatorRow["make"]>["run"]>[0]) =>
        torch.nn.functional.pad(x, [1, 1, 1, 1], { mode }),
      plain: null,
    }),
  })),
  {
    name: "roll",
    elements: million,
    make: (torch) => ({
      inputs: [torch.ones(side, side)],
      run: (x) => x.roll(1, 1),
      plain: null,
    }),
  },
  {
    name: "flip",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => x.flip(0),
        plain: () => data.slice().reverse(),
      };
    },
  },
  {
    name: "repeat 4",
    elements: million,
    make: (torch) => ({
      inputs: [torch.ones(side / 2, side / 2)],
      run: (x) => x.repeat(2, 2),
      plain: null,
    }),
  },
  {
    name: "repeat_interleave 4",
    elements: million,
    make: (torch) => ({
      inputs: [torch.ones(side, side / 4)],
      run: (x) => x.repeat_interleave(4, 1),
      plain: null,
    }),
  },
  {
    name: "tril",
    elements: million,
    make: (torch) => ({ inputs: [torch.ones(side, side)], run: (x) => x.tril(), plain: null }),
  },
  {
    name: "transpose and copy",
    elements: million,
    make: (torch) => ({
      inputs: [torch.ones(side, side)],
      run: (x) => x.t().contiguous(),
      plain: null,
    }),
  },
  {
    name: "einsum bij,bjk->bik, 16x64x64x64",
    elements: 16 * 64 * 64,
    make: (torch) => ({
      inputs: [torch.ones(16, 64, 64), torch.ones(16, 64, 64)],
      run: (x, y) => torch.einsum("bij,bjk->bik", x, y),
      plain: null,
    }),
  },
];
