"""Records test/golden-values/nn.json from real PyTorch: the functions of torch.nn.functional.

Usage: python3 test/golden-values/record-nn.py > test/golden-values/nn.json && npx oxfmt test/golden-values
"""
from recorder import B, F32, F64, I32, I64, call, functional as f, group, inf, nan, print_recording, t, torch, writing

torch.manual_seed(0)
x23, x234 = torch.randn(2, 3), torch.randn(2, 3, 4)
image = torch.randn(2, 4, 3, 2)

group("normalization")
w4, b4 = torch.rand(4) + 0.5, torch.randn(4)
f("layer_norm", x234, [4]); f("layer_norm", x234, [4], w4, b4); f("layer_norm", x234, [3, 4], eps=0.1); f("layer_norm", x234.double(), [4], w4.double()); f("layer_norm", x234.transpose(1, 2), [3]); f("layer_norm", torch.full((1, 3), 5.5), [3]); f("layer_norm", torch.zeros(0, 3), [3]); f("layer_norm", x234, [2, 3, 4]); f("layer_norm", t([1e4, 1e4 + 1, 1e4 + 2]), [3])
f("layer_norm", x23, [2]); f("layer_norm", x23, [3], w4); f("layer_norm", x23, [3], None, w4); f("layer_norm", x23, []); f("layer_norm", t([[1, 2]]), [2]); f("layer_norm", x23, [3], torch.ones(3, dtype=F64)); f("layer_norm", t(1.5), [1]); f("layer_norm", x23, [2, 3, 1])
f("rms_norm", x234, [4]); f("rms_norm", x234, [4], w4); f("rms_norm", x234, [3, 4], eps=0.1); f("rms_norm", x234.double(), [4]); f("rms_norm", torch.zeros(1, 3), [3]); f("rms_norm", x23, [2]); f("rms_norm", x23, [3], w4); f("rms_norm", t([[1, 2]]), [2]); f("rms_norm", x23, [])
f("group_norm", image, 2); f("group_norm", image, 4, w4, b4); f("group_norm", image, 1, w4, None, 0.5); f("group_norm", image.double(), 2); f("group_norm", torch.randn(3, 4), 2); f("group_norm", image, 3); f("group_norm", image, 2, torch.ones(3)); f("group_norm", image, 2, None, torch.ones(4, 1)); f("group_norm", t([1.5]), 1); f("group_norm", t([[1, 2], [3, 4]]), 1); f("group_norm", torch.zeros(1, 4), 4)
f("instance_norm", image); f("instance_norm", image, weight=w4, bias=b4, eps=0.01); f("instance_norm", x234); f("instance_norm", x23); f("instance_norm", torch.zeros(1, 2, 1)); f("instance_norm", torch.arange(4).reshape(1, 2, 2))
mean4, var4 = torch.randn(4), torch.rand(4) + 0.5
writing("instance_norm", image, mean4.clone(), var4.clone(), use_input_stats=False); writing("instance_norm", image, mean4.clone(), var4.clone(), w4, b4, momentum=0.25)
f("batch_norm", image, mean4, var4); f("batch_norm", image, mean4, var4, w4, b4, eps=0.1); f("batch_norm", torch.randn(3, 4), mean4, var4, w4); f("batch_norm", image.double(), mean4.double(), var4.double(), None, b4.double())
writing("batch_norm", image, mean4.clone(), var4.clone(), training=True); writing("batch_norm", image, mean4.clone(), var4.clone(), w4, b4, training=True, momentum=0.25, eps=0.01); writing("batch_norm", image, None, None, w4, training=True); writing("batch_norm", torch.randn(3, 4), mean4.clone(), var4.clone(), training=True, momentum=0.5); writing("batch_norm", torch.randn(2, 4, 3).double(), mean4.double(), var4.double(), training=True)
f("batch_norm", image, None, None); f("batch_norm", image, mean4, None); f("batch_norm", torch.randn(1, 4), mean4, var4, training=True); f("batch_norm", torch.randn(1, 4, 1), mean4, var4, training=True); f("batch_norm", image, torch.zeros(3), var4); f("batch_norm", image, mean4, torch.zeros(5)); f("batch_norm", image, mean4, var4, torch.ones(3)); f("batch_norm", image, mean4, var4, None, torch.ones(2)); f("batch_norm", t([[1, 2], [3, 4]]), torch.zeros(2), torch.ones(2)); f("batch_norm", t([1.5, 2.5]), torch.zeros(2), torch.ones(2))
f("normalize", x23); f("normalize", x234, 1, 2); f("normalize", x23, 2, 0, 0.5); f("normalize", torch.zeros(2, 2)); f("normalize", x23, inf); f("normalize", x23.double(), 3, -1)

