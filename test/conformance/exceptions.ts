/** Node tests that deliberately give something else here, with the reason; none at present. */
export const exceptions: Readonly<Record<string, string>> = {};
