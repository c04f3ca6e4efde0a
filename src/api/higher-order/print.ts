/**
 * Prints `format` with its `{}` replaced by the arguments, in order, and each `{name}` by that property of a plain object
 * given last. In a compiled function it is part of the graph: it
 * prints when and as often as the graph runs it, in program order, without a graph break.
 *
 * @example
 * ```ts
 * torch._higher_order_ops.print("x is {} after {steps} steps", torch.ones(2), { steps: 3 });
 * ```
 * @see torch._higher_order_ops.print
 */
export function print(format: string, ...args: readonly unknown[]): void {
  const last = args.at(-1);
  const named = isPlain(last) ? last : {};
  let next = 0;
  const text = String(format).replaceAll(/\{(\w*)\}/g, (hole, name: string) => {
    if (name === "") return String(args[next++]);
    return Object.hasOwn(named, name) ? String(named[name]) : hole;
  });
  console.log(text);
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
