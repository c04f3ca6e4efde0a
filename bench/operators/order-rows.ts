import { integers, million, type OperatorRow, uniformNumbers } from "./operator-row.ts";

const rows = 1024;
const columns = million / rows;

/** Sorting, selecting, counting. */
export const orderRows: readonly OperatorRow[] = [
  {
    name: "sort, 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => x.sort().values,
        plain: () => data.slice().sort(),
      };
    },
  },
  {
    name: "sort rows, 1024x1024",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.sort().values,
      plain: null,
    }),
  },
  {
    name: "sort int64, 1M",
    elements: million,
    make: (torch) => {
      const data = integers(million, 2 ** 30);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => x.sort().values,
        plain: () => data.slice().sort(),
      };
    },
  },
  {
    name: "argsort, 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      const order = Uint32Array.from(data, (_, index) => index);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => x.argsort(),
        plain: () => order.slice().sort((a, b) => (data[a] ?? 0) - (data[b] ?? 0)),
      };
    },
  },
  {
    name: "topk 50 of 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => x.topk(50).values,
        plain: () => data.slice().sort().subarray(-50),
      };
    },
  },
  {
    name: "topk 5 of rows of 1024",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.topk(5).values,
      plain: null,
    }),
  },
  {
    name: "median, 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => x.median(),
        plain: () => data.slice().sort()[(million - 1) >> 1],
      };
    },
  },
  {
    name: "kthvalue of rows of 1024",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.kthvalue(512).values,
      plain: null,
    }),
  },
  {
    name: "unique, 1M of 1000 values",
    elements: million,
    make: (torch) => {
      const data = integers(million, 1000);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => torch.unique(x),
        plain: () => BigInt64Array.from(new Set(data)).sort(),
      };
    },
  },
  {
    name: "nonzero, half of 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      const mask = Uint8Array.from(data, (value) => Number(value > 0.5));
      return {
        inputs: [torch.tensor(data).gt(0.5)],
        run: (x) => x.nonzero(),
        plain: () => {
          const found: bigint[] = [];
          for (let index = 0; index < mask.length; index++)
            if (mask[index] !== 0) found.push(BigInt(index));
          return BigInt64Array.from(found);
        },
      };
    },
  },
  {
    name: "masked_select, half of 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      const x = torch.tensor(data);
      return {
        inputs: [x, x.gt(0.5)],
        run: (values, mask) => values.masked_select(mask),
        plain: () => data.filter((value) => value > 0.5),
      };
    },
  },
  {
    name: "bincount, 1M in 1000",
    elements: million,
    make: (torch) => {
      const data = integers(million, 1000);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => torch.bincount(x),
        plain: () => {
          const counts = new Int32Array(1000);
          for (const value of data) counts[Number(value)] = (counts[Number(value)] ?? 0) + 1;
          return counts;
        },
      };
    },
  },
  {
    name: "cumsum, 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => x.cumsum(0),
        plain: () => {
          const sums = new Float32Array(million);
          let sum = 0;
          for (let index = 0; index < million; index++) sums[index] = sum += data[index] ?? 0;
          return sums;
        },
      };
    },
  },
  {
    name: "cumsum along rows",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.cumsum(1),
      plain: null,
    }),
  },
  {
    name: "cumsum along columns",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.cumsum(0),
      plain: null,
    }),
  },
  {
    name: "cumprod along rows",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.cumprod(1),
      plain: null,
    }),
  },
  {
    name: "cummax along rows",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.cummax(1).values,
      plain: null,
    }),
  },
  {
    name: "logcumsumexp along rows",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(rows, columns)],
      run: (x) => x.logcumsumexp(1),
      plain: null,
    }),
  },
];
