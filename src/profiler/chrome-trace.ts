/** The Trace Event Format of Chrome: complete events ("X"), which nest by their times. */
import { type FunctionEvent, gigabytesPerSecond, gigaflopsPerSecond } from "./function-event.ts";

const processId = 1;
const threadId = 1;

/** The trace as what JSON is made of. */
export function chromeTrace(events: readonly FunctionEvent[]): object {
  const inOrder = [...events].sort((a, b) => a.start - b.start);
  return {
    displayTimeUnit: "ms",
    traceEvents: [
      {
        ph: "M",
        name: "process_name",
        pid: processId,
        tid: threadId,
        args: { name: "fullgraph" },
      },
      ...inOrder.map((event) => ({
        ph: "X",
        name: event.name,
        cat: event.kind,
        ts: event.start,
        dur: event.cpu_time_total,
        pid: processId,
        tid: threadId,
        args: {
          "Input Dims": event.input_shapes,
          ...(event.bytes === 0 ? {} : { bytes: event.bytes, "GB/s": gigabytesPerSecond(event) }),
          ...(event.flops === 0
            ? {}
            : { flops: event.flops, "GFLOP/s": gigaflopsPerSecond(event) }),
          ...(event.stack.length === 0 ? {} : { "Call stack": event.stack.join(";") }),
        },
      })),
    ],
  };
}
