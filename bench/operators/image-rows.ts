import type * as Torch from "fullgraph";
import type { Library, OperatorRow } from "./operator-row.ts";
import { uniformNumbers } from "./operator-row.ts";

const shape = [4, 16, 128, 128] as const;
const elements = 4 * 16 * 128 * 128;

type Functional = Library["nn"]["functional"];

/** Operators on one batch of images; times are for an element of it. */
export const imageRows: readonly OperatorRow[] = [
  image("max_pool2d 2", (f) => (x) => f.max_pool2d(x, 2)),
  image("max_pool2d 3, stride 2, padding 1", (f) => (x) => f.max_pool2d(x, 3, 2, 1)),
  image("max_pool2d 2 with indices", (f) => (x) => f.max_pool2d(x, 2, { return_indices: true })),
  image("max_pool1d 2", (f) => (x) => f.max_pool1d(x.flatten(1, 2), 2)),
  image("avg_pool2d 2", (f) => (x) => f.avg_pool2d(x, 2)),
  image("avg_pool1d 2", (f) => (x) => f.avg_pool1d(x.flatten(1, 2), 2)),
  image("adaptive_avg_pool2d 7", (f) => (x) => f.adaptive_avg_pool2d(x, [7, 7])),
  image("adaptive_avg_pool2d 1", (f) => (x) => f.adaptive_avg_pool2d(x, [1, 1])),
  image("adaptive_max_pool2d 7", (f) => (x) => f.adaptive_max_pool2d(x, [7, 7])),
  image("interpolate nearest 2x", (f) => (x) => f.interpolate(x, { scale_factor: 2 })),
  image(
    "interpolate bilinear 2x",
    (f) => (x) => f.interpolate(x, { scale_factor: 2, mode: "bilinear" }),
  ),
  image(
    "interpolate bicubic 2x",
    (f) => (x) => f.interpolate(x, { scale_factor: 2, mode: "bicubic" }),
  ),
  image("unfold 3", (f) => (x) => f.unfold(x, 3)),
  image(
    "fold 2, stride 2",
    (f) => (x) => f.fold(x.view(4, 64, 64 * 64), [128, 128], 2, { stride: 2 }),
  ),
  image("pixel_shuffle 2", (f) => (x) => f.pixel_shuffle(x, 2)),
];

function image(
  name: string,
  of: (functional: Functional) => (x: Torch.Tensor) => unknown,
): OperatorRow {
  return {
    name,
    elements,
    make: (torch) => ({
      inputs: [torch.tensor(uniformNumbers(elements)).view(...shape)],
      run: of(torch.nn.functional),
      plain: null,
    }),
  };
}
