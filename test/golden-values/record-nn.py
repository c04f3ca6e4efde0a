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

print_recording()
