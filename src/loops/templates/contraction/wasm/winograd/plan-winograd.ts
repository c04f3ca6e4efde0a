/** Plans a convolution by Winograd's algorithm: fewer multiplications, at the price of three transforms. */
import { at } from "../../../../../core/shape.ts";
import type { ArrangedProduct } from "../arrange-product.ts";
import { type BlockEpilogue, finishTableWords, FinishWriter } from "../block-epilogue.ts";
import { blockingFor, tiledElement } from "../blocking.ts";
import { elements } from "../element.ts";
import type { ContractionKernels } from "../install-contraction.ts";
import { planBlocks } from "../plan-blocks.ts";
import { productWords } from "../product-words.ts";
import {
  joinPlans,
  type PlannedKernel,
  PlanWriter,
  type ProductPlace,
  type ProductPlan,
} from "../product-plan.ts";
import type { WinogradKernels } from "./install-winograd.ts";
import { spanRowBytes } from "./transform-input.ts";
import { productScratchBytes } from "./transform-products.ts";
import { spanSize, tileSize, windowSize } from "./transforms.ts";
import type { WinogradForm } from "./winograd-form.ts";
import { type WinogradWord, winogradWords } from "./winograd-words.ts";

const { bytes } = elements.float32;
const planes = spanSize * spanSize;

/** Transformed input and products of the images that are computed together, each, in bytes: they stay in the L3 cache. */
const largestGroup = 2 ** 22;

/** Numbers that a transform makes in some ten microseconds. */
const chunkNumbers = 2 ** 14;

/**
 * `epilogue`: over images, filters and places of an image. `direct` does the same in the usual way: it runs where an infinite
 * element would reach results beyond its own.
 */
export function planWinograd(
  form: WinogradForm,
  kernels: WinogradKernels & Pick<ContractionKernels, "packRight" | "multiply">,
  direct: ProductPlan,
  epilogue: BlockEpilogue | null,
): ProductPlan {
  const groups = groupsOf(form);
  const finishWords = epilogue === null ? 0 : finishTableWords(epilogue, groups.length);
  const writer = new PlanWriter<WinogradWord>(winogradWords, groups.length, 1 + finishWords);
  const flag = writer.table(1);
  const finish = epilogue === null ? null : new FinishWriter(writer, epilogue);
  groups.forEach((group, index) => {
    if (finish !== null) writer.pointTo("finish", finish.write(0, 0), index);
    writer.pointTo("spoilt", flag, index);
    writeGroup(writer, index, form, group);
  });
  const transforms: ProductPlan = {
    words: writer.words,
    ownAddresses: writer.ownAddresses,
    addresses: writer.addresses,
    scalars: writer.scalars,
    spareBytes: Math.max(...groups.map((group) => layoutOf(form, group).end)),
    scratchBytes: Math.max(
      (spanSize + 1) * spanRowBytes(at(groups, 0).rowTiles),
      productScratchBytes,
      spanSize * windowSize * 16,
    ),
    keptBytes: 0,
    stale: null,
    kernels: [],
  };
  const products = groups.map((group) => planProducts(form, group, kernels));
  const joined = joinPlans([transforms, ...products]);
  const planned = groups.flatMap(({ tileRows, rowTiles, images }, index): PlannedKernel[] => {
    const args = writer.argsOf(index);
    const kernel = (
      name: keyof WinogradKernels,
      units: number,
      numbers: number,
    ): PlannedKernel => ({
      installed: kernels[name],
      args,
      units,
      chunkUnits: Math.max(1, Math.ceil(chunkNumbers / (numbers * planes))),
    });
    return [
      ...(index === 0 ? [kernel("transformWeights", form.filters, form.channels)] : []),
      kernel("transformInput", images * tileRows, form.channels * rowTiles),
      at(joined.kernels, index),
      kernel("transformProducts", images * tileRows, form.filters * rowTiles),
    ];
  });
  return withFallback({ ...joined, kernels: planned }, direct, flag);
}

/** `direct` runs after `fast` if the word `flag` of the arguments is not 0 then. */
function withFallback(fast: ProductPlan, direct: ProductPlan, flag: number): ProductPlan {
  const joined = joinPlans([fast, direct]);
  const { words } = joined;
  const own = joined.kernels.slice(fast.kernels.length);
  const conditions = new Set(
    own.flatMap(({ args }) =>
      [productWords.packIf, productWords.multiplyIf].map((word) => args / 4 + word),
    ),
  );
  for (const condition of conditions) words[condition] = flag * 4;
  return { ...joined, ownAddresses: [...joined.ownAddresses, ...conditions] };
}

/** Images that are computed together. */
interface Group {
  readonly firstImage: number;
  readonly images: number;
  /** Tiles of an image from top to bottom, and from left to right up to a multiple of 4. */
  readonly tileRows: number;
  readonly rowTiles: number;
}

function groupsOf({ images, filters, channels, heightOut, widthOut }: WinogradForm): Group[] {
  const tileRows = Math.ceil(heightOut / tileSize);
  const rowTiles = Math.ceil(widthOut / tileSize / 4) * 4;
  const imageBytes = planes * Math.max(channels, filters) * tileRows * rowTiles * bytes;
  const atOnce = Math.max(1, Math.min(images, Math.floor(largestGroup / imageBytes)));
  const groups: Group[] = [];
  for (let firstImage = 0; firstImage < images; firstImage += atOnce)
    groups.push({ firstImage, images: Math.min(atOnce, images - firstImage), tileRows, rowTiles });
  return groups;
}

