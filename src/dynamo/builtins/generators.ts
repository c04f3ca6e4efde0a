import { breakGraph } from "../graph-breaks/graph-break.ts";
import type { Machine } from "../interpreter/machine.ts";
import {
  type GeneratorStep,
  resumeGenerator,
  returnFromGenerator,
  throwIntoGenerator,
} from "../operations/generator.ts";
import { generatorPrototype } from "../operations/generator-prototype.ts";
import { buildObject } from "../operations/object-literal.ts";
import type { GeneratorVariable } from "../variables/iterator-variables.ts";
import {
  ConstantVariable,
  type Variable,
  describeVariable,
  undefinedVariable,
} from "../variables/variable.ts";
import type { BuiltinRow } from "./builtin-table.ts";

type Resume = (machine: Machine, generator: GeneratorVariable, value: Variable) => GeneratorStep;

const methods: readonly (readonly [string, Resume])[] = [
  ["next", resumeGenerator],
  ["return", returnFromGenerator],
  ["throw", throwIntoGenerator],
];

/** What a program itself calls on generators it made (ECMA-262 §27.5.1). */
export const generatorBuiltins: readonly BuiltinRow[] = methods.flatMap(
  ([name, resume]): BuiltinRow[] => {
    const fn: unknown = Reflect.get(generatorPrototype, name);
    if (typeof fn !== "function") return [];
    return [
      [
        fn,
        {
          name: `Generator.prototype.${name}`,
          call: (machine, thisValue, [sent]) => {
            const generator = machine.force(thisValue);
            if (generator.kind !== "generator")
              return breakGraph(
                "unsupportedMethod",
                { receiver: describeVariable(generator), method: name },
                `call_method ${describeVariable(generator)} ${name}`,
              );
            const { value, done } = resume(machine, generator, sent ?? undefinedVariable);
            return buildObject(["value", "done"], [value, new ConstantVariable(done)]);
          },
        },
      ],
    ];
  },
);