group("losses")
logits, classes = torch.randn(3, 4), t([1, 3, 0])
w = torch.rand(4) + 0.5
spatial, places = torch.randn(2, 3, 2, 2), torch.randint(0, 3, (2, 2, 2))
probabilities = torch.softmax(torch.randn(3, 4), 1)
for reduction in ("mean", "sum", "none"):
    f("cross_entropy", logits, classes, reduction=reduction); f("cross_entropy", logits, classes, w, ignore_index=3, reduction=reduction); f("cross_entropy", logits, classes, w, label_smoothing=0.25, ignore_index=3, reduction=reduction); f("cross_entropy", logits, classes, label_smoothing=0.1, reduction=reduction)
    f("cross_entropy", spatial, places, reduction=reduction); f("cross_entropy", spatial, places, w[:3], label_smoothing=0.25, reduction=reduction); f("cross_entropy", logits, probabilities, reduction=reduction); f("cross_entropy", logits, probabilities, w, label_smoothing=0.25, reduction=reduction); f("cross_entropy", logits.double(), classes, w.double(), reduction=reduction)
    f("nll_loss", logits, classes, reduction=reduction); f("nll_loss", logits, classes, w, ignore_index=0, reduction=reduction); f("nll_loss", spatial, places, reduction=reduction); f("nll_loss", spatial, places, w[:3], ignore_index=1, reduction=reduction)
f("cross_entropy", logits[0], t(2)); f("cross_entropy", logits[0], probabilities[0]); f("cross_entropy", logits[0], t(2), w, label_smoothing=0.5, reduction="none"); f("cross_entropy", logits, t([-100, -100, -100])); f("cross_entropy", logits, t([1, -100, 2])); f("cross_entropy", torch.zeros(0, 3), torch.zeros(0, dtype=I64)); f("cross_entropy", torch.zeros(0, 3), torch.zeros(0, dtype=I64), reduction="sum"); f("cross_entropy", torch.randn(2, 3, 5), torch.randint(0, 3, (2, 5))); f("cross_entropy", torch.randn(1, 2, 2, 1, 2), torch.randint(0, 2, (1, 2, 1, 2)), reduction="none"); f("cross_entropy", spatial, torch.softmax(torch.randn(2, 3, 2, 2), 1)); f("cross_entropy", t([[1000.0, 0.0], [-inf, 0.0]]), t([1, 1]), reduction="none")
f("nll_loss", logits[0], t(2)); f("nll_loss", logits[0], t(2), w); f("nll_loss", logits, t([-100, -100, -100])); f("nll_loss", torch.zeros(0, 3), torch.zeros(0, dtype=I64)); f("nll_loss", torch.randn(2, 3, 5), torch.randint(0, 3, (2, 5)))
f("cross_entropy", logits, t([1, 4, 0])); f("cross_entropy", logits, t([1, -1, 0])); f("cross_entropy", logits, t([1, 0])); f("cross_entropy", logits, t([1, 0, 2], I32)); f("cross_entropy", logits, classes.reshape(3, 1)); f("cross_entropy", logits, classes, torch.ones(3)); f("cross_entropy", logits, classes, label_smoothing=1.5); f("cross_entropy", logits, probabilities, ignore_index=1); f("cross_entropy", torch.ones(3, 4, dtype=I64), classes); f("cross_entropy", t(1.5), t(0)); f("cross_entropy", logits, classes, reduction="median"); f("cross_entropy", logits, classes, w.double())
f("nll_loss", logits, t([1, 4, 0])); f("nll_loss", logits, t([1, 0])); f("nll_loss", logits, probabilities); f("nll_loss", logits, classes, torch.ones(3)); f("nll_loss", spatial, places[:1]); f("nll_loss", logits, classes.reshape(3, 1)); f("nll_loss", t(1.5), t(0)); f("nll_loss", logits, classes, reduction="median"); f("nll_loss", spatial, t([0, 1])); f("nll_loss", torch.randn(2, 3, 5), t([0, 1]))
a, b = torch.randn(2, 3) * 2, torch.randn(2, 3)
p, q = torch.rand(2, 3), torch.rand(2, 3)
for reduction in ("mean", "sum", "none"):
    for name in ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
        f(name, a, b, reduction=reduction)
    f("binary_cross_entropy", p, q, reduction=reduction); f("binary_cross_entropy", p, q, torch.full((3,), 0.5), reduction=reduction); f("binary_cross_entropy_with_logits", a, q, reduction=reduction); f("binary_cross_entropy_with_logits", a, q, p, pos_weight=t([0.5, 2.5, 1.5]), reduction=reduction); f("kl_div", a, p, reduction=reduction); f("kl_div", a, b, log_target=True, reduction=reduction)
