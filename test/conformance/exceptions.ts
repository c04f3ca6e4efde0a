/** What of ONNX's node tests gives something else here, or has no counterpart, and why. */

/** By reason: cases of operators that we have. */
const casesByReason: Readonly<Record<string, readonly string[]>> = {
  "PyTorch's average and norm pools have no dilation.": [
    "test_averagepool_2d_dilations",
    "test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_False",
    "test_averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True",
    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_False",
    "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True",
    "test_averagepool_3d_dilations_small",
    "test_lppool_2d_dilations",
  ],
  "PyTorch's fold has two dimensions.": ["test_col2im_5d"],
  "PyTorch refuses the extremes of nothing.": [
    "test_reduce_max_empty_set",
    "test_reduce_min_empty_set",
  ],
  "PyTorch's bicubic interpolation has another coefficient, and takes elements outside in.": [
    "test_resize_downsample_scales_cubic_A_n0p5_exclude_outside",
    "test_resize_upsample_scales_cubic_A_n0p5_exclude_outside",
  ],
  "PyTorch spaces corners by the size of the result, ONNX by the scale, which here gives another size.":
    [
      "test_resize_downsample_scales_cubic_align_corners",
      "test_resize_downsample_scales_linear_align_corners",
    ],
  "interpolate has no antialias yet.": [
    "test_resize_downsample_scales_cubic_antialias",
    "test_resize_downsample_scales_linear_antialias",
    "test_resize_downsample_sizes_cubic_antialias",
    "test_resize_downsample_sizes_linear_antialias",
  ],
  "PyTorch has no such way to place the elements.": [
    "test_resize_downsample_scales_linear_half_pixel_symmetric",
    "test_resize_upsample_scales_linear_half_pixel_symmetric",
    "test_resize_tf_crop_and_resize",
    "test_resize_tf_crop_and_resize_axes_2_3",
    "test_resize_tf_crop_and_resize_axes_3_2",
    "test_resize_tf_crop_and_resize_extrapolation_value",
    "test_resize_upsample_scales_cubic_asymmetric",
    "test_resize_upsample_sizes_nearest_ceil_half_pixel",
    "test_resize_upsample_sizes_nearest_floor_align_corners",
    "test_resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric",
  ],
  "PyTorch's linear interpolation has no special case for one element, as ONNX's name for it has.":
    ["test_resize_downsample_sizes_linear_pytorch_half_pixel"],
  "Half way between two elements PyTorch's nearest-exact takes the later one.": [
    "test_resize_downsample_sizes_nearest",
    "test_resize_upsample_sizes_nearest",
    "test_resize_upsample_sizes_nearest_axes_2_3",
    "test_resize_upsample_sizes_nearest_axes_3_2",
  ],
  "PyTorch keeps no aspect ratio.": [
    "test_resize_downsample_sizes_nearest_not_larger",
    "test_resize_downsample_sizes_nearest_not_smaller",
    "test_resize_upsample_sizes_nearest_not_larger",
    "test_resize_upsample_sizes_nearest_not_smaller",
  ],
  "The random numbers are of another generator.": [
    "test_training_dropout",
    "test_training_dropout_default",
    "test_training_dropout_default_mask",
    "test_training_dropout_mask",
  ],
  "PyTorch's unique sorts always.": ["test_unique_not_sorted_without_axis"],
};

/** By case: why it must fail. */
export const exceptions: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(casesByReason).flatMap(([reason, names]) => names.map((name) => [name, reason])),
);

/** By reason: operators of ONNX that none of our functions stands for. */
const operatorsByReason: Readonly<Record<string, readonly string[]>> = {
  "PyTorch has no such operator.": [
    "ArrayFeatureExtractor",
    "Binarizer",
    "CausalConvWithState",
    "ImageDecoder",
    "LinearAttention",
    "ReverseSequence",
    "RotaryEmbedding",
    "TensorScatter",
    "TfIdfVectorizer",
    "TreeEnsemble",
  ],
  "It belongs to torchvision or torchaudio.": [
    "CenterCropPad",
    "DeformConv",
    "MelWeightMatrix",
    "NonMaxSuppression",
    "RoiAlign",
  ],
  "It is a part of a graph, not a function of tensors.": [
    "Constant",
    "If",
    "Loop",
    "OptionalGetElement",
    "OptionalHasElement",
    "Scan",
  ],
  "There are no quantized tensors.": [
    "ConvInteger",
    "DequantizeLinear",
    "DynamicQuantizeLinear",
    "MatMulInteger",
    "QLinearConv",
    "QLinearMatMul",
    "QuantizeLinear",
  ],
  "There are no complex numbers.": ["DFT", "STFT"],
  "There are no optimizers yet.": ["Adagrad", "Adam", "Momentum"],
  "There are no recurrent layers yet.": ["GRU", "LSTM", "RNN"],
  "There is no such function yet.": ["BitCast", "ConvTranspose", "MaxUnpool"],
  "Its caches, soft caps and intermediate results are not those of scaled_dot_product_attention.": [
    "Attention",
    "FlexAttention",
  ],
  "The random numbers are of another generator.": ["Bernoulli"],
};

/** By operator: why no case of it runs. */
export const withoutCounterpart: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(operatorsByReason).flatMap(([reason, names]) =>
    names.map((name) => [name, reason]),
  ),
);
