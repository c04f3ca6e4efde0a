/** The value of an environment variable, or `undefined` where it is unset or where there is no environment (browsers). */
export function environmentVariable(name: string): string | undefined {
  return typeof process === "undefined" ? undefined : process.env?.[name];
}
