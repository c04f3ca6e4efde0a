import { defineGraphBreak, text } from "./define-graph-break.ts";
import { standardHints } from "./standard-hints.ts";

/** Breaks because of what an object of the program is, or what is done with it. */
export const objectBreaks = {
  unmodelledValue: defineGraphBreak({
    id: "GB0116",
    title: "Value of a kind that cannot be traced",
    facts: { value: text("source text of the value"), kind: text("what it is, as in `a WeakMap`") },
    explanation: ({ value, kind }) =>
      `\`${value}\` is ${kind}, and the tracer does not know how such a value behaves.`,
    hints: [standardHints.moveOutside, standardHints.supportable],
    context: "The value.",
    wrongExample: `
const day = new Date(0);
const fn = torch.compile((x: torch.Tensor) => x.add(Number(day) + 1));
fn(torch.ones(3));`,
    rightExample: `
const day = new Date(0);
const fn = torch.compile((x: torch.Tensor, time: number) => x.add(time + 1));
fn(torch.ones(3), Number(day));`,
  }),
  exoticObject: defineGraphBreak({
    id: "GBJ009",
    title: "Property of an exotic object",
    facts: {
      object: text("what the object is, as in `a Proxy`"),
      property: text("what is used of it, as in `property 'scale'`"),
      kind: text("what makes it special, as in `a native getter`"),
    },
    explanation: ({ object, property, kind }) =>
      `Using ${property} of ${object} cannot be traced: ${kind} may run any code, which cannot be looked into.`,
    hints: ["Read the property before the compiled function is called, and pass the value in."],
    context: "The object and the property.",
    wrongExample: `
const settings = { get scale() { return 2; } };
const fn = torch.compile((x: torch.Tensor) => {
  const copy = { ...settings };
  return x.add(1).mul(copy.scale);
});
fn(torch.ones(3));`,
    rightExample: `
const settings = { get scale() { return 2; } };
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(settings.scale));
fn(torch.ones(3));`,
  }),
  unknownProperty: defineGraphBreak({
    id: "GB2412",
    title: "Unsupported attribute",
    facts: {
      object: text("what the property is read from, as in `an ArrayBuffer`"),
      property: text('the property, as in `property "byteLength"`'),
    },
    explanation: ({ object, property }) => `Reading ${property} of ${object} cannot be traced.`,
    hints: [standardHints.moveOutside, standardHints.supportable],
    context: "The object and the property.",
    wrongExample: `
const buffer = new ArrayBuffer(8);
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(buffer.byteLength));
fn(torch.ones(3));`,
    rightExample: `
const byteLength = new ArrayBuffer(8).byteLength;
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(byteLength));
fn(torch.ones(3));`,
  }),
  unsupportedPropertyWrite: defineGraphBreak({
    id: "GB0467",
    title: "Property write on an unsupported object",
    facts: {
      object: text("what is written to, as in `a TypedArray`"),
      property: text("the property"),
    },
    explanation: ({ object, property }) =>
      `Writing \`${property}\` of ${object} cannot be recorded and done later.`,
    hints: ["Write it after the compiled function has returned.", standardHints.supportable],
    context: "The object, the property and the value.",
    wrongExample: `
const log = new Float64Array(1);
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  log[0] = 5;
  return y.mul(2);
});
fn(torch.ones(3));`,
    rightExample: `
const log = new Float64Array(1);
const fn = torch.compile((x: torch.Tensor) => x.add(1).mul(2));
fn(torch.ones(3));
log[0] = 5;`,
  }),
  unsupportedMembershipTest: defineGraphBreak({
    id: "GB0150",
    title: "Unsupported membership test",
    facts: { object: text("what is asked, as in `a Proxy`"), key: text("source text of the key") },
    explanation: ({ object, key }) =>
      `Whether \`${key}\` is in ${object} cannot be told while tracing.`,
    hints: [standardHints.moveOutside],
    context: "The object and the key.",
    wrongExample: `
const settings = new Proxy({ scale: 2 }, { has: () => true });
const fn = torch.compile((x: torch.Tensor) => ("scale" in settings ? x.add(1) : x));
fn(torch.ones(3));`,
    rightExample: `
const settings = { scale: 2 };
const fn = torch.compile((x: torch.Tensor) => ("scale" in settings ? x.add(1) : x));
fn(torch.ones(3));`,
  }),
  untraceableIteration: defineGraphBreak({
    id: "GB0811",
    title: "Iteration that cannot be traced",
    facts: {
      iterable: text("source text of what is iterated"),
      kind: text("what it is, as in `a native iterator`"),
    },
    explanation: ({ iterable, kind }) =>
      `\`${iterable}\` is ${kind}: what it gives next is only known by asking it, and asking changes it.`,
    hints: ["Make an array of it first, outside the compiled function: `Array.from(…)`."],
    context: "The iterated value.",
    wrongExample: `
const fn = torch.compile((x: torch.Tensor, scales: Iterator<number> & Iterable<number>) => {
  for (const scale of scales) x = x.mul(scale);
  return x;
});
fn(torch.ones(3), [1, 2, 3].values());`,
    rightExample: `
const fn = torch.compile((x: torch.Tensor, scales: readonly number[]) => {
  for (const scale of scales) x = x.mul(scale);
  return x;
});
fn(torch.ones(3), [1, 2, 3]);`,
  }),
  frozenMutation: defineGraphBreak({
    id: "GBJ010",
    title: "Mutation of a frozen object",
    facts: { object: text("source text of the object"), property: text("the property") },
    explanation: ({ object, property }) =>
      `\`${object}\` is frozen, so writing \`${property}\` throws a TypeError; the write is left to plain JavaScript.`,
    hints: [standardHints.userError, "Make a changed copy: `{ ...object, property: value }`."],
    context: "The object and the property.",
    wrongExample: `
const totals: { count: number } = Object.freeze({ count: 0 });
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  totals.count = 1;
  return y;
});
try {
  fn(torch.ones(3));
} catch {}`,
    rightExample: `
const totals = { count: 0 };
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.add(1);
  totals.count = 1;
  return y;
});
fn(torch.ones(3));`,
  }),
} as const;