/** Where the parts of the spare memory start. Transformed weights are first: they are the same for all groups. */
function layoutOf(
  { filters, channels }: WinogradForm,
  { tileRows, rowTiles, images }: Group,
): {
  readonly weightRowBytes: number;
  readonly weightPlaneBytes: number;
  readonly packed: number;
  readonly packedPlaneBytes: number;
  readonly products: number;
  readonly productPlaneBytes: number;
  readonly tiles: number;
  readonly end: number;
} {
  const tiles = images * tileRows * rowTiles;
  const weightRowBytes = Math.ceil(channels / 4) * 4 * bytes;
  const weightPlaneBytes = spread(filters * weightRowBytes);
  const packed = planes * weightPlaneBytes;
  const { width } = tiledElement("float32");
  const packedPlaneBytes = spread(Math.ceil(tiles / width) * width * channels * bytes);
  const products = packed + planes * packedPlaneBytes;
  const productPlaneBytes = spread(filters * tiles * bytes);
  const end = products + planes * productPlaneBytes;
  return {
    weightRowBytes,
    weightPlaneBytes,
    packed,
    packedPlaneBytes,
    products,
    productPlaneBytes,
    tiles,
    end,
  };
}

/**
 * At least so many bytes, and three cache lines beyond a multiple of 4 KiB: a transform writes to all planes in turn, and
 * their distance must not let them share the few lines of one set of the cache.
 */
function spread(size: number): number {
  return Math.ceil((size - 192) / 4096) * 4096 + 192;
}

/** The words of a group's argument block. */
function writeGroup(
  writer: PlanWriter<WinogradWord>,
  index: number,
  form: WinogradForm,
  group: Group,
): void {
  const { filters, channels, weight, input, output } = form;
  const { tileRows, rowTiles } = group;
  const layout = layoutOf(form, group);
  const { tiles, weightRowBytes, packedPlaneBytes } = layout;
  const element = tiledElement("float32");
  const blocking = blockingFor(element, {
    batch: planes,
    rows: filters,
    columns: tiles,
    inner: channels,
  });
  const values: Partial<Record<WinogradWord, number>> = {
    filters,
    channels,
    filterStep: weight.filter * bytes,
    channelStep: weight.channel * bytes,
    windowRowStep: weight.row * bytes,
    windowColumnStep: weight.column * bytes,
    weightRowBytes,
    weightPlaneBytes: layout.weightPlaneBytes,
    firstImage: group.firstImage,
    imageInStep: input.image * bytes,
    channelInStep: input.channel * bytes,
    rowInStep: input.row * bytes,
    imageOutStep: output.image * bytes,
    filterOutStep: output.filter * bytes,
    rowOutStep: output.row * bytes,
    heightIn: form.heightOut + 2,
    widthIn: form.widthOut + 2,
    heightOut: form.heightOut,
    widthOut: form.widthOut,
    tileRows,
    rowTiles,
    panels: Math.ceil(tiles / element.width),
    blockChannels: blocking.inner,
    packedPlaneBytes,
    productRowBytes: tiles * bytes,
    productPlaneBytes: layout.productPlaneBytes,
  };
  for (const [word, value] of Object.entries(values) as [WinogradWord, number][])
    // its own keys
    writer.set(word, value, index);
  writer.setAddress("weightBase", { of: 1, byteOffset: 0 }, index);
  writer.setAddress("inputBase", { of: 2, byteOffset: 0 }, index);
  writer.setAddress("outBase", { of: 0, byteOffset: 0 }, index);
  writer.setAddress("weights", spare(0), index);
  writer.setAddress("packed", spare(layout.packed), index);
  writer.setAddress("products", spare(layout.products), index);
}

function spare(byteOffset: number): ProductPlace {
  return { of: "spare", byteOffset };
}

function planProducts(
  form: WinogradForm,
  group: Group,
  kernels: Pick<ContractionKernels, "packRight" | "multiply">,
): ProductPlan {
  const layout = layoutOf(form, group);
  const places = {
    left: spare(0),
    right: null,
    packed: spare(layout.packed),
    packedStep: layout.packedPlaneBytes,
    out: spare(layout.products),
  };
  return planBlocks("float32", transformedProduct(form, layout), kernels, { places });
}

/** The products of transformed weights and input: one for each of the numbers of a tile. */
function transformedProduct(
  { filters, channels }: WinogradForm,
  layout: ReturnType<typeof layoutOf>,
): ArrangedProduct {
  const { tiles } = layout;
  const row = layout.weightRowBytes / bytes;
  const steps = [layout.productPlaneBytes, layout.weightPlaneBytes, layout.packedPlaneBytes];
  const [out = 0, weights = 0, packed = 0] = steps.map((step) => step / bytes);
  return {
    batch: { sizes: [planes], steps: [[out], [weights], [packed]] },
    rows: { sizes: [filters], steps: [[tiles], [row], [0]] },
    columns: { sizes: [tiles], steps: [[1], [0], [1]] },
    inner: { sizes: [channels], steps: [[0], [1], [tiles]] },
    left: 1,
    right: 2,
  };
}
