/** The argument block of the three kernels around the products of a Winograd convolution. Steps are in bytes. */
import type { FunctionBuilder, Local } from "../../../../../wasm/function-builder.ts";
import { loadWord } from "../structured-loops.ts";

export const winogradWords = {
  weightBase: 0,
  inputBase: 1,
  outBase: 2,
  /** Where transformed weights, transformed input (in packed panels) and products are. */
  weights: 3,
  packed: 4,
  products: 5,
  /** Where a number stands that is not 0 afterwards if some result is infinite or no number; the kernels zero it first. */
  spoilt: 6,
  filters: 7,
  channels: 8,
  /** Of the weights: filters, channels, and the two directions of the window. */
  filterStep: 9,
  channelStep: 10,
  windowRowStep: 11,
  windowColumnStep: 12,
  /** Of transformed weights: a filter, and all of them. */
  weightRowBytes: 13,
  weightPlaneBytes: 14,
  /** The first image of the group. */
  firstImage: 15,
  imageInStep: 16,
  channelInStep: 17,
  rowInStep: 18,
  imageOutStep: 19,
  filterOutStep: 20,
  rowOutStep: 21,
  heightIn: 22,
  widthIn: 23,
  heightOut: 24,
  widthOut: 25,
  /** Tiles of an image from top to bottom, and from left to right up to a multiple of 4. */
  tileRows: 26,
  rowTiles: 27,
  /** Panels of all tiles, and channels that are packed at a time. */
  panels: 28,
  blockChannels: 29,
  packedPlaneBytes: 30,
  /** Of products: a filter, and all of them. */
  productRowBytes: 31,
  productPlaneBytes: 32,
  /** The words of `finishBlock`, for images, filters, and places of an image; 0: there is no epilogue. */
  finish: 33,
} as const;

export type WinogradWord = keyof typeof winogradWords;

/** Loads words when they are first asked for, at the start of the function. */
export function wordReader(f: FunctionBuilder, args: Local): (name: WinogradWord) => Local {
  const words = new Map<WinogradWord, Local>();
  return (name) => {
    const known = words.get(name);
    if (known !== undefined) return known;
    const target = f.local("i32", name);
    f.atStart(() => {
      f.get(loadWord(f, args, winogradWords[name]));
      f.set(target);
    });
    words.set(name, target);
    return target;
  };
}
