import * as torch from "fullgraph";

const fn = torch.compile(function fn(x: torch.Tensor) {
  return torch.cond(
    x.sum().gt(0),
    (x: torch.Tensor) => x.add(1),
    (x: torch.Tensor) => x.sub(1),
    [x],
  );
});

console.log(fn(torch.ones(3, 3)));
console.log(fn(torch.ones(3, 3).neg()));
