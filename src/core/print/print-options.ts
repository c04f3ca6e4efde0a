import { ValueError } from "../../base/errors.ts";

/** How tensors are printed; names and meanings are those of `torch.set_printoptions`. */
export interface PrintOptions {
  /** Digits after the decimal point. */
  readonly precision: number;
  /** Tensors with more elements than this are summarised. */
  readonly threshold: number;
  /** Elements kept at either end of a summarised dimension. */
  readonly edgeitems: number;
  /** Characters per line. */
  readonly linewidth: number;
  /** Whether floats are printed in scientific notation; `null` lets the values decide. */
  readonly sci_mode: boolean | null;
}

const profiles = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
} as const;

let current: PrintOptions = Object.freeze({ ...profiles.default, sci_mode: null });

/** The options in force. */
export function get_printoptions(): PrintOptions {
  return current;
}

/** Changes the options that are given. As in PyTorch, `sci_mode` goes back to `null` unless it is given. */
export function set_printoptions(
  options: Partial<PrintOptions> & { readonly profile?: string },
): void {
  const { profile, sci_mode = null, ...changes } = options;
  current = Object.freeze({ ...current, ...profileNamed(profile), ...changes, sci_mode });
}

function profileNamed(name: string | undefined): Partial<PrintOptions> {
  if (name === undefined) return {};
  for (const [known, options] of Object.entries(profiles)) {
    if (known === name) return options;
  }
  throw new ValueError(
    `profile must be one of ${Object.keys(profiles).join(", ")}, but got ${name}`,
  );
}
