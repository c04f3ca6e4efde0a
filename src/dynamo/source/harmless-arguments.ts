import type { Pattern } from "acorn";

/**
 * The text of an argument list with which a function can be entered without evaluating any parameter default:
 * defaults are arbitrary user code, and nothing of the user's may run. null if a computed key cannot be known.
 */
export function harmlessArguments(parameters: readonly Pattern[]): string | null {
  const values = parameters
    .filter((parameter) => parameter.type !== "RestElement")
    .map(harmlessValue);
  const rest = parameters.find((parameter) => parameter.type === "RestElement");
  // `...[a = f()]` takes its values from the end of the list.
  const restValue =
    rest === undefined || rest.argument.type === "Identifier" ? "" : harmlessValue(rest.argument);
  if (restValue === null || values.includes(null)) return null;
  return [...values, ...(restValue === "" ? [] : [`...${restValue}`])].join(", ");
}

function harmlessValue(pattern: Pattern): string | null {
  switch (pattern.type) {
    case "Identifier":
      return "0";
    case "AssignmentPattern":
      return harmlessValue(pattern.left);
    case "ArrayPattern": {
      const elements = pattern.elements.filter((element) => element?.type !== "RestElement");
      const values = elements.map((element) => (element === null ? "0" : harmlessValue(element)));
      return values.includes(null) ? null : `[${values.join(", ")}]`;
    }
    case "ObjectPattern": {
      const entries: string[] = [];
      for (const property of pattern.properties) {
        if (property.type === "RestElement") continue;
        if (property.computed) return null;
        const value = harmlessValue(property.value);
        const key =
          property.key.type === "Identifier"
            ? property.key.name
            : property.key.type === "Literal"
              ? property.key.raw
              : null;
        if (value === null || key === null || key === undefined) return null;
        // A computed key, so that `__proto__` is an ordinary property.
        entries.push(
          `[${property.key.type === "Identifier" ? JSON.stringify(key) : key}]: ${value}`,
        );
      }
      return `{ ${entries.join(", ")} }`;
    }
    default:
      return null; // rest and member patterns do not occur as parameters
  }
}
