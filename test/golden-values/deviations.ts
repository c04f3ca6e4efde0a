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
  "nn.functional.conv_transpose1d(float32[2,4,5](…), float32[4,3,3](…), null, 2, 0, 2)":
    "the message shows the sizes that were given; PyTorch shows those of the 2-d convolution it makes of a 1-d one",
  "nn.functional.conv_transpose1d(float32[2,4,5](…), float32[4,3,3](…), null, 1, 9)":
    "the message says that the output would be too small; PyTorch's library for convolutions fails on it",
  "nn.functional.embedding_bag(int64[5](3 0 1 1 2), float32[4,3](…), int64[2](1 2))":
    "PyTorch's message ends in the class of the tensor",
};
