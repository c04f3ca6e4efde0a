import * as torch from "fullgraph";

type Tensor = torch.Tensor;

/** `x.item()` as a number, in the program's own words. */
const number = (x: Tensor): number => Number(x.item());

/** Inputs that take every way through the programs. */
export const healingInputs = (): readonly (readonly [Tensor])[] => [
  [torch.tensor([1, 2, 3.5])],
  [torch.tensor([-1, -2, -3.5])],
  [torch.tensor([9, -2, -3])],
  [torch.tensor([0, 0, 0])],
  [torch.tensor([-9, 2, 3])],
  [torch.tensor([NaN, 2, 3])],
  [torch.tensor([40, 50, 60])],
];

/** Programs with branches on data, after AutoGraph's, by what is special about them. */
export const healingPrograms: Readonly<
  Record<string, readonly (readonly [title: string, fn: (x: Tensor) => unknown])[]>
> = {
  "early returns": [
    [
      "one after the other",
      (x: Tensor) => {
        if (number(x.sum()) > 100) return x.mul(2);
        if (number(x.max()) > 5) return x.add(1);
        if (number(x.min()) < -3) return x.sub(1);
        return x;
      },
    ],
    [
      "out of an inlined function",
      (x: Tensor) => {
        const clip = (t: Tensor): Tensor => {
          if (number(t.sum()) > 0) return t.clamp(0, 1);
          return t.neg();
        };
        return clip(x).add(clip(x.neg()));
      },
    ],
    [
      "in nested branches",
      (x: Tensor) => {
        let y = x;
        if (number(x.sum()) > 0) {
          if (number(x.max()) > 5) return x.mul(5);
          y = y.add(1);
        }
        return y.mul(2);
      },
    ],
    [
      "of arrays and objects",
      (x: Tensor) => {
        if (number(x.sum()) > 0) return { y: x.add(1), rest: [x.mul(2), 3] };
        return { y: x.sub(1), rest: [x.mul(4), 5] };
      },
    ],
    [
      "one tensor twice: results that are one object stay one object",
      (x: Tensor) => {
        let a = x;
        let b = x;
        if (number(x.sum()) > 0) a = b = x.add(1);
        return [a, b, x];
      },
    ],
    ["of the argument itself", (x: Tensor) => (number(x.sum()) > 0 ? x : x.neg())],
  ],

  conditions: [
    [
      "and",
      (x: Tensor) => {
        if (number(x.sum()) > 0 && number(x.max()) > 5) return x.add(1);
        return x.sub(1);
      },
    ],
    [
      "or",
      (x: Tensor) => {
        if (number(x.sum()) > 0 || number(x.max()) > 2) return x.add(1);
        return x.sub(1);
      },
    ],
    [
      "not, and both together",
      (x: Tensor) => {
        if (!(number(x.sum()) > 0) && (number(x.max()) > 2 || number(x.min()) < -3))
          return x.add(1);
        return x.sub(1);
      },
    ],
    [
      "the truth of a number: zero and NaN are false",
      (x: Tensor) => (number(x.sum()) ? x.add(1) : x.sub(1)),
    ],
    [
      "a number and a comparison together",
      (x: Tensor) => {
        if (number(x.sum()) && number(x.max()) > 5) return x.add(1);
        return x.sub(1);
      },
    ],
    ["a bool tensor", (x: Tensor) => (x.gt(0).all().item() ? x.sqrt() : x.abs())],
    [
      "a condition that is kept: both a test and a result",
      (x: Tensor) => {
        const isLarge = number(x.sum()) > 10;
        const y = isLarge ? x.mul(2) : x;
        return [y, isLarge];
      },
    ],
    ["the value of `||`", (x: Tensor) => x.mul(number(x.sum()) || 7)],
    [
      "the value of `&&` is returned as what it is",
      (x: Tensor) => [x.add(1), number(x.max()) > 2 && number(x.sum()) > 0],
    ],
    [
      "the same condition again is known",
      (x: Tensor) => {
        const positive = number(x.sum()) > 0;
        let label = x;
        if (positive) label = positive ? x.add(1) : x.add(1000);
        return label;
      },
    ],
    [
      "nested ternaries",
      (x: Tensor) => {
        const s = number(x.sum());
        return x.mul(s > 10 ? 1 : s > 0 ? 2 : s < -5 ? 3 : 4);
      },
    ],
    [
      "switch",
      (x: Tensor) => {
        switch (number(x.sum().sign())) {
          case 1:
            return x.add(1);
          case -1:
            return x.sub(1);
          default:
            return x.mul(0);
        }
      },
    ],
  ],

  "what sides give": [
    [
      "numbers that differ",
      (x: Tensor) => {
        let scale = 1.5;
        if (number(x.sum()) > 0) scale = -0;
        return [x.mul(scale), scale];
      },
    ],
    [
      "not a number, infinity and fractions",
      (x: Tensor) => {
        const s = number(x.sum());
        const n = s > 10 ? NaN : s > 0 ? Infinity : 0.1;
        return [x, n, n > 3];
      },
    ],
    [
      "booleans that differ",
      (x: Tensor) => {
        let isLarge = false;
        if (number(x.sum()) > 10) isLarge = true;
        const y = isLarge ? x.add(1) : x.sub(1);
        return [y, isLarge];
      },
    ],
    [
      "several variables, one unchanged",
      (x: Tensor) => {
        let [a, b, c] = [x, x.mul(2), x.mul(3)];
        if (number(x.sum()) > 0) [a, b] = [b, a];
        else c = a.add(b);
        return [a, b, c];
      },
    ],
    [
      "an object from before stays that object",
      (x: Tensor) => {
        const state = { scale: 2, label: "same" };
        const y = number(x.sum()) > 0 ? x.mul(state.scale) : x;
        return [y, state.label, state];
      },
    ],
    [
      "a string that is the same in both",
      (x: Tensor) => {
        let y;
        let label;
        if (number(x.sum()) > 0) {
          y = x.add(1);
          label = "done";
        } else {
          y = x.sub(1);
          label = "done";
        }
        return [y, label];
      },
    ],
    [
      "sizes that differ",
      (x: Tensor) => {
        let y = x;
        if (number(x.sum()) > 0) y = torch.cat([x, x]);
        return y.mul(2);
      },
    ],
    [
      "objects made and changed in a side only",
      (x: Tensor) => {
        let y = x;
        if (number(x.sum()) > 0) {
          const parts = [];
          for (let i = 0; i < 3; i++) parts.push(x.mul(i));
          y = torch.stack(parts).sum(0);
        }
        return y;
      },
    ],
    [
      "in-place operators on what the side made",
      (x: Tensor) => {
        let y = x;
        if (number(x.sum()) > 0) {
          const z = x.clone();
          z.add_(1).mul_(2);
          y = z;
        }
        return [y, x];
      },
    ],
    [
      "an error that is thrown and caught in a side",
      (x: Tensor) => {
        let y = x;
        if (number(x.sum()) > 0) {
          try {
            throw new RangeError("inside");
          } catch {
            y = x.add(1);
          }
        }
        return y;
      },
    ],
  ],

  loops: [
    [
      "two carried tensors",
      (x: Tensor) => {
        let a = x.abs();
        let b = x.abs().add(1);
        while (number(a.sum()) < 100 && number(b.sum()) < 1000) [a, b] = [b, a.add(b)];
        return [a, b];
      },
    ],
    [
      "a counter",
      (x: Tensor) => {
        let steps = 0;
        let y = x.abs().nan_to_num().add(1);
        while (number(y.sum()) < 50) {
          y = y.mul(2);
          steps += 1;
        }
        return [y, steps];
      },
    ],
    [
      "break",
      (x: Tensor) => {
        let y = x.abs().nan_to_num();
        while (number(y.sum()) < 100) {
          y = y.add(3);
          if (number(y.max()) > 12) break;
          y = y.mul(1.5);
        }
        return y;
      },
    ],
    [
      "continue",
      (x: Tensor) => {
        let y = x.abs().nan_to_num();
        let steps = 0;
        while (number(y.sum()) < 100) {
          steps++;
          y = y.add(3);
          if (number(y.max()) > 12) continue;
          y = y.mul(1.5);
        }
        return [y, steps];
      },
    ],
    [
      "do while",
      (x: Tensor) => {
        let y = x.nan_to_num();
        do {
          y = y.abs().add(1);
        } while (number(y.min()) < 5);
        return y;
      },
    ],
    [
      "a loop with a test in the middle",
      (x: Tensor) => {
        let y = x.abs().nan_to_num();
        while (true) {
          y = y.add(1);
          if (number(y.sum()) > 30) break;
          y = y.mul(2);
        }
        return y;
      },
    ],
    [
      "a bounded loop that data may end early",
      (x: Tensor) => {
        let y = x.abs().nan_to_num();
        for (let i = 0; i < 4; i++) {
          if (number(y.sum()) > 30) break;
          y = y.mul(2).add(i);
        }
        return y;
      },
    ],
    [
      "a loop over an array that data may end early",
      (x: Tensor) => {
        let y = x;
        for (const scale of [1, 2, 3]) {
          if (number(y.sum()) > 30) break;
          y = y.mul(scale).add(1);
        }
        return y;
      },
    ],
    [
      "a loop over an array with branches in it",
      (x: Tensor) => {
        let y = x;
        for (const scale of [1, 2, 3]) {
          if (number(y.sum()) > 10) continue;
          y = number(y.max()) > 2 ? y.mul(scale) : y.add(scale);
        }
        return y;
      },
    ],
    [
      "a loop that returns early out of a walk over an array",
      (x: Tensor) => {
        for (const limit of [1, 5, 20]) if (number(x.sum()) < limit) return x.mul(limit);
        return x;
      },
    ],
    [
      "a loop in a loop",
      (x: Tensor) => {
        let y = x.abs().nan_to_num().add(1);
        while (number(y.sum()) < 200) {
          let z = y;
          while (number(z.max()) > 2) z = z.div(2);
          y = y.add(z).mul(2);
        }
        return y;
      },
    ],
    [
      "a loop in a branch, and a branch in a loop",
      (x: Tensor) => {
        let y = x.nan_to_num();
        if (number(x.sum()) > 0)
          while (number(y.sum()) < 50) y = y.abs().add(number(y.max()) > 5 ? 5 : 1);
        return y;
      },
    ],
    [
      "Newton's method in an inlined function",
      (x: Tensor) => {
        const root = (a: Tensor): Tensor => {
          let guess = a;
          while (number(guess.mul(guess).sub(a).abs().max()) > 1e-3)
            guess = guess.add(a.div(guess)).div(2);
          return guess;
        };
        return root(x.abs().nan_to_num().add(1));
      },
    ],
  ],
  "what is easily got wrong": [
    [
      "NaN compared with itself",
      (x) => (number(x.sum()) === number(x.sum()) ? x.add(1) : x.sub(1)),
    ],
    [
      "the opposite of a comparison, which NaN makes true",
      (x) => (!(number(x.sum()) < 5) ? x.add(1) : x.sub(1)),
    ],
    [
      "neither greater nor not greater",
      (x) => {
        if (number(x.sum()) > 0) return x.add(1);
        if (number(x.sum()) <= 0) return x.sub(1);
        return x.mul(0);
      },
    ],
    [
      "a number that was taken before the tensor changed",
      (x) => {
        const sum = number(x.sum());
        x.add_(100);
        return sum > 0 ? x.add(sum) : x.sub(sum);
      },
    ],
    [
      "a tensor that changed before and behind the branch",
      (x) => {
        x.add_(1);
        const y = number(x.sum()) > 0 ? x.add(1) : x;
        x.mul_(2);
        return [x, y];
      },
    ],
    [
      "an effect on a variable in the condition of a loop",
      (x) => {
        let step = 0;
        let y = x;
        while (step++ < 3 && number(y.sum()) > step) y = y.sub(0.5);
        return [y, step];
      },
    ],
    [
      "sizes of the sides decide on further sides",
      (x) => {
        const y = number(x.sum()) > 0 ? x.narrow(0, 0, 2) : x;
        return [0, 1, 2].map((row) => (row < y.size(0) ? y.select(0, row) : x.sum()));
      },
    ],
    [
      "integers of 32 bits",
      (x) => {
        const sum = number(x.sum());
        return [x.mul((sum >> 1) + (sum >>> 0 > 5 ? 1 : 0)), sum % 2 === 0, sum | 0];
      },
    ],
    [
      "booleans as numbers, and compared",
      (x) => {
        const isLarge = number(x.sum()) > 0;
        const hasLarge = x.gt(5).any().item<boolean>();
        return [x.mul(Number(isLarge) + 1), isLarge !== hasLarge, isLarge === hasLarge];
      },
    ],
    [
      "a loop that a carried boolean ends",
      (x) => {
        let isDone = false;
        let y = x.abs().nan_to_num().add(1);
        while (!isDone) {
          y = y.add(1);
          isDone = number(y.sum()) > 20;
        }
        return [y, isDone];
      },
    ],
    [
      "continue in do while goes to the test",
      (x) => {
        let y = x.abs().nan_to_num().add(1);
        let steps = 0;
        do {
          steps++;
          if (number(y.max()) > 6) {
            y = y.add(1);
            continue;
          }
          y = y.mul(2);
        } while (number(y.sum()) < 60);
        return [y, steps];
      },
    ],
    [
      "a loop without a test that is left by return",
      (x) => {
        let y = x.abs().nan_to_num().add(1);
        for (;;) {
          y = y.mul(2);
          if (number(y.sum()) > 30) return y;
        }
      },
    ],
  ],
};
