import * as torch from "fullgraph";

const normalise = torch.compile(function normalise(x: torch.Tensor) {
  const largest = x.abs().max();
  if (largest.gt(1).item()) {
    x = x.div(largest);
  }
  return x.mul(2).add(1);
});

console.log(normalise(torch.tensor([1, 2, 4])));
