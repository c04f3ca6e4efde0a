/** All operators. A file of records becomes part of the project by its line here. */
import { lazy } from "../base/lazy.ts";
import { isOp } from "./define-op.ts";
import type { OpRecord } from "./op-record.ts";
import * as assertClose from "./compare/assert-close.ts";
import * as equal from "./compare/equal.ts";
import * as attention from "./attention/scaled-dot-product-attention.ts";
import * as convTranspose from "./conv/conv-transpose.ts";
import * as conv from "./conv/conv.ts";
import * as validConvolution from "./conv/valid-convolution.ts";
import * as full from "./create/full.ts";
import * as ranges from "./create/ranges.ts";
import * as tensor from "./create/tensor.ts";
import * as clone from "./data/clone.ts";
import * as copy from "./data/copy.ts";
import * as fill from "./data/fill.ts";
import * as to from "./data/to.ts";
import * as embeddingBag from "./index/embedding-bag.ts";
import * as histc from "./index/histc.ts";
import * as gather from "./index/gather.ts";
import * as index from "./index/index.ts";
import * as indexSelect from "./index/index-select.ts";
import * as indexTensors from "./index/index-tensors.ts";
import * as indexVector from "./index/index-vector.ts";
import * as maskedSelect from "./index/masked-select.ts";
import * as nonzero from "./index/nonzero.ts";
import * as oneHot from "./index/one-hot.ts";
import * as scatter from "./index/scatter.ts";
import * as scatterReduce from "./index/scatter-reduce.ts";
import * as addmm from "./linalg/addmm.ts";
import * as contractAxes from "./linalg/contract-axes.ts";
import * as diagonalOf from "./linalg/diagonal-of.ts";
import * as einsum from "./linalg/einsum.ts";
import * as matmul from "./linalg/matmul.ts";
import * as mm from "./linalg/mm.ts";
import * as vectors from "./linalg/vectors.ts";
import * as classElements from "./loss/class-elements.ts";
import * as classLosses from "./loss/class-losses.ts";
import * as elementwiseLosses from "./loss/elementwise-losses.ts";
import * as probabilityLosses from "./loss/probability-losses.ts";
import * as batchNorm from "./normalization/batch-norm.ts";
import * as groupNorm from "./normalization/group-norm.ts";
import * as layerNorm from "./normalization/layer-norm.ts";
import * as normalize from "./normalization/normalize.ts";
import * as standardize from "./normalization/standardize.ts";
import * as adaptivePool from "./pool/adaptive-pool.ts";
import * as averagePool from "./pool/average-pool.ts";
import * as maxPool from "./pool/max-pool.ts";
import * as volumePool from "./pool/volume-pool.ts";
import * as lpPool from "./pool/lp-pool.ts";
import * as localResponseNorm from "./normalization/local-response-norm.ts";
import * as signalWindows from "./create/signal-windows.ts";
import * as affineGrid from "./resize/affine-grid.ts";
import * as gridSample from "./resize/grid-sample.ts";
import * as det from "./linalg/det.ts";
import * as randomCreate from "./random/create.ts";
import * as randomFill from "./random/fill-in-place.ts";
import * as dropout from "./random/dropout.ts";
import * as multinomial from "./random/multinomial.ts";
import * as activation from "./pointwise/activation.ts";
import * as arithmetic from "./pointwise/arithmetic.ts";
import * as choice from "./pointwise/choice.ts";
import * as comparison from "./pointwise/comparison.ts";
import * as exponential from "./pointwise/exponential.ts";
import * as logical from "./pointwise/logical.ts";
import * as moreActivations from "./pointwise/more-activations.ts";
import * as rounding from "./pointwise/rounding.ts";
import * as special from "./pointwise/special.ts";
import * as specialValues from "./pointwise/special-values.ts";
import * as trigonometric from "./pointwise/trigonometric.ts";
import * as cumulative from "./reduction/cumulative.ts";
import * as distances from "./reduction/distances.ts";
import * as extremes from "./reduction/extremes.ts";
import * as logic from "./reduction/logic.ts";
import * as norm from "./reduction/norm.ts";
import * as running from "./reduction/running.ts";
import * as softmax from "./reduction/softmax.ts";
import * as sum from "./reduction/sum.ts";
import * as variance from "./reduction/variance.ts";
import * as interpolate from "./resize/interpolate.ts";
import * as shuffle from "./resize/shuffle.ts";
import * as unfold from "./resize/unfold.ts";
import * as cat from "./shape/cat.ts";
import * as pad from "./shape/pad.ts";
import * as repeat from "./shape/repeat.ts";
import * as roll from "./shape/roll.ts";
import * as triangle from "./shape/triangle.ts";
import * as diagonal from "./linalg/diagonal.ts";
import * as selection from "./sort/selection.ts";
import * as sort from "./sort/sort.ts";
import * as unique from "./sort/unique.ts";
import * as broadcast from "./view/broadcast.ts";
import * as expand from "./view/expand.ts";
import * as permute from "./view/permute.ts";
import * as reshape from "./view/reshape.ts";
import * as select from "./view/select.ts";
import * as squeeze from "./view/squeeze.ts";
import * as unbind from "./view/unbind.ts";
import * as view from "./view/view.ts";

const modules: readonly object[] = [
  tensor,
  full,
  ranges,
  clone,
  copy,
  fill,
  to,
  view,
  reshape,
  expand,
  broadcast,
  permute,
  squeeze,
  select,
  unbind,
  cat,
  repeat,
  roll,
  triangle,
  pad,
  equal,
  assertClose,
  arithmetic,
  exponential,
  trigonometric,
  rounding,
  special,
  specialValues,
  comparison,
  logical,
  choice,
  activation,
  moreActivations,
  sum,
  variance,
  extremes,
  logic,
  norm,
  softmax,
  cumulative,
  running,
  distances,
  standardize,
  layerNorm,
  groupNorm,
  batchNorm,
  normalize,
  elementwiseLosses,
  probabilityLosses,
  classElements,
  classLosses,
  maxPool,
  volumePool,
  lpPool,
  localResponseNorm,
  signalWindows,
  affineGrid,
  gridSample,
  det,
  averagePool,
  adaptivePool,
  interpolate,
  shuffle,
  unfold,
  embeddingBag,
  histc,
  gather,
  indexSelect,
  indexTensors,
  index,
  indexVector,
  scatter,
  scatterReduce,
  nonzero,
  maskedSelect,
  oneHot,
  mm,
  vectors,
  addmm,
  matmul,
  diagonalOf,
  diagonal,
  contractAxes,
  einsum,
  validConvolution,
  conv,
  convTranspose,
  attention,
  sort,
  selection,
  unique,
  randomCreate,
  randomFill,
  dropout,
  multinomial,
];

/** Every record that a module of ops exports, in the order of the files. */
export const opTable: () => readonly OpRecord[] = lazy(() =>
  modules.flatMap((module) => Object.values(module).filter(isOp)),
);
