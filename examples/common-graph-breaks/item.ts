import * as torch from "fullgraph";

const fn = torch.compile(function fn(x: torch.Tensor) {
  const total = x.sum().item();
  return x.add(total);
});

console.log(fn(torch.ones(3, 3)));
