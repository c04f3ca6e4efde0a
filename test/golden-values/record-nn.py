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

print_recording()
