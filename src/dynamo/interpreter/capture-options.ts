/** What a compiled function was asked for, read when a capture begins. */
export interface CaptureOptions {
  readonly fullgraph: boolean;
  captureScalarOutputs(): boolean;
}