f("smooth_l1_loss", a, b, beta=0.25); f("smooth_l1_loss", a, b, beta=0); f("smooth_l1_loss", a, b, beta=-1); f("huber_loss", a, b, delta=0.25); f("huber_loss", a, b, delta=0); f("huber_loss", a, b, delta=-0.5); f("kl_div", a, p, reduction="batchmean"); f("kl_div", a, t([[0.0, 0.5, 1.0], [0.25, 0.0, -0.5]]), reduction="none"); f("mse_loss", a, b[0]); f("mse_loss", a, torch.zeros(2, 2)); f("mse_loss", t([1, 2]), t([3, 5])); f("mse_loss", a, b.double()); f("l1_loss", t([1, 2]), t([3, 5]), reduction="none"); f("l1_loss", t([1, 2]), t([3, 5])); f("mse_loss", torch.zeros(0), torch.zeros(0)); f("mse_loss", a, b, reduction="median")
f("binary_cross_entropy", t([0.0, 1.0, 0.5]), t([1.0, 0.0, 0.5]), reduction="none"); f("binary_cross_entropy", t([1.5, 0.5]), t([1.0, 0.0])); f("binary_cross_entropy", p, q[0]); f("binary_cross_entropy", a * 100, q); f("binary_cross_entropy_with_logits", a, q[0]); f("binary_cross_entropy_with_logits", t([1000.0, -1000.0]), t([0.0, 1.0]), reduction="none");

group("pooling")
plane, line = torch.randn(1, 2, 5, 6), torch.randn(2, 3, 7)
for name in ("max_pool2d", "avg_pool2d"):
    f(name, plane, 2); f(name, plane, 3, 2, 1); f(name, plane, [2, 3], [1, 2]); f(name, plane, 2, ceil_mode=True); f(name, plane, 3, 2, 1, ceil_mode=True); f(name, plane[0], [3, 2], 1, [1, 0]); f(name, plane.double(), 3, 2, 1); f(name, plane.transpose(2, 3), 2); f(name, torch.zeros(0, 2, 4, 4), 2); f(name, plane, 2, 3, 1, ceil_mode=True)
    f(name, plane, 2, 1, 2); f(name, plane, 7); f(name, plane, 0); f(name, plane, [2, 2, 2]); f(name, plane, 2, 0); f(name, x23, 2); f(name, torch.arange(16).reshape(1, 1, 4, 4), 2); f(name, torch.zeros(1, 0, 4, 4), 2); f(name, torch.zeros(1, 2, 0, 4), 2)
for name in ("max_pool1d", "avg_pool1d"):
    f(name, line, 2); f(name, line, 3, 2, 1); f(name, line, 3, 2, 1, ceil_mode=True); f(name, line[0], 2); f(name, line, 8); f(name, line, 2, 1, 2); f(name, torch.randn(1, 1, 2, 2), 2); f(name, line.double(), [2], [3])
