const beyondLargest =
  "a number beyond the largest becomes infinity here, as in torch.tensor and in arithmetic; PyTorch refuses it in some functions";

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
  'full([2], 65504.5, {"dtype":{"dtype":"float16"}})': beyondLargest,
  'full([2], 1e+39, {"dtype":{"dtype":"float16"}})': beyondLargest,
  ".masked_fill(float16[1](1), bool[1](true), 1e+39)": beyondLargest,
  'clamp(float16[1](1), {"max":1e+39})': beyondLargest,
  "erf(float16[35](…))": "exact for small arguments, of which PyTorch's kernel for 16 bits makes 0",
  "nn.functional.softshrink(float16[35](…))":
    "small negative numbers give -0, as in PyTorch but for its vectors of 16 bits",
  "index_add(float16[4,5](…), 0, int64[3](2 0 2), float16[3,5](…))":
    "rounded after every addition, as PyTorch does for vectors only",
  'scatter_reduce(float16[4,5](…), 1, int64[4,3](…), float16[4,3](…), "prod")':
    "rounded after every multiplication; PyTorch keeps float32 for rows of a matrix",
  'linspace(0, 1, 7, {"dtype":{"dtype":"float16"}})': "rounded once; PyTorch rounds the step first",
  'full([2], 1e+39, {"dtype":{"dtype":"bfloat16"}})': beyondLargest,
  ".masked_fill(bfloat16[1](1), bool[1](true), 1e+39)": beyondLargest,
  'clamp(bfloat16[1](1), {"max":1e+39})': beyondLargest,
  "erf(bfloat16[35](…))":
    "exact for small arguments, of which PyTorch's kernel for 16 bits makes 0",
  "nn.functional.softshrink(bfloat16[35](…))":
    "small negative numbers give -0, as in PyTorch but for its vectors of 16 bits",
  "index_add(bfloat16[4,5](…), 0, int64[3](2 0 2), bfloat16[3,5](…))":
    "rounded after every addition, as PyTorch does for vectors only",
  'scatter_reduce(bfloat16[4,5](…), 1, int64[4,3](…), bfloat16[4,3](…), "prod")':
    "rounded after every multiplication; PyTorch keeps float32 for rows of a matrix",
  'linspace(0, 1, 7, {"dtype":{"dtype":"bfloat16"}})':
    "rounded once; PyTorch rounds the step first",
  "nn.functional.gelu(bfloat16[35](…))":
    "gelu of infinity is infinity, and that of a large number itself; PyTorch gives NaN and infinity",
  "pow(bfloat16[16](…), 3)": "rounded once; PyTorch's bfloat16 kernel rounds the square first",
  'hann_window(5, {"dtype":{"dtype":"bfloat16"}})': "rounded once; PyTorch rounds every step",
  'nn.functional.grid_sample(bfloat16[1,4,6,6](…), bfloat16[1,2,3,2](…), {"align_corners":false})':
    "places are found in float32; PyTorch finds them in bfloat16",
};
