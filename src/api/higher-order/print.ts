/**
 * Prints `format` with its `{}` replaced by the arguments, in order. In a compiled function it is part of the graph: it
 * prints when and as often as the graph runs it, in program order, without a graph break.
 *
 * @example
 * ```ts
 * torch._higher_order_ops.print("x is {}", torch.ones(2));
 * ```
 * @see torch._higher_order_ops.print
 */
export function print(format: string, ...args: readonly unknown[]): void {
  let next = 0;
  const text = String(format).replaceAll("{}", () => String(args[next++]));
  console.log(text);
}