f("max_pool2d", plane, 2, 1, 0, 2); f("max_pool2d", plane, 3, 2, 1, return_indices=True); f("max_pool2d", plane, [2, 3], 1, 1, [2, 1], return_indices=True); f("max_pool2d", plane[0], 2, return_indices=True); f("max_pool2d", t([[[[nan, 1.0, -inf, -inf], [2.0, nan, -inf, -inf]]]]), 2, return_indices=True); f("max_pool2d", torch.ones(1, 1, 3, 3), 2, 1, 1, return_indices=True); f("max_pool2d", torch.zeros(1, 1, 4, 4, dtype=B), 2); f("max_pool1d", line, 3, 2, 1, return_indices=True); f("max_pool1d", line, 2, 1, 0, 3, return_indices=True); f("max_pool2d", plane, 2, dilation=0); f("max_pool1d", t([[nan, 1.0, 3.0, -inf, -inf]]), 2, 1); f("max_pool1d", torch.arange(6).reshape(1, 6), 2)
f("avg_pool2d", plane, 3, 2, 1, count_include_pad=False); f("avg_pool2d", plane, 3, 2, 1, divisor_override=2); f("avg_pool2d", plane, 3, 2, 1, ceil_mode=True, count_include_pad=False); f("avg_pool2d", plane, 2, divisor_override=0); f("avg_pool1d", line, 3, 2, 1, count_include_pad=False); f("avg_pool1d", line, 3, 2, 1, ceil_mode=True, count_include_pad=False)
f("adaptive_avg_pool2d", plane, 1); f("adaptive_avg_pool2d", plane, [2, 3]); f("adaptive_avg_pool2d", plane, [3, 4]); f("adaptive_avg_pool2d", plane, [None, 2]); f("adaptive_avg_pool2d", plane[0], 7); f("adaptive_avg_pool2d", plane.double(), [5, 6]); f("adaptive_avg_pool2d", x23, 2); f("adaptive_avg_pool2d", torch.zeros(1, 2, 0, 3), 2); f("adaptive_avg_pool2d", torch.zeros(0, 2, 4, 3), 2); f("adaptive_avg_pool2d", plane, [2]); f("adaptive_avg_pool2d", plane, -1); f("adaptive_avg_pool2d", torch.arange(16).reshape(1, 1, 4, 4), 2)
f("adaptive_avg_pool1d", line, 3); f("adaptive_avg_pool1d", line, 1); f("adaptive_avg_pool1d", line[0], [7]); f("adaptive_avg_pool1d", t([1.5]), 1); f("adaptive_max_pool2d", plane, 2); f("adaptive_max_pool2d", plane, [3, 4], return_indices=True); f("adaptive_max_pool2d", plane[0], 1, return_indices=True); f("adaptive_max_pool2d", plane, [None, 2]); f("adaptive_max_pool2d", x23, 2); f("adaptive_max_pool2d", t([[[nan, 1.0], [2.0, -inf]]]), 1, return_indices=True);

group("resizing")
small = torch.randn(1, 2, 3, 4)
for mode in ("nearest", "nearest-exact"):
    f("interpolate", small, [6, 8], mode=mode); f("interpolate", small, [5, 3], mode=mode); f("interpolate", small, scale_factor=2, mode=mode); f("interpolate", small, scale_factor=[1.5, 0.75], mode=mode); f("interpolate", line, 10, mode=mode); f("interpolate", torch.randn(1, 1, 2, 2, 2), scale_factor=[2, 1.5, 1], mode=mode); f("interpolate", small.double(), [4, 9], mode=mode); f("interpolate", small, scale_factor=0.4, mode=mode); f("interpolate", small, scale_factor=1.7, recompute_scale_factor=True, mode=mode)
for align in (True, False):
    f("interpolate", small, [6, 8], mode="bilinear", align_corners=align); f("interpolate", small, [5, 3], mode="bilinear", align_corners=align); f("interpolate", small, scale_factor=1.7, mode="bilinear", align_corners=align); f("interpolate", small, [1, 1], mode="bilinear", align_corners=align); f("interpolate", line, 10, mode="linear", align_corners=align); f("interpolate", small.double(), [4, 9], mode="bilinear", align_corners=align); f("interpolate", torch.randn(1, 1, 2, 3, 2), [3, 4, 5], mode="trilinear", align_corners=align); f("interpolate", small, [5, 7], mode="bicubic", align_corners=align); f("interpolate", small, scale_factor=0.6, mode="bicubic", align_corners=align); f("interpolate", small, scale_factor=1.7, recompute_scale_factor=True, mode="bilinear", align_corners=align)
