import { integers, million, type OperatorRow, uniformNumbers } from "./operator-row.ts";

const rows = 1024;
const columns = million / rows;

/** Reading and writing at computed places. */
export const indexRows: readonly OperatorRow[] = [
  {
    name: "gather along rows",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      const index = integers(million, columns);
      const places = Int32Array.from(index, Number);
      return {
        inputs: [torch.tensor(data).view(rows, columns), torch.tensor(index).view(rows, columns)],
        run: (x, at) => x.gather(1, at),
        plain: () => {
          const out = new Float32Array(million);
          for (let i = 0; i < million; i++)
            out[i] = data[(i & ~(columns - 1)) + (places[i] ?? 0)] ?? 0;
          return out;
        },
      };
    },
  },
  {
    name: "index_select of rows of 64",
    elements: million,
    make: (torch) => {
      const index = integers(million / 64, 1000);
      return {
        inputs: [torch.tensor(uniformNumbers(64_000)).view(1000, 64), torch.tensor(index)],
        run: (x, at) => x.index_select(0, at),
        plain: copyRows(uniformNumbers(64_000), index, 64),
      };
    },
  },
  {
    name: "embedding of 64",
    elements: million,
    make: (torch) => {
      const index = integers(million / 64, 1000);
      return {
        inputs: [torch.tensor(uniformNumbers(64_000)).view(1000, 64), torch.tensor(index)],
        run: (weight, at) => torch.nn.functional.embedding(at, weight),
        plain: copyRows(uniformNumbers(64_000), index, 64),
      };
    },
  },
  {
    name: "index by a tensor, 1M of 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      const index = integers(million, million);
      const places = Int32Array.from(index, Number);
      return {
        inputs: [torch.tensor(data), torch.tensor(index)],
        run: (x, at) => x.index(at),
        plain: () => {
          const out = new Float32Array(million);
          for (let i = 0; i < million; i++) out[i] = data[places[i] ?? 0] ?? 0;
          return out;
        },
      };
    },
  },
  {
    name: "scatter along rows",
    elements: million,
    make: (torch) => ({
      inputs: [
        torch.zeros(rows, columns),
        torch.tensor(integers(million, columns)).view(rows, columns),
        torch.tensor(uniformNumbers(million)).view(rows, columns),
      ],
      run: (x, at, source) => x.scatter(1, at, source),
      plain: null,
    }),
  },
  {
    name: "scatter_add, 1M into 1000",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      const index = integers(million, 1000);
      const places = Int32Array.from(index, Number);
      return {
        inputs: [torch.zeros(1000), torch.tensor(index), torch.tensor(data)],
        run: (x, at, source) => x.scatter_add(0, at, source),
        plain: () => {
          const out = new Float32Array(1000);
          for (let i = 0; i < million; i++) {
            const place = places[i] ?? 0;
            out[place] = (out[place] ?? 0) + (data[i] ?? 0);
          }
          return out;
        },
      };
    },
  },
  {
    name: "index_add of rows of 64",
    elements: million,
    make: (torch) => ({
      inputs: [
        torch.zeros(1000, 64),
        torch.tensor(integers(million / 64, 1000)),
        torch.tensor(uniformNumbers(million)).view(million / 64, 64),
      ],
      run: (x, at, source) => x.index_add(0, at, source),
      plain: null,
    }),
  },
  {
    name: "index_put, 1M",
    elements: million,
    make: (torch) => ({
      inputs: [
        torch.zeros(million),
        torch.tensor(integers(million, million)),
        torch.tensor(uniformNumbers(million)),
      ],
      run: (x, at, source) => x.index_put([at], source),
      plain: null,
    }),
  },
  {
    name: "one_hot, 8192 of 128",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(integers(8192, 128))],
      run: (x) => torch.nn.functional.one_hot(x, 128),
      plain: null,
    }),
  },
  {
    name: "take_along_dim after argsort, rows",
    elements: million,
    make: (torch) => ({
      inputs: [
        torch.tensor(uniformNumbers(million)).view(rows, columns),
        torch.tensor(integers(million, columns)).view(rows, columns),
      ],
      run: (x, at) => torch.take_along_dim(x, at, 1),
      plain: null,
    }),
  },
  {
    name: "masked_fill, 1M",
    elements: million,
    make: (torch) => {
      const x = torch.tensor(uniformNumbers(million));
      return { inputs: [x, x.gt(0.5)], run: (a, mask) => a.masked_fill(mask, 0), plain: null };
    },
  },
];

function copyRows(
  table: Float32Array,
  index: BigInt64Array,
  width: number,
): () => Float32Array<ArrayBuffer> {
  const places = Int32Array.from(index, Number);
  return () => {
    const out = new Float32Array(places.length * width);
    places.forEach((place, row) =>
      out.set(table.subarray(place * width, (place + 1) * width), row * width),
    );
    return out;
  };
}
