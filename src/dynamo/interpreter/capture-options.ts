/** What a compiled function was asked for, read when a capture begins. */
export interface CaptureOptions {
  readonly fullgraph: boolean;
  captureScalarOutputs(): boolean;
  /** Whether operators whose result sizes depend on data stay in the graph. */
  captureDynamicOutputShapes(): boolean;
}
