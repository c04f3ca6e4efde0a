/** `torch.library`. */
export { custom_op, type CustomOp } from "./custom-op.ts";