f("interpolate", small, [5, 3], mode="area"); f("interpolate", small); f("interpolate", small, 3, 2); f("interpolate", small, [3]); f("interpolate", small, scale_factor=[2, 2, 2]); f("interpolate", line, 3, mode="bilinear"); f("interpolate", small, 3, mode="linear"); f("interpolate", small, 3, mode="nearest", align_corners=True); f("interpolate", x23, 3); f("interpolate", small, 0); f("interpolate", small, 3, mode="cubic"); f("interpolate", t([[[[1, 2], [3, 4]]]]), 3, mode="bilinear")
block = torch.arange(32).reshape(1, 8, 2, 2)
f("pixel_shuffle", block, 2); f("pixel_shuffle", block[0], 2); f("pixel_shuffle", block.float(), 1); f("pixel_shuffle", block, 3); f("pixel_shuffle", x23, 2); f("pixel_shuffle", block, 0); f("pixel_unshuffle", torch.arange(32).reshape(1, 2, 4, 4), 2); f("pixel_unshuffle", torch.arange(32).reshape(2, 4, 4), 2); f("pixel_unshuffle", block, 3); f("pixel_unshuffle", x23, 2); f("pixel_unshuffle", block, 0); f("channel_shuffle", block, 2); f("channel_shuffle", block, 3)
f("unfold", plane, 2); f("unfold", plane, [2, 3], 1, 1, 2); f("unfold", plane, 3, 2, [1, 0], [1, 2]); f("unfold", plane[0], 2); f("unfold", plane, 7); f("unfold", x23, 2); f("unfold", plane, [2, 2, 2]); f("unfold", plane, 2, stride=0); f("unfold", torch.zeros(0, 2, 4, 4), 2)
columns = torch.randn(1, 8, 20)
f("fold", columns, [5, 6], 2); f("fold", torch.randn(1, 8, 6), [4, 5], 2, 2, 1, 1); f("fold", torch.randn(1, 8, 6), [4, 5], 2, [2, 2], [1, 1]); f("fold", columns[0], [5, 6], 2); f("fold", columns, [4, 4], 2); f("fold", torch.randn(1, 7, 20), [5, 6], 2); f("fold", x23[0], [5, 6], 2); f("fold", torch.randn(2, 9, 4), 4, 3); f("fold", torch.randn(2, 12, 4), [5, 4], [3, 2], 2, [1, 0], [1, 1])

group("dropout and distances")
def seeded(seed, name, *args, **kwargs):
    torch.manual_seed(seed); f(name, *args, **kwargs)
    from recorder import current
    current[-1]["seed"] = seed
seeded(0, "dropout", torch.ones(4, 5)); seeded(0, "dropout", x234, 0.25); seeded(0, "dropout", x23, 1); seeded(0, "dropout", x23, 0); seeded(0, "dropout", x23, training=False); seeded(0, "dropout", x23.double(), 0.1); seeded(0, "dropout", torch.zeros(0)); seeded(0, "dropout", x23, 1.5); seeded(0, "dropout", t([1, 2]), 0.5); seeded(3, "dropout1d", x234); seeded(3, "dropout2d", image, 0.5); seeded(3, "dropout3d", torch.ones(2, 2, 1, 2, 2), 0.5); seeded(0, "dropout", torch.ones(40), 0.3); seeded(3, "dropout2d", image, 0.5, training=False)
f("cosine_similarity", x23, torch.randn(2, 3)); f("cosine_similarity", x234, torch.randn(4), 2); f("cosine_similarity", x234, torch.randn(3, 4), 1, 0.5); f("cosine_similarity", torch.zeros(2, 2), torch.ones(2, 2), -1); f("cosine_similarity", t([[1, 2]]), t([[3, 4]])); f("cosine_similarity", x23, x23, dim=0)
f("pairwise_distance", x23, torch.randn(2, 3)); f("pairwise_distance", x23, torch.randn(3), 1, keepdim=True); f("pairwise_distance", x234, torch.randn(2, 3, 4), 3, 0); f("pairwise_distance", t([1.5, 2.5]), t([0.5, 0.5])); f("pairwise_distance", x23, x23); call("pairwise_distance", x23, x23, inf)

