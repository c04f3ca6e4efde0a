/** `torch.library`, without what needs the compiler. */
export { custom_op, type CustomOp } from "./custom-op.ts";
export { get_ctx, type FakeContext } from "./fake-context.ts";
