/** `torch._higher_order_ops`: operators that take functions. */
export { associative_scan, type AssociativeScanOptions } from "./higher-order/associative-scan.ts";
export { cond } from "./higher-order/cond.ts";
export { hints_wrapper } from "./higher-order/hints-wrapper.ts";
export { print } from "./higher-order/print.ts";
export { map } from "./higher-order/map.ts";
export { scan, type ScanOptions } from "./higher-order/scan.ts";
export { switch_ as switch } from "./higher-order/switch.ts";
export type { TensorTree } from "./higher-order/tensor-tree.ts";
export { while_loop } from "./higher-order/while-loop.ts";
