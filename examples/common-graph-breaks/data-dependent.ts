import * as torch from "fullgraph";

const fn = torch.compile(function fn(x: torch.Tensor) {
  const y = x.sum();
  if (y.gt(0).item()) {
    return x.add(y.item());
  }
  return x.sub(y.item());
});

console.log(fn(torch.ones(3, 3)));
