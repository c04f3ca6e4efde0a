/** `torch._inductor`. */
export { config } from "./config.ts";
