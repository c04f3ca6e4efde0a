import { million, type OperatorRow, uniformNumbers } from "./operator-row.ts";

/** Random numbers. */
export const randomRows: readonly OperatorRow[] = [
  {
    name: "rand, 1M",
    elements: million,
    make: (torch) => ({
      inputs: [],
      run: () => torch.rand(million),
      plain: () => Float32Array.from({ length: million }, Math.random),
    }),
  },
  {
    name: "randn, 1M",
    elements: million,
    make: (torch) => ({
      inputs: [],
      run: () => torch.randn(million),
      plain: () =>
        Float32Array.from(
          { length: million },
          () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
        ),
    }),
  },
  {
    name: "randn float64, 1M",
    elements: million,
    make: (torch) => ({
      inputs: [],
      run: () => torch.randn(million, { dtype: torch.float64 }),
      plain: null,
    }),
  },
  {
    name: "randint, 1M",
    elements: million,
    make: (torch) => ({
      inputs: [],
      run: () => torch.randint(1000, [million]),
      plain: () => Int32Array.from({ length: million }, () => Math.floor(Math.random() * 1000)),
    }),
  },
  {
    name: "randperm, 1M",
    elements: million,
    make: (torch) => ({ inputs: [], run: () => torch.randperm(million), plain: null }),
  },
  {
    name: "bernoulli 0.5, 1M",
    elements: million,
    make: (torch) => ({
      inputs: [torch.full([million], 0.5)],
      run: (p) => p.bernoulli(),
      plain: null,
    }),
  },
  {
    name: "dropout 0.1, 1M",
    elements: million,
    make: (torch) => {
      const data = uniformNumbers(million);
      return {
        inputs: [torch.tensor(data)],
        run: (x) => torch.nn.functional.dropout(x, 0.1),
        plain: () => data.map((value) => (Math.random() < 0.9 ? value / 0.9 : 0)),
      };
    },
  },
  {
    name: "multinomial, 1M of 1000",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(1000))],
      run: (p) => p.multinomial(million, { replacement: true }),
      plain: null,
    }),
  },
  {
    name: "multinomial 1 of rows of 1024",
    elements: million,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(million)).view(1024, 1024)],
      run: (p) => p.multinomial(1),
      plain: null,
    }),
  },
];
