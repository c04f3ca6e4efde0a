import * as symbolic_shapes from "./symbolic-shapes.ts";

/** `torch.fx.experimental`. */
export const experimental = Object.freeze({ symbolic_shapes });
