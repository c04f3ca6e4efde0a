/** `torch.nn`. */
export * as functional from "./nn-functional.ts";
