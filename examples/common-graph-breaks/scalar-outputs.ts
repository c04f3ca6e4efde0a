import * as torch from "fullgraph";

torch._dynamo.config.capture_scalar_outputs = true;

const fn = torch.compile(function fn(x: torch.Tensor) {
  const total = x.sum().item();
  return x.add(total);
});

console.log(fn(torch.ones(3, 3)));