group("activations")
values = torch.cat([torch.linspace(-4, 4, 17), t([1e-4, -1e-4, 30.0, -30.0, inf, -inf, nan, -0.0])])
for name in "selu celu hardtanh tanhshrink softmin glu softshrink hardshrink relu6 logsigmoid softsign".split():
    for v in (values, values.double(), t([-2, 0, 3, 1])):
        if name == "glu":
            f(name, v[:-1] if v.numel() % 2 else v)
        elif name == "softshrink":
            f(name, v.abs())  # the sign of zeros depends on PyTorch's vector width
        elif name == "softmin":
            f(name, v[:3], 0)
        else:
            f(name, v)
f("celu", values, 0.5); f("celu", values, 0); f("hardtanh", values, -0.5, 2.5); f("hardtanh", t([-3, 0, 3]), -2, 2); f("hardtanh", values, 2, 1); f("threshold", values, 0.5, -1); f("threshold", t([1, 2, 3]), 2, 9); f("softshrink", values.abs(), 1.5); f("softshrink", values, -1); f("hardshrink", values, 1.5); f("glu", x234); f("glu", x234, 0); f("glu", x234, 1); f("glu", t(1.5)); f("prelu", values, t([0.25])); f("prelu", image, t([0.1, 0.2, 0.3, 0.4])); f("prelu", x23, t([0.1, 0.2])); f("prelu", x23, t(0.5)); f("prelu", x23, t([0.5], F64)); f("prelu", t([1.5]), t([0.5, 0.5])); call("selu", values); call("celu", values); call("prelu", values, t([0.25])); f("softmin", x23, 1)
f("relu", values); f("silu", values); f("mish", values); f("hardswish", values); f("leaky_relu", values, 0.3)

group("running extremes and differences")
runs = t([[1.0, 3.0, 2.0, 3.0], [nan, 1.0, 5.0, 0.0], [2.0, 2.0, nan, inf]])
for name in ("cummax", "cummin"):
    call(name, runs, 1); call(name, runs, 0); call(name, t([3, 1, 3, 5, 2]), 0); call(name, t([True, False, True]), 0); call(name, t(1.5), 0); call(name, torch.zeros(0, 2), 0); call(name, runs, 2); call("." + name, runs.double(), -1)
call("logcumsumexp", x234, 1); call("logcumsumexp", x234.double(), -1); call("logcumsumexp", t([-inf, 1.0, inf, 2.0]), 0); call("logcumsumexp", t([1000.0, 1000.0, -1000.0]), 0); call("logcumsumexp", t([nan, 1.0]), 0); call("logcumsumexp", t([1, 2]), 0); call("logcumsumexp", t(1.5), 0); call("logcumsumexp", torch.zeros(0), 0); call("logcumsumexp", t([-inf, -inf]), 0)
call("diff", t([1, 4, 9, 16])); call("diff", t([1.5, 4.0, 9.5]), 2); call("diff", x23, 1, 0); call("diff", t([1, 2]), 3); call("diff", t([1, 4]), prepend=t([0]), append=t([9, 11])); call("diff", t([True, False, True])); call("diff", t(1.5)); call("diff", x23, 0); call("diff", x23, -1); call(".diff", x234, 1, -1)


group("sampling, windows and pools of volumes")
picture, spots = torch.randn(2, 2, 3, 4), torch.rand(2, 2, 3, 2) * 3 - 1.5
for mode in ("bilinear", "nearest", "bicubic"):
    for padding_mode in ("zeros", "border", "reflection"):
        for align_corners in (True, False):
            f("grid_sample", picture, spots, mode=mode, padding_mode=padding_mode, align_corners=align_corners)
block, depths = torch.randn(1, 2, 2, 3, 4), torch.rand(1, 1, 2, 3, 3) * 3 - 1.5
for mode in ("bilinear", "nearest"):
    for padding_mode in ("zeros", "border", "reflection"):
        f("grid_sample", block, depths, mode=mode, padding_mode=padding_mode, align_corners=False)
