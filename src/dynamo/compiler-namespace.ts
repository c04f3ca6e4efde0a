/** `torch.compiler`. */
export { disable } from "./disable.ts";
export { reset } from "./compiled-functions.ts";
export { set_stance } from "./stance.ts";
export { is_compiling } from "./framework-function.ts";
export { list_backends } from "./backends.ts";
