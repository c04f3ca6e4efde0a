/**
 * What `import(…)` is asked for as: a variable around the function, which no variable of a program can be called. Its
 * value is a function that imports as the text around the function does.
 */
export const importerName = "import";

/** JavaScript for it, to be evaluated in that text. */
export const importerText = "(s,o)=>import(/*@vite-ignore*/s,o)";

/** Whether a text may import; comments and strings count too. */
export const mayImport = (text: string): boolean => /\bimport\s*(?:\/[/*]|\()/.test(text);

export type Importer = (specifier: unknown, options: unknown) => Promise<unknown>;