f("grid_sample", picture, t([[[[nan, 0.0]]], [[[inf, 0.0]]]]), align_corners=False); f("grid_sample", picture.double(), spots.double(), align_corners=True)
f("grid_sample", picture, spots[:1], align_corners=False); f("grid_sample", picture, depths, align_corners=False); f("grid_sample", torch.zeros(2, 2, 0, 3), spots, align_corners=False); f("grid_sample", block, depths, mode="bicubic", align_corners=False)
theta = torch.randn(2, 2, 3)
for align_corners in (True, False):
    f("affine_grid", theta, [2, 1, 3, 4], align_corners=align_corners); f("affine_grid", torch.randn(1, 3, 4), [1, 2, 2, 1, 3], align_corners=align_corners); f("affine_grid", theta[:1], [1, 1, 1, 1], align_corners=align_corners)
f("affine_grid", theta, [2, 1, 2], align_corners=False); f("affine_grid", torch.ones(1, 2, 3, dtype=I64), [1, 1, 2, 2], align_corners=False)
for name in ("hann_window", "hamming_window", "blackman_window"):
    for length in (0, 1, 2, 7):
        call(name, length); call(name, length, periodic=False); call(name, length, dtype=F64)
    call(name, -1)
f("local_response_norm", image, 3); f("local_response_norm", image, 2, alpha=0.5, beta=0.5, k=2.0); f("local_response_norm", x23, 2); f("local_response_norm", x234.double(), 1)
cube = torch.randn(1, 2, 4, 5, 6)
f("max_pool3d", cube, 2); f("max_pool3d", cube[0], [2, 3, 2], 2, [1, 1, 0]); f("max_pool3d", cube, 2, 1, 0, [2, 1, 2]); f("max_pool3d", cube, 3, 2, 1, ceil_mode=True); f("max_pool3d", cube.where(cube < 1, nan), 2, 1)
f("avg_pool3d", cube, 2); f("avg_pool3d", cube[0], [2, 3, 2], 2, [1, 1, 0]); f("avg_pool3d", cube, 3, 2, 1, ceil_mode=True); f("avg_pool3d", cube, 3, 2, 1, count_include_pad=False); f("avg_pool3d", cube, 2, divisor_override=3)
flat = torch.randn(2, 3, 8).abs()
f("lp_pool1d", flat, 2, 3); f("lp_pool1d", flat, 1, 2, 1); f("lp_pool1d", flat, 2, 3, 2, ceil_mode=True); f("lp_pool2d", image, 2, 2); f("lp_pool2d", image, 2, [2, 1], 1); f("lp_pool2d", image, 3, 2); f("lp_pool3d", cube, 2, 2)
call("det", torch.randn(3, 3)); call("det", torch.randn(2, 4, 4).double()); call("det", t([[1.0, 2.0], [2.0, 4.0]])); call("det", torch.zeros(0, 0)); call("det", torch.zeros(0, 2, 2)); call(".det", t([[2.5]])); call("det", t([1.0])); call("det", torch.ones(2, 3)); call("det", t([[1, 2], [3, 4]]))

group("transposed convolution")
signal, lines = torch.randn(2, 4, 5), torch.randn(4, 3, 3)
f("conv_transpose1d", signal, lines); f("conv_transpose1d", signal, lines, torch.randn(3), 2, 1, 1); f("conv_transpose1d", signal[0], lines, None, 3, 2); f("conv_transpose1d", signal, torch.randn(4, 2, 3), None, 2, 0, 0, 2, 2); f("conv_transpose1d", signal.double(), lines.double(), stride=[2], padding=[1], dilation=[2]); f("conv_transpose1d", torch.zeros(0, 4, 5), lines)
f("conv_transpose1d", signal, lines, torch.randn(2)); f("conv_transpose1d", signal, torch.randn(3, 3, 3)); f("conv_transpose1d", signal, lines, None, 2, 0, 2); f("conv_transpose1d", signal, lines, None, 0); f("conv_transpose1d", signal, lines, None, 1, -1); f("conv_transpose1d", signal, lines, None, 1, 0, 0, 3); f("conv_transpose1d", signal, lines, None, 1, 9)
plates = torch.randn(1, 4, 3, 4)
f("conv_transpose2d", plates, torch.randn(4, 3, 2, 3), torch.randn(3), padding=1); f("conv_transpose2d", plates, torch.randn(4, 1, 3, 2), None, [2, 3], [0, 1], [1, 2], 4); f("conv_transpose2d", plates[0], torch.randn(4, 5, 1, 1), None, 2); f("conv_transpose2d", plates, torch.randn(4, 2, 3, 3), None, 1, [2, 0], 0, 1, [1, 2]); f("conv_transpose2d", plates.transpose(2, 3), torch.randn(4, 3, 3, 3), None, 2, 1, 1); f("conv_transpose2d", signal, torch.randn(4, 3, 2, 2)); f("conv_transpose2d", plates[0, 0], torch.randn(4, 3, 2, 2)); f("conv_transpose2d", plates, torch.randn(4, 3, 2, 2), None, [1, 2, 3])
blocks = torch.randn(1, 2, 2, 3, 2)
f("conv_transpose3d", blocks, torch.randn(2, 2, 2, 3, 2), None, [2, 1, 2], [1, 1, 0]); f("conv_transpose3d", blocks, torch.randn(2, 1, 2, 2, 2), torch.randn(2), 2, 0, 1, 2); f("conv_transpose3d", blocks[0], torch.randn(2, 1, 1, 2, 2), None, 1, 0, 0, 1, 2)

