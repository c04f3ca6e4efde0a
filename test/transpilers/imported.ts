import type * as torch from "../../src/index.ts";

export const scale = 3;
export const shift = (x: torch.Tensor): torch.Tensor => x.add(1);

export let turns = 1;
export const turn = (): void => {
  turns += 1;
};
