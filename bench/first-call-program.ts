import * as torch from "fullgraph";

/** Run in a process of its own: prints the milliseconds from the first compiled call to its result. */
const fn = torch.compile((x: torch.Tensor) => {
  const y = x.sin().add(1);
  return y.mul(y).sum();
});
const x = torch.ones(16);
const begin = performance.now();
fn(x);
console.log(performance.now() - begin);
