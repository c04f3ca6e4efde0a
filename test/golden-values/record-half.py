"""Records test/golden-values/half.json from real PyTorch: calls with float16 and bfloat16.

Usage: python3 test/golden-values/record-half.py > test/golden-values/half.json && npx oxfmt test/golden-values
"""
from recorder import B, F, F32, F64, I32, I64, U8, call, functional, group, index, inf, nan, print_recording, seeded, t, torch

torch.manual_seed(0)
H, BF = torch.float16, torch.bfloat16
halves = [H, BF]
every = [H, BF, F32, F64, I64, I32, U8, B]
# The largest numbers, halfway between numbers, subnormal ones, and what is beyond either format.
edges = [0.0, -0.0, 1.0, 0.1, -1 / 3, 65504.0, 65519.9, 65520.0, -65520.0, 2.0**-14, 2.0**-24, 2.0**-25, 1.5 * 2.0**-25, 3e-8, 6e-5, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-8, 1 + 3 * 2.0**-8, 3.4e38, 3.3895e38, 3.39e38, 1e-40, 9e-41, inf, -inf, nan]
some = [0.5, -1.25, 2.3, 0.01, -3.7, 7.0, 100.0, -0.3]


def rand(*shape, dtype=H, scale=1.0):
    return (torch.randn(*shape) * scale).to(dtype)


group("16 bits: promotion")
for a in every:
    for b in every:
        if a in halves or b in halves:
            call("promote_types", a, b); call("can_cast", a, b)
            call("result_type", t([1], a), t([1], b)); call("result_type", t([1], a), t(1, b)); call("result_type", t(1, a), t(1, b))
            call("add", t([1, 0], a), t([1, 1], b)); call("mul", t([1, 0], a), t(1, b)); call("div", t([1, 0], a), t([3, 1], b)); call("eq", t([1, 0], a), t([1, 1], b))
            call("cat", [t([1, 0], a), t([1], b)]); call("where", t([True, False]), t([1, 2], a), t([3, 4], b))
            call(".copy_", t([1, 0], a), t([1, 1], b)); call(".add_", t([1, 0], a), t([1, 1], b))
for a in halves:
    for scalar in (2, 0.5, True):
        call("result_type", t([1], a), scalar); call("add", t([1, 0], a), scalar); call("add", t(1, a), scalar); call("pow", t([1, 2], a), scalar)

group("16 bits: conversions")
for a in halves:
    for source in (F32, F64):
        call(".to", t(edges, source), a)
    call(".to", t([2049, 2051, -70000, 2**24 + 1, 2**62]), a); call(".to", t([0, 1, 255], U8), a); call(".to", t([True, False]), a); call("tensor", some, dtype=a)
    x = t(edges).to(a)
    for target in (F32, F64, B):
        call(".to", x, target)
    call(".to", t(some, a), I32); call(".to", t(some, a), I64); call(".to", t(some, a), H); call(".to", t(some, a), BF)
    call(".half", t(some)); call(".bfloat16", t(some)); call(".float", t(some, a)); call(".tolist", t(some, a)); call(".item", t(0.1, a)); call(".element_size", t(0.1, a))
    call("full", [2], 65504.5, dtype=a); call("full", [2], 0.1, dtype=a); call("full", [2], 1e39, dtype=a); call("full", [2], inf, dtype=a); call(".fill_", t([1.0], a), 1e39); call(".masked_fill", t([1.0], a), t([True]), 1e39); call("add", t([1.0], a), 1e39); call("clamp", t([1.0], a), max=1e39); call("mul", t([1.0], a), 1e39); call("lt", t([1.0], a), 1e39); call("tensor", 1e39, dtype=a); call("where", t([False]), t([1.0], a), 1e39)

group("16 bits: functions of one tensor")
names = "abs neg sign exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh floor ceil trunc round frac erf erfc erfinv lgamma digamma sigmoid isnan isinf isfinite logical_not relu nan_to_num bitwise_not signbit".split()
activations = "gelu silu mish elu selu celu softplus hardtanh hardswish hardsigmoid relu6 leaky_relu logsigmoid tanhshrink softshrink hardshrink softsign".split()
for a in halves:
    x = t(some + edges, a)
    for name in names:
        call(name, x)
    for name in activations:
        functional(name, x)
    call("round", t(some, a), decimals=1); functional("gelu", x, approximate="tanh")

