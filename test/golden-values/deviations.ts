/** Recorded calls that deliberately give something else here, with the reason. */
export const deviations: Readonly<Record<string, string>> = {
  'topk(float32[7](3 1 {"number":"NaN"} 2 1 {"number":"-Infinity"} {"number":"Infinity"}), 3, {"largest":false})':
    "of equal elements the first ones are taken, in order; PyTorch leaves open which",
};
