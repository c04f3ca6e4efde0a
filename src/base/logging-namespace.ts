/** `torch._logging`. */
export { set_logs } from "./logging.ts";
