import { at } from "../../core/shape.ts";
import { coordinatesOf, elementAt, naive, type NaiveArray, naiveFill } from "../naive-array.ts";
import type { ConvolutionGeometry, ConvolutionTensors } from "./convolution-checks.ts";

/** The convolution by its formula; elements outside the input are zero. */
export function naiveConvolution(
  { input, weight, bias }: ConvolutionTensors,
  { stride, dilation, padding, groups }: ConvolutionGeometry,
): NaiveArray {
  const source = naive(input);
  const factors = naive(weight);
  const added = bias === null ? null : naive(bias);
  const [outChannels = 0, groupChannels = 0, ...window] = weight.shape;
  const sizes = window.map((size, axis) => {
    const [before, after] = at(padding, axis);
    const rest = at(input.shape, axis + 2) + before + after - at(dilation, axis) * (size - 1) - 1;
    return Math.max(0, Math.floor(rest / at(stride, axis)) + 1);
  });
  return naiveFill([at(input.shape, 0), outChannels, ...sizes], ([n = 0, out = 0, ...place]) => {
    const firstChannel = Math.floor(out / (outChannels / groups)) * groupChannels;
    let sum = added === null ? 0 : at(added.values, out);
    for (const [channel = 0, ...offset] of coordinatesOf([groupChannels, ...window])) {
      const from = place.map(
        (index, axis) =>
          index * at(stride, axis) + at(offset, axis) * at(dilation, axis) - at(padding, axis)[0],
      );
      if (from.every((index, axis) => index >= 0 && index < at(input.shape, axis + 2))) {
        sum +=
          elementAt(source, [n, firstChannel + channel, ...from]) *
          elementAt(factors, [out, channel, ...offset]);
      }
    }
    return sum;
  });
}
