import * as torch from "fullgraph";

// Rescales to a largest magnitude of one, with numbers read out of the tensor on the way: opaque to the compiler.
const normalise = torch.library.custom_op(
  "examples::normalise",
  { schema: "(Tensor x) -> Tensor", mutates_args: [] },
  (x: torch.Tensor) => {
    const largest = x.abs().max().item();
    return largest === 0 ? x.clone() : x.div(largest);
  },
);
normalise.register_fake((x: torch.Tensor) => torch.empty_like(x));

const fn = torch.compile(function fn(x: torch.Tensor) {
  return normalise(x.add(1)).mul(10);
});

console.log(fn(torch.arange(4, { dtype: torch.float32 })));
