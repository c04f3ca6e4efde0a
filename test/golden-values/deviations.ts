/** Recorded calls that deliberately give something else here, with the reason. */
export const deviations: Readonly<Record<string, string>> = {};
