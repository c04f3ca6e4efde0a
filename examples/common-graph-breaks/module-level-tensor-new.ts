import * as torch from "fullgraph";

torch.manual_seed(0);
const x = torch.randn(3, 3);
let positive = x.sum().gt(0).item<boolean>();

const fn = torch.compile(function fn(y: torch.Tensor) {
  if (positive) {
    return y.add(x);
  }
  return y.sub(x);
});

console.log(fn(torch.ones(3, 3)));
positive = !positive;
console.log(fn(torch.ones(3, 3)));
