/** `torch._dynamo`. */
import * as testing from "./testing.ts";
import { counters } from "./counters.ts";

export { config } from "./config.ts";
export { onGraphBreak } from "./on-graph-break.ts";
export { explain } from "./explain.ts";
export { status } from "./status.ts";
export { reset } from "./compiled-functions.ts";
export { graph_break, skip_frame } from "./framework-function.ts";
export { list_backends, lookup_backend, register_backend } from "./backends.ts";
export {
  type DynamicRange,
  mark_dynamic,
  mark_static,
  mark_unbacked,
  maybe_mark_dynamic,
  type UnbackedMark,
} from "./shapes/mark-dynamic.ts";
export { leaf_function, type LeafFunction } from "./leaf-function.ts";
export { nonstrict_trace } from "./opaque-functions.ts";
export { error_on_graph_break } from "./transparent-wrapper.ts";
export { disable } from "./disable.ts";
export * as exc from "./exc.ts";
export { testing };
/** `torch._dynamo.utils`. */
export const utils = Object.freeze({ counters });
