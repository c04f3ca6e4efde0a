import * as torch from "fullgraph";

torch._dynamo.config.reorderable_logging_functions.add(console.log);

const fn = torch.compile(function fn(x: torch.Tensor) {
  const y = x.add(1);
  console.log("y, to be changed:", y);
  console.log("a copy of y:", y.clone());
  y.mul_(10);
  return y.sum();
});

console.log(fn(torch.ones(2)));
