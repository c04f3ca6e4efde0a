import * as torch from "fullgraph";

const fn = torch.compile(function fn(x: torch.Tensor) {
  x = x.add(1);
  console.log("log!");
  return torch.sin(x);
});

console.log(fn(torch.ones(3, 3)));