group("16 bits: functions of two tensors")
for a in halves:
    x, y = rand(16, dtype=a, scale=3.0), rand(16, dtype=a, scale=3.0)
    for name in "add sub mul div pow remainder fmod floor_divide maximum minimum atan2 hypot copysign eq ne lt le gt ge logical_and logical_or logical_xor bitwise_and".split():
        call(name, x, y)
    for name in "add sub mul div pow remainder fmod floor_divide eq ne lt le gt ge".split():
        call(name, x, 0.1); call(name, x, 3)
    call("rsub", x, 0.1); call("pow", 0.7, x); call("lerp", x, y, 0.3); call("lerp", x, y, rand(16, dtype=a)); call("addcmul", x, y, y, value=0.3); call("addcdiv", x, y, y, value=0.3); call("add", x, y, alpha=2); call("sub", x, y, alpha=0.5); call("clamp", x, -0.3, 1.7); call("where", x > 0, x, 0.1); call("where", x > 0, 0.1, 0.3); call("isclose", x, x + 0.001); call("allclose", x, x)
    call("div", x, y, rounding_mode="floor"); call("div", x, y, rounding_mode="trunc"); call("div", x, 0.3, rounding_mode="trunc")

group("16 bits: reductions")
for a in halves:
    x = rand(4, 20, dtype=a)
    for name in "sum prod mean std var amax amin argmax argmin logsumexp median any all cumsum cumprod logcumsumexp softmax log_softmax max min sort argsort count_nonzero norm cummax cummin".split():
        if name == "norm": call(name, x, 2, 1)
        else: call(name, x, 1)
    call("sum", x); call("mean", x); call("sum", t([65504, 65504, -65504], a)); call("sum", x, dtype=F32); call("var", x, correction=0); call("topk", x, 3); call("kthvalue", x, 2); call("unique", t([1, 2, 1], a)); call("nonzero", t([0, -0.0, 2], a)); call("histc", x, 5); call("bincount", t([1], a)); call("sum", t([], a)); call("mean", t([], a)); call("trace", rand(3, 3, dtype=a)); call("diff", x[0]); call("cdist", x, x)

group("16 bits: products")
for a in halves:
    p, q, v, w = rand(3, 9, dtype=a), rand(9, 4, dtype=a), rand(9, dtype=a), rand(3, 4, dtype=a)
    call("matmul", p, q); call("mm", p, q); call("mv", p, v); call("dot", v, v); call("outer", v, v); call("bmm", p[None], q[None]); call("addmm", w, p, q); call("baddbmm", w[None], p[None], q[None]); call("addmv", v[:3], p, v); call("einsum", "ij,jk->ik", p, q); functional("linear", p, q.T.contiguous(), v[:4]); call("matmul", p, q.float()); call("mm", p, q.double()); call("dot", v, v.float()); call("det", rand(3, 3, dtype=a))

group("16 bits: moving elements")
for a in halves:
    x = rand(4, 5, dtype=a); i = t([2, 0, 2]); g = t([[0, 1, 2], [4, 2, 2], [3, 3, 1], [0, 0, 0]])
    index(x, 1); index(x, (slice(None), t([0, 3]))); index(x, x > 0); call("gather", x, 1, g); call("index_select", x, 0, i); call("take", x, i); call("stack", [x[0], x[1]]); call("cat", [x, x]); call("flip", x, [0]); call("roll", x, 1, 0); call("tril", x); call("repeat_interleave", x[0], 2); call("masked_select", x, x > 0); call("masked_fill", x, x > 0, 0.1); call("scatter", x, 1, g, x[:, :3].contiguous()); call("scatter", x, 1, g, 0.1); call("scatter_add", x, 1, g, x[:, :3].contiguous()); call("index_add", x, 0, i, x[:3]); call("index_copy", x, 0, t([2, 0]), x[:2]); call("index_fill", x, 0, i, 0.1); call("index_put", x, [i], t(0.1, a)); call("index_put", x, [i], x[:3], accumulate=True); call("embedding", x, i)
    for r in ("sum", "prod", "mean", "amax", "amin"):
        call("scatter_reduce", x, 1, g, x[:, :3].contiguous(), r)
    call("arange", 0, 2, 0.3, dtype=a); call("linspace", 0, 1, 7, dtype=a); call("logspace", 0, 1, 5, dtype=a); call("eye", 2, dtype=a); call("zeros", 2, dtype=a); call("ones", 2, dtype=a); call("zeros_like", x); call("full_like", x, 0.1); call("hann_window", 5, dtype=a); call("one_hot", t([1, 0], a))
    functional("pad", x, [1, 1]); functional("pad", x[None], [1, 1], "reflect")

