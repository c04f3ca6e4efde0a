/** Everything tier T reaches, in a module that ran through the loader. */
import { bindingOf, sourceOf } from "./check.ts";

const failures: string[] = [];
function check(claim: string, holds: () => unknown): void {
  if (holds() !== true) failures.push(claim);
}

let counter = 1;
const settled = { answer: 42 };
function count(): number {
  return ++counter + settled.answer;
}
check("a module variable is written in place", () => {
  bindingOf(count, "counter").write?.(10);
  return counter === 10 && count() === 53 && bindingOf(count, "counter").read() === 11;
});
check("a module constant is one", () => {
  const binding = bindingOf(count, "settled");
  return binding.constant && binding.read() === settled;
});
check("a variable before its initialisation is not", () => {
  const early = (): number => late;
  const before = bindingOf(early, "late");
  return !before.constant && throwsReferenceError(before.read);
});
const late = 5;
void late;
check("a global is found", () => bindingOf((): unknown => Math, "Math").read() === Math);

function compile<Fn extends Function>(fn: Fn): Fn {
  return fn;
}
check("a closure handed to compile is reached", () => {
  let local = 3;
  const made = compile((): number => ++local);
  bindingOf(made, "local").write?.(20);
  return local === 20 && made() === 21 && bindingOf(made, "local").read() === 21;
});
check("a named closure handed to compile is reached", () => {
  let local = 3;
  const named = (): number => ++local;
  compile(named);
  bindingOf(named, "local").write?.(30);
  return local === 30 && named() === 31;
});
check("the this of an arrow function handed to compile is reached", () => {
  const object = {
    make() {
      return compile((): unknown => this);
    },
  };
  return sourceOf(object.make()).lexicalThis() === object;
});
check("the text is the one before the transform", () => {
  const hidden = 1;
  const outer = (): unknown => compile((): number => hidden);
  return !sourceOf(outer).text.includes(["$", "fullgraph"].join(""));
});
check("positions are those of the file", () => {
  const here = (): number => 1;
  const there = (): number => counter; // prettier-ignore
  void here;
  const location = sourceOf(there).location;
  const { column = 0, lineText } = location?.start ?? {};
  return lineText?.slice(column - 15).startsWith("const there = ") === true;
});
check("a class that uses a local variable is reached", () => {
  let made = 0;
  class Counted {
    #own = 1;
    next(): number {
      return ++made + this.#own;
    }
  }
  void new Counted().next();
  bindingOf(Counted, "made").write?.(7);
  return made === 7;
});
if (process.env["FULLGRAPH_CLOSURES"] === "probe") {
  check("a closure with a probe is reached, and does not run", () => {
    let runs = 0;
    const fn = function (a: number, { b = ++runs } = {}): number {
      runs++;
      return a + b;
    };
    bindingOf(fn, "runs").write?.(5);
    return runs === 5 && bindingOf(fn, "runs").read() === 5;
  });
  check("a generator with a probe is reached", () => {
    let runs = 0;
    const fn = function* (): Generator<number> {
      yield ++runs;
    };
    return bindingOf(fn, "runs").read() === 0 && fn().next().value === 1;
  });
  check("a concise arrow function with a probe still gives an object", () => {
    let runs = 0;
    const fn = () => ({ runs: ++runs });
    return bindingOf(fn, "runs").read() === 0 && fn().runs === 1;
  });
}

function throwsReferenceError(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return error instanceof ReferenceError;
  }
}
console.log(failures.length === 0 ? "all as expected" : failures.join("\n"));
