import * as torch from "fullgraph";

const fn = torch.compile(function fn(x: torch.Tensor) {
  if (x.sum().gt(0).item()) {
    return x.add(1);
  }
  return x.sub(1);
});

console.log(fn(torch.ones(3, 3)));