group("16 bits: random numbers")
for a in halves:
    for n in (5, 16, 37):
        seeded(n, "rand", n, dtype=a); seeded(n, "randn", n, dtype=a); seeded(n, ".uniform_", torch.empty(n, dtype=a).zero_(), -1, 2); seeded(n, ".normal_", torch.empty(n, dtype=a).zero_(), 1, 3); seeded(n, ".exponential_", torch.empty(n, dtype=a).zero_()); seeded(n, ".bernoulli_", torch.empty(n, dtype=a).zero_(), 0.3); seeded(n, "bernoulli", torch.full((n,), 0.3, dtype=a)); seeded(n, ".random_", torch.empty(n, dtype=a).zero_()); seeded(n, "randint", 0, 100, [n], dtype=a); seeded(n, "multinomial", torch.linspace(0.1, 1, n).to(a), 3); functional("dropout", torch.ones(n, dtype=a), 0.0)
    seeded(1, "randint", 0, 100000, [2], dtype=a); seeded(1, "randperm", 9, dtype=a); seeded(1, "normal", torch.zeros(5, dtype=a), 2); seeded(1, "normal", torch.zeros(5, dtype=a), torch.ones(5, dtype=a))

group("16 bits: layers")
for a in halves:
    x, im = rand(3, 8, dtype=a), rand(1, 4, 6, 6, dtype=a)
    w, b4 = rand(8, dtype=a), rand(4, dtype=a)
    functional("softmax", x, 1); functional("log_softmax", x, 1); functional("softmin", x, 1); functional("layer_norm", x, [8], w, w); functional("rms_norm", x, [8], w); functional("group_norm", im, 2, b4, b4); functional("batch_norm", im, torch.zeros(4, dtype=a), torch.ones(4, dtype=a)); functional("instance_norm", im); functional("local_response_norm", im, 2); functional("normalize", x); functional("normalize", torch.zeros(1, 2, dtype=a)); functional("cosine_similarity", x, x + 1); functional("pairwise_distance", x, x + 1)
    functional("conv2d", im, rand(2, 4, 3, 3, dtype=a), b4[:2]); functional("conv1d", x, rand(2, 3, 3, dtype=a)); functional("conv_transpose2d", im, rand(4, 2, 3, 3, dtype=a)); functional("max_pool2d", im, 2); functional("avg_pool2d", im, 2); functional("adaptive_avg_pool2d", im, 2); functional("adaptive_max_pool2d", im, 2); functional("avg_pool3d", im, 2); functional("max_pool1d", x, 2); functional("avg_pool1d", x, 2); functional("lp_pool2d", im, 2, 2)
    functional("interpolate", im, scale_factor=2); functional("interpolate", im, size=[9, 9], mode="bilinear"); functional("interpolate", im, size=[9, 9], mode="bicubic"); functional("interpolate", x[None], size=5, mode="linear"); functional("interpolate", im, size=[3, 3], mode="area"); functional("grid_sample", im, (torch.rand(1, 2, 3, 2) * 2 - 1).to(a), align_corners=False); functional("unfold", im, 2); functional("pixel_shuffle", im, 2); functional("affine_grid", rand(1, 2, 3, dtype=a), [1, 1, 2, 2], align_corners=False)
    functional("scaled_dot_product_attention", im, im, im); functional("scaled_dot_product_attention", im, im, im, is_causal=True); functional("glu", x, 1); functional("prelu", x, b4[:1]); functional("threshold", x, 0.1, 2)
    y = torch.rand(3, 8).to(a); functional("mse_loss", x, y); functional("l1_loss", x, y); functional("smooth_l1_loss", x, y); functional("huber_loss", x, y); functional("cross_entropy", x, t([0, 1, 2])); functional("cross_entropy", x, t([0, 1, 2]), label_smoothing=0.1); functional("nll_loss", x, t([0, 1, 2])); functional("binary_cross_entropy", y, y); functional("binary_cross_entropy_with_logits", x, y); functional("kl_div", x, y, reduction="batchmean"); functional("embedding", t([0, 2]), x); functional("embedding_bag", t([[0, 2]]), x); functional("embedding_bag", t([[0, 2]]), x, mode="sum")

print_recording()
