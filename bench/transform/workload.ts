/** Programs whose functions are never compiled: what a transform of the module costs them. */
let tokenized = 0;
const scale = 3;

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

class Vector {
  readonly #x: number;
  readonly #y: number;
  constructor(x: number, y: number) {
    this.#x = x;
    this.#y = y;
  }
  add(other: Vector): Vector {
    return new Vector(this.#x + other.#x, this.#y + other.#y);
  }
  dot(other: Vector): number {
    return this.#x * other.#x + this.#y * other.#y;
  }
}

function sumOfVectors(count: number): number {
  const step = new Vector(0.1, 0.2);
  let at = new Vector(1, 2);
  let total = 0;
  for (let i = 0; i < count; i++) {
    at = at.add(step);
    total += at.dot(step);
  }
  return total;
}

const compose =
  (...steps: ((x: number) => number)[]) =>
  (x: number): number =>
    steps.reduce((value, step) => step(value), x);

function curried(count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += compose(
      (x) => x + 1,
      (x) => x * scale,
      (x) => x - i,
    )(i);
  }
  return total;
}

function pipeline(values: readonly number[]): number {
  return values
    .map((x) => x * 2)
    .filter((x) => x % scale === 0)
    .reduce((a, b) => a + b, 0);
}

function distance(a: string, b: string): number {
  const table: number[] = [];
  const get = (i: number, j: number): number => table[i * (b.length + 1) + j] ?? 0;
  const set = (i: number, j: number, value: number): void => {
    table[i * (b.length + 1) + j] = value;
  };
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      if (i === 0 || j === 0) set(i, j, i || j);
      else {
        const change = get(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
        set(i, j, Math.min(get(i - 1, j) + 1, get(i, j - 1) + 1, change));
      }
    }
  }
  return get(a.length, b.length);
}

function tokens(text: string): number {
  const found: string[] = [];
  let at = 0;
  const peek = (): number => text.charCodeAt(at);
  const isDigit = (c: number): boolean => c >= 48 && c <= 57;
  const isLetter = (c: number): boolean => c >= 97 && c <= 122;
  while (at < text.length) {
    const start = at;
    while (at < text.length && isDigit(peek())) at++;
    if (at === start) while (at < text.length && isLetter(peek())) at++;
    if (at === start) at++;
    else found.push(text.slice(start, at));
  }
  tokenized++;
  return found.length + tokenized;
}

function layer(input: readonly number[], weights: readonly (readonly number[])[]): number[] {
  return weights.map((row) => {
    let total = 0;
    for (let j = 0; j < row.length; j++) total += (input[j] ?? 0) * (row[j] ?? 0);
    return Math.max(total, 0);
  });
}

const numbers = Array.from({ length: 1000 }, (_, i) => i);
const matrix = Array.from({ length: 64 }, () => Array.from({ length: 64 }, (_, i) => i / 64));
const text = "abc 123 def 456 ghi 7 xyz 99 ".repeat(20);

export const workloads: Readonly<Record<string, () => unknown>> = {
  fib: () => fib(22),
  vectors: () => sumOfVectors(20_000),
  "curried closures": () => curried(3000),
  "map, filter, reduce": () => pipeline(numbers),
  "nested helpers": () => distance("kitten sitting on the mat", "sitting kitten at the mall"),
  "tokenizer closures": () => tokens(text),
  "matrix rows": () => layer(numbers, matrix),
};
