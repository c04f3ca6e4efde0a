/** `torch.profiler`. */
export { Profile, profile, type ProfileOptions } from "./profile.ts";
export { record_function } from "./record-function.ts";
export type { FunctionEvent } from "./function-event.ts";
export type { EventAverage, KeyAverages } from "./key-averages.ts";
export type { TableOptions } from "./print-table.ts";
