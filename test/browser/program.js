// Plain JavaScript: the page loads this file as it is, and the test runs it here to know what the page must find.

/** What the runtime computes, eagerly and compiled, as plain values. The compiled functions name their scope themselves. */
export function compute(torch) {
  // oxlint-disable-next-line no-eval -- how a program without a transform names its scope
  const scope = (s) => eval(s);
  torch.manual_seed(7);
  const x = torch.randn(64, 48);
  const weight = torch.randn(48, 32);
  const helper = (t) => t.mul(2).sub(0.5);
  const fused = torch.compile((a, b) => torch.softmax(helper(a).matmul(b).tanh(), 1), {
    scope,
    fullgraph: true,
  });
  const reader = { last: 0 };
  const breaking = torch.compile(
    (a) => {
      const sum = a.abs().sum().item();
      reader.last = sum > 100 ? 1 : -1;
      return a.mul(reader.last).add(1);
    },
    { scope },
  );
  const counter = new torch._dynamo.testing.CompileCounter();
  const methodsOnly = torch.compile((a) => a.relu().add(1), { backend: counter });
  const list = (tensor) => tensor.reshape([-1]).tolist();
  return {
    eager: list(x.matmul(weight).relu()),
    sorted: list(torch.sort(x.select(0, 3)).values),
    integers: list(torch.randint(0, 1000, [20])).map(Number),
    fused: list(fused(x, weight)),
    again: list(fused(x.mul(0.5), weight)),
    breaking: list(breaking(x)),
    reader: reader.last,
    methods: list(methodsOnly(x)),
    counted: [counter.frame_count, counter.op_count],
    zero: list(torch.ones(0, 3).sum(0)),
  };
}

/** Enough work for the threads that there are. */
export async function computeLarge(torch) {
  const step = torch.compile((a) => a.mul(a).add(1).sqrt());
  let large = torch.arange(0, 2 ** 21, { dtype: torch.float32 }).div(2 ** 21);
  for (let i = 0; i < 8; i++) {
    large = step(large);
    // Worker threads of a page start when its script has ended.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [large.sum().item(), large.index(12345).item()];
}