group("bags of rows")
table, picks, starts = torch.randn(4, 3), t([3, 0, 1, 1, 2]), t([0, 2, 2])
for mode in ("sum", "mean", "max"):
    f("embedding_bag", t([[3, 0, 1], [1, 2, 0]]), table, mode=mode); f("embedding_bag", picks, table, starts, mode=mode); f("embedding_bag", picks, table.double(), starts, mode=mode, padding_idx=1); f("embedding_bag", picks, table, t([0, 3, 5]), mode=mode, include_last_offset=True); f("embedding_bag", t([], I64), table, t([0, 0]), mode=mode); f("embedding_bag", t([[1, 1], [1, 0]], I32), table, mode=mode, padding_idx=-3)
f("embedding_bag", picks, table, starts, mode="sum", per_sample_weights=torch.randn(5)); f("embedding_bag", t([[3, 0], [1, 1]]), table, mode="sum", per_sample_weights=torch.randn(2, 2))
f("embedding_bag", picks, table); f("embedding_bag", picks, table, t([1, 2])); f("embedding_bag", picks, table, t([0, 9])); f("embedding_bag", t([[3, 0]]), table, t([0])); f("embedding_bag", picks, table, starts, mode="max", per_sample_weights=torch.ones(5)); f("embedding_bag", picks, table, starts, mode="sum", per_sample_weights=torch.ones(2)); f("embedding_bag", t([0.5]), table, t([0])); f("embedding_bag", picks, table, t([[0, 2]])); f("embedding_bag", t([[[0]]]), table); f("embedding_bag", picks, table[0], starts); f("embedding_bag", picks, table, starts, padding_idx=7); f("embedding_bag", picks, table, t([], I64))

group("histograms and distances")
call("histc", torch.randn(40), 7); call("histc", torch.randn(40), 5, -1, 1); call("histc", t([1.5, 2.5, 2.5, 4.5]), 4, 0, 4); call("histc", t([2.5, 2.5]), 4); call("histc", torch.zeros(0), 3); call("histc", t([1.5, inf, nan, 2.5]), 4, 0, 3); call("histc", torch.randn(4, 5).double(), 3); call("histc", t([0.5, 1.5]))
call("histc", t([1, 2, 3])); call("histc", t([1.5, inf]), 4); call("histc", t([1.5]), 0); call("histc", t([1.5]), 3, 3, 1); call("histc", t([1.5]), 3, 0, inf)
rows, columns = torch.randn(2, 3), torch.randn(4, 3)
for p in (0, 1, 2, 3, 0.5, inf):
    call("cdist", rows, columns, p)
call("cdist", torch.randn(2, 5, 3), columns); call("cdist", torch.randn(3, 1, 2, 2).double(), torch.randn(2, 3, 2).double(), 1); call("cdist", torch.randn(30, 3), torch.randn(30, 3), compute_mode="donot_use_mm_for_euclid_dist"); call("cdist", torch.zeros(2, 0), torch.zeros(3, 0)); call("cdist", torch.zeros(2, 0), torch.zeros(3, 0), inf); call("cdist", torch.zeros(0, 3), columns)
call("cdist", rows, torch.randn(4, 2)); call("cdist", rows[0], columns); call("cdist", rows, columns.double()); call("cdist", t([[1]]), t([[2]])); call("cdist", rows, columns, -1)

print_recording()
