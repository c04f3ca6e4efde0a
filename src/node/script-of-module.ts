/** What the library's module calls its own address: the build replaces `import.meta.url`, and the first line declares it. */
export const moduleUrlVariable = "fullgraphModuleUrl";
export const firstLine = `const ${moduleUrlVariable}=import.meta.url;`;

const exportKeyword = "\nexport{";

/** An expression, a function from the module's address to its exports, out of the text of a module as the build writes it. */
export function scriptOfModule(text: string, name: string): string {
  const exportStart = text.lastIndexOf(exportKeyword);
  if (!text.startsWith(firstLine) || exportStart < 0) {
    throw new Error(
      `${name} is not the file that fullgraph was built with. A bundler that put fullgraph into a bundle has to ` +
        'resolve it with the condition "module", or leave it outside ("external").',
    );
  }
  const body = text.slice(firstLine.length, exportStart);
  const members = text
    .slice(text.indexOf("{", exportStart), text.lastIndexOf("}"))
    .replaceAll(/([\w$]+) as ([\w$]+)/g, "$2:$1");
  return `(function(${moduleUrlVariable}){"use strict";${body}\nreturn${members}}})`;
}
