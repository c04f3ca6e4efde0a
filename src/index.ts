/** The public entry: `import * as torch from "fullgraph"`. */
export * from "./api/functions.ts";
export * from "./api/metadata-functions.ts";
export { Tensor } from "./api/tensor.ts";
export { _check } from "./api/check.ts";
export { cond } from "./api/higher-order/cond.ts";
export { get_num_threads, set_num_threads } from "./api/threads.ts";
export {
  default_generator,
  Generator,
  get_rng_state,
  initial_seed,
  manual_seed,
  seed,
  set_rng_state,
} from "./api/random.ts";
export {
  get_printoptions,
  type PrintOptions,
  set_printoptions,
} from "./core/print/print-options.ts";
export * as utils from "./api/utils-namespace.ts";
export * as _higher_order_ops from "./api/higher-order-ops.ts";
export * as library from "./dynamo/library-namespace.ts";
export * as testing from "./api/testing.ts";
export * as backends from "./api/backends.ts";
export * as linalg from "./api/linalg.ts";
export * as nn from "./api/nn-namespace.ts";
export {
  bfloat16,
  bool,
  DType,
  float16,
  float16 as half,
  float32,
  float64,
  int32,
  int64,
  uint8,
} from "./core/dtype.ts";
export { get_default_dtype, set_default_dtype } from "./core/default-dtype.ts";
export { enable_grad, is_grad_enabled, no_grad, set_grad_enabled } from "./autograd/grad-mode.ts";
export {
  AssertionError,
  IndexError,
  NotImplementedError,
  OutOfMemoryError,
  RuntimeError,
  ValueError,
} from "./base/errors.ts";
export * as _logging from "./base/logging-namespace.ts";
export * as fx from "./dynamo/fx-namespace.ts";
export * as _dynamo from "./dynamo/public.ts";
export * as memory from "./dynamo/memory-namespace.ts";
export * as profiler from "./profiler/public.ts";
export * as _inductor from "./inductor/public.ts";
export * as compiler from "./dynamo/compiler-namespace.ts";
export type { GraphBreakRecord } from "./dynamo/graph-breaks/graph-break-record.ts";
export { compile, type CompileOptions } from "./compile.ts";
