import { defineGraphBreak, optionalText, text } from "./define-graph-break.ts";
import { standardHints } from "./standard-hints.ts";

/** Breaks because of the language construct that the program uses. */
export const languageBreaks = {
  generatorFunction: defineGraphBreak({
    id: "GB0003",
    title: "Attempt to trace generator",
    facts: {
      functionName: text("name of the function"),
      obstacle: optionalText("what ends the graph while the generator is in the middle"),
    },
    explanation: ({ functionName, obstacle }) =>
      `\`${functionName}\` is a generator function: it runs in pieces, at times its caller chooses. ` +
      (obstacle === null
        ? "A graph ends at each `yield`, and a new one begins behind it."
        : `One that is used up within a graph is captured; here the graph ends before that (${obstacle}), so it runs natively.`),
    hints: [
      ({ obstacle }) =>
        obstacle === null ? null : `Remove the graph break within its use: ${obstacle}.`,
      "Compile the work between two `yield`s as a function of its own.",
      standardHints.fundamental,
    ],
    context: "The function or the `yield`.",
    wrongExample: `
const steps = torch.compile(function* (x: torch.Tensor) {
  yield x.add(1);
  yield x.mul(2);
});
[...steps(torch.ones(3))];`,
    rightExample: `
const first = torch.compile((x: torch.Tensor) => x.add(1));
const second = torch.compile((x: torch.Tensor) => x.mul(2));
function* steps(x: torch.Tensor) {
  yield first(x);
  yield second(x);
}
[...steps(torch.ones(3))];`,
  }),
  asyncFunction: defineGraphBreak({
    id: "GBJ001",
    title: "Async function or await",
    facts: { functionName: text("name of the function") },
    explanation: ({ functionName }) =>
      `\`${functionName}\` is asynchronous: where it waits other code runs, which may change anything. ` +
      "A graph ends at each `await`, and a new one begins behind it.",
    hints: [
      "Compile the synchronous work between two `await`s as a function of its own, and await outside it.",
      standardHints.fundamental,
    ],
    context: "The function or the `await`.",
    wrongExample: `
const load = torch.compile(async (url: Promise<torch.Tensor>) => (await url).mul(2));
await load(Promise.resolve(torch.ones(3)));`,
    rightExample: `
const double = torch.compile((x: torch.Tensor) => x.mul(2));
const load = async (url: Promise<torch.Tensor>) => double(await url);
await load(Promise.resolve(torch.ones(3)));`,
  }),
  unsupportedSyntax: defineGraphBreak({
    id: "GBJ002",
    title: "Unsupported syntax",
    facts: { construct: text("name of the construct, as in `a labelled function`") },
    explanation: ({ construct }) =>
      `There is no rule for tracing ${construct}; the function runs as plain JavaScript.`,
    hints: [
      "Move the construct to a function of its own, so that the rest is still compiled.",
      standardHints.supportable,
    ],
    context: "The construct.",
    wrongExample: `
const isLocal = () => import.meta.url.startsWith("file:");
const fn = torch.compile((x: torch.Tensor) => (isLocal() ? x.add(1) : x));
fn(torch.ones(3));`,
    rightExample: `
const isLocal = import.meta.url.startsWith("file:");
const fn = torch.compile((x: torch.Tensor) => (isLocal ? x.add(1) : x));
fn(torch.ones(3));`,
  }),
  classDefinition: defineGraphBreak({
    id: "GB0075",
    title: "Class definition",
    facts: { className: text("name of the class, or `(anonymous class)`") },
    explanation: ({ className }) =>
      `\`class ${className}\` is made anew by every call of the function; it is made for real, between two graphs.`,
    hints: ["Move the class out of the compiled function."],
    context: "The class.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  class Twice { static of(t: torch.Tensor) { return t.mul(2); } }
  return Twice.of(y);
});
fn(torch.ones(3));`,
    rightExample: `
class Twice { static of(t: torch.Tensor) { return t.mul(2); } }
const fn = torch.compile((x: torch.Tensor) => Twice.of(x.add(1)));
fn(torch.ones(3));`,
  }),
  evalOrWith: defineGraphBreak({
    id: "GBJ006",
    title: "Direct eval or with statement",
    facts: { construct: text("`direct eval` or a `with` statement") },
    explanation: ({ construct }) =>
      `A ${construct} may replace any variable in sight, and in sloppy code add some: it runs as plain JavaScript, ` +
      "and so does the whole function where its text could add variables or sees those of a module.",
    hints: [
      "Remove it; for computed property names use `object[name]`.",
      standardHints.fundamental,
    ],
    context: "The construct.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => x.mul(eval("1 + 1") as number));
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.mul(1 + 1));
fn(torch.ones(3));`,
  }),
  patchedBuiltin: defineGraphBreak({
    id: "GBJ014",
    title: "Patched built-in",
    facts: { assumption: text("what would have to hold, as in `Array.prototype.join === join`") },
    explanation: ({ assumption }) =>
      `The program replaced a built-in after this library was loaded, and tracing the operation assumes ${assumption}.`,
    hints: [
      "Load polyfills before this library: what it finds when it is loaded counts as built in.",
      standardHints.fundamental,
    ],
    context: "The words `patched built-in`.",
    wrongExample: `
const { join } = Array.prototype;
Array.prototype.join = function (separator) { return join.call(this, separator); };
const fn = torch.compile((x: torch.Tensor) => x.mul(["1", "2"].join("").length));
fn(torch.ones(3));
Array.prototype.join = join;`,
    rightExample: `
const join = (texts: string[], separator: string) => texts.join(separator);
const fn = torch.compile((x: torch.Tensor) => x.mul(join(["1", "2"], "").length));
fn(torch.ones(3));`,
  }),
  dynamicImport: defineGraphBreak({
    id: "GB0022",
    title: "Dynamic import",
    facts: { functionName: text("name of the function") },
    explanation: ({ functionName }) =>
      `\`${functionName}\` loads a module while it runs, with \`import()\`.`,
    hints: [
      "Import the module at the top of the file.",
      "Start the program with `node --import fullgraph/register`, or compile with `{ scope: (s) => eval(s) }`: " +
        "else a function with `import()` runs as plain JavaScript as a whole.",
    ],
    context: "The import.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  void import("node:path");
  return y.mul(2);
});
fn(torch.ones(3));`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(2));
void import("node:path");
fn(torch.ones(3));`,
  }),
  unreachableOuterVariable: defineGraphBreak({
    id: "GBJ007",
    title: "Writing an outer variable that cannot be reached",
    facts: {
      variable: text("name of the variable"),
      why: text("why it cannot be written from outside"),
    },
    explanation: ({ variable, why }) =>
      `The function assigns \`${variable}\`, a variable outside it, and compiled code cannot write it: ${why}.`,
    hints: [
      ({ variable }) => `Keep \`${variable}\` as a property of an object, or return the new value.`,
      "Start the program with `node --import fullgraph/register`, or compile with `{ scope: (s) => eval(s) }`: both reach every variable.",
    ],
    context: "The assignment.",
    wrongExample: `
let calls = 0;
const fn = torch.compile((x: torch.Tensor) => {
  calls += 1;
  return x.add(1);
});
fn(torch.ones(3));`,
    rightExample: `
const counts = { calls: 0 };
const fn = torch.compile((x: torch.Tensor) => {
  counts.calls += 1;
  return x.add(1);
});
fn(torch.ones(3));`,
  }),
  observedException: defineGraphBreak({
    id: "GB0088",
    title: "Observed exception",
    facts: { errorClass: text("class of the error"), message: text("its message") },
    explanation: ({ errorClass, message }) =>
      `The function throws ${errorClass}: ${message}, and does not catch it. It is run as plain JavaScript, ` +
      "so that the caller gets exactly this error.",
    hints: [
      standardHints.userError,
      "An error that is caught inside the compiled function costs nothing.",
    ],
    context: "The thrown value.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  if (x.dim() !== 2) throw new RangeError("a matrix is wanted");
  return y;
});
try {
  fn(torch.ones(3));
} catch {}`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  if (x.dim() !== 2) throw new RangeError("a matrix is wanted");
  return y;
});
fn(torch.ones(3, 3));`,
  }),
  traceTooLong: defineGraphBreak({
    id: "GBJ008",
    title: "Trace too long",
    facts: {
      limit: text("how much is traced at most, as in `100000 instructions`"),
      place: optionalText("the loop that ran"),
    },
    explanation: ({ limit, place }) =>
      `Tracing stopped at its limit of ${limit}${place === null ? "" : ` in ${place}`}: ` +
      "loops over numbers are unrolled into the graph, and this one is long.",
    hints: ["Compile the loop's body as a function of its own."],
    context: "The number of instructions and operations.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor) => {
  for (let i = 0; i < 10_000_000; i++) x = i < 3 ? x.add(1) : x;
  return x;
});
fn(torch.ones(3));`,
    rightExample: `
const step = torch.compile((x: torch.Tensor) => x.add(1));
let x = torch.ones(3);
for (let i = 0; i < 3; i++) x = step(x);`,
  }),
} as const;
