/** Loops of plain JavaScript, as texts: they are compiled twice, once by the engine alone and once from bytecode. */
export interface ResidualLoop {
  readonly name: string;
  /** A function of `n` that gives a number. */
  readonly text: string;
  readonly n: number;
}

export const residualLoops: readonly ResidualLoop[] = [
  {
    name: "nested integer loop",
    n: 300,
    text: `function (n) {
      let s = 0;
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) s = (s + i * j) | 0;
      return s;
    }`,
  },
  {
    name: "float loop over an array",
    n: 20_000,
    text: `function (n) {
      const xs = [];
      for (let i = 0; i < 100; i++) xs.push(i * 0.5);
      let s = 0;
      for (let k = 0; k < n / 100; k++) for (let i = 0; i < xs.length; i++) s += xs[i] * 1.5 - s * 0.001;
      return s;
    }`,
  },
  {
    name: "for-of over an array",
    n: 20_000,
    text: `function (n) {
      const xs = [];
      for (let i = 0; i < 100; i++) xs.push(i);
      let s = 0;
      for (let k = 0; k < n / 100; k++) for (const x of xs) s += x;
      return s;
    }`,
  },
  {
    name: "for-of over a Map",
    n: 5_000,
    text: `function (n) {
      const m = new Map();
      for (let i = 0; i < 50; i++) m.set("k" + i, i);
      let s = 0;
      for (let k = 0; k < n / 50; k++) for (const [key, x] of m) s += x + key.length;
      return s;
    }`,
  },
  {
    name: "object properties",
    n: 20_000,
    text: `function (n) {
      const o = { x: 1, y: 2, inner: { z: 3 } };
      for (let i = 0; i < n; i++) {
        o.x = (o.x + o.y) & 255;
        o.inner.z = o.x ^ o.inner.z;
        o.y = o.inner.z & 7;
      }
      return o.x + o.inner.z;
    }`,
  },
  {
    name: "try in a loop",
    n: 20_000,
    text: `function (n) {
      let s = 0;
      for (let i = 0; i < n; i++) {
        try {
          if (i % 1000 === 999) throw i;
          s += i & 3;
        } catch (error) {
          s -= error & 1;
        }
      }
      return s;
    }`,
  },
  {
    name: "try and finally in a loop",
    n: 20_000,
    text: `function (n) {
      let s = 0;
      for (let i = 0; i < n; i++) {
        try {
          if ((i & 7) === 3) continue;
          s += i & 3;
        } finally {
          s ^= 1;
        }
      }
      return s;
    }`,
  },
  {
    name: "destructuring",
    n: 5_000,
    text: `function (n) {
      let a = 1;
      let b = 2;
      let s = 0;
      for (let i = 0; i < n; i++) {
        [a, b] = [b, (a + i) & 63];
        const { p, q: { r = 4 } } = { p: a, q: { r: b } };
        s += p + r;
      }
      return s;
    }`,
  },
  {
    name: "callbacks",
    n: 10_000,
    text: `function (n) {
      const xs = [];
      for (let i = 0; i < 100; i++) xs.push(i);
      let s = 0;
      for (let k = 0; k < n / 100; k++)
        s += xs.map((x) => x * 2).filter((x) => x % 3 === 0).reduce((t, x) => t + x, 0);
      return s;
    }`,
  },
  {
    name: "closures over a variable that changes",
    n: 20_000,
    text: `function (n) {
      let count = 0;
      const add = (by) => { count += by; };
      for (let i = 0; i < n; i++) { add(i & 3); count ^= 1; }
      return count;
    }`,
  },
  {
    name: "text and switch",
    n: 5_000,
    text: `function (n) {
      const words = ["add", "mul", "neg", "nop"];
      let s = 1;
      for (let i = 0; i < n; i++) {
        switch (words[i & 3]) {
          case "add": s += 3; break;
          case "mul": s = (s * 5) & 1023; break;
          case "neg": s = -s;
          default: s += \`\${i & 7}\`.length;
        }
      }
      return s;
    }`,
  },
  {
    name: "while with labels",
    n: 300,
    text: `function (n) {
      let found = 0;
      outer: for (let i = 2; i < n; i++) {
        let j = 2;
        while (j * j <= i) { if (i % j++ === 0) continue outer; }
        found++;
      }
      return found;
    }`,
  },
];
