import { Generator } from "./generator.ts";

/**
 * The generator that random functions draw from when none is given. It starts unpredictably, as in
 * PyTorch; `torch.manual_seed` makes it repeatable.
 */
export const defaultGenerator: Generator = Generator.unpredictable();
