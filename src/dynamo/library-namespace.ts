/** `torch.library`. */
export * from "../api/library.ts";
export { opcheck, OpCheckError, type OpCheckOptions, type OpCheckResults } from "./opcheck.ts";
