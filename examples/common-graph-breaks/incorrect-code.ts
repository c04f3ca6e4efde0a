import * as torch from "fullgraph";

const fn = torch.compile(function fn(x: torch.Tensor) {
  // @ts-expect-error The mistake of this example: `sin` takes one tensor.
  const y = torch.sin(x, x);
  return y;
});

try {
  fn(torch.ones(3, 3));
} catch (error) {
  console.log(String(error));
}
