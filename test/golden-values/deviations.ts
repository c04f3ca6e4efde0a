/** Recorded calls that deliberately give something else here, with the reason. */
export const deviations: Readonly<Record<string, string>> = {
  'topk(float32[7](3 1 {"number":"NaN"} 2 1 {"number":"-Infinity"} {"number":"Infinity"}), 3, {"largest":false})':
    "of equal elements the first ones are taken, in order; PyTorch leaves open which",
  "gelu(float32[26](…))":
    "gelu of infinity is infinity; PyTorch's float32 kernel gives NaN, its float64 kernel infinity",
  "gelu(float64[26](…))":
    "exact for negative arguments too, where 1 + erf has lost all digits in PyTorch: of -30 it gives -0",
  'gelu(float32[26](…), {"approximate":"tanh"})':
    "exact to more digits for negative arguments, where 1 + tanh cancels in PyTorch",
  "nn.functional.group_norm(float32[2,4,3,2](…), 2, null, float32[4,1](1 1 1 1))":
    "the message shows the shape of the bias; PyTorch shows that of the weight",
};
