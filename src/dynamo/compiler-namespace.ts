/** `torch.compiler`. */
export { allow_in_graph, assume_constant_result, substitute_in_graph } from "./opaque-functions.ts";
export { nested_compile_region } from "./nested-region.ts";
export { disable } from "./disable.ts";
export { reset } from "./compiled-functions.ts";
export { set_stance } from "./stance.ts";
export { is_compiling } from "./framework-function.ts";
export { list_backends } from "./backends.ts";
