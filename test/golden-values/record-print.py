"""Records test/golden-values/print.json from real PyTorch: what str(tensor) gives.

Usage: python3 test/golden-values/record-print.py > test/golden-values/print.json
"""
import json, math, struct
import torch

F32, F64, I64, I32, U8, B = torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool
inf, nan = math.inf, math.nan


def t(v, dt=F32):
    return torch.tensor(v, dtype=dt)


torch.manual_seed(0)
cases = [
    t(1.0), t(1.5), t(-2.0), t(0.0), t(-0.0), t(nan), t(inf), t(-inf), t(1e10), t(1e-10), t(123456.789), t(0.03125), t(0.1, F64), t(5, I64), t(-5, I32), t(7, U8), t(True, B), t(False, B),
    t([]), t([], I64), t([], I32), t([], B), t([], F64), torch.zeros(0, 3), torch.zeros(2, 0, 3), torch.zeros(0, 3, dtype=I64), torch.zeros(3, 0, dtype=F64),
    t([1.0]), t([10.0, 10.0]), torch.full((3, 3), 10.0), t([[10.0, -10.0], [0.0, 3.0]]), t([1.0, 2.5]), t([-1.0, 2.5]), t([1, 2, 3], I64), t([-1, 20, 300], I64), t([1, 2], I32), t([1, 255], U8), t([True, False, True], B), t([[True], [False]], B),
    t([1.0, 1000.0]), t([1.0, 1001.0]), t([0.5, 500.0]), t([0.5, 501.0]), t([1e8]), t([1.1e8]), t([99999999.0, 1e8 + 8], F64), t([1e-4]), t([0.9e-4]), t([1e-4], F64), t([1.0, 2.0, nan]), t([1.5, nan, inf, -inf]), t([nan, inf]), t([0.0, 0.0]), t([0.0, -0.0]), t([0.0, -0.0, 0.5]), t([0.0, inf, 5.0]), t([-inf, 5.0]), t([1e20, 1.0]), t([1e-20, 0.0]), t([1e300, 1e-300], F64), t([1e22], F64),
    t([0.03125, 0.09375, 0.15625, 2.00005, 1.00015, -0.03125]), t([0.00005, 0.5], F64), t([0.12345, 0.12355, 0.12365], F64), t([1.99995, 9.99995, 99.99995, 0.99995], F64), t([-0.00001, 0.5]), t([1.00005e10, 2.00015e10, 1.0e10], F64), t([123456.5, 1.0]), t([12345.0, 12.0]), t([100000.0, 100.0]),
    t([2**53 + 1, -(2**63)], I64), t([2**62], I64), t([-(2**31), 2**31 - 1], I32),
    torch.arange(20.0), torch.arange(30), torch.arange(100), torch.arange(12.0).reshape(3, 4), torch.arange(24.0).reshape(2, 3, 4), torch.arange(16).reshape(2, 2, 2, 2), torch.arange(24).reshape(1, 2, 3, 4), torch.arange(60.0).reshape(3, 20), torch.rand(40), torch.rand(3, 20), torch.randn(10, 2), torch.randn(2, 2, 2),
    torch.arange(1000.0), torch.arange(1001.0), torch.arange(1001), torch.arange(2000.0).reshape(40, 50), torch.arange(2000).reshape(2, 1000), torch.arange(2000).reshape(1000, 2), torch.arange(2016).reshape(6, 6, 56), torch.arange(2800).reshape(7, 8, 50), torch.arange(3000).reshape(1, 3000), torch.arange(1, 1153).reshape(2, 2, 2, 144), torch.rand(1200), torch.rand(40, 40), torch.arange(1100, dtype=F64) * 1000, (torch.arange(1200) % 2 == 0), torch.arange(1200, dtype=I32), torch.zeros(1001), torch.cat([torch.zeros(500), torch.ones(1) * 0.5, torch.zeros(600)]),
    torch.ones(2, 3, dtype=F64), torch.ones(3, dtype=F64) * 0.5, torch.arange(11, dtype=I32), torch.arange(17, dtype=I32), torch.arange(12.0, dtype=F64), torch.arange(13.0, dtype=F64), torch.arange(14.0, dtype=F64), torch.arange(15.0, dtype=F64), torch.arange(26, dtype=U8).reshape(2, 13), torch.ones(25, dtype=I32), torch.ones(60, dtype=U8),
    torch.ones(3).requires_grad_(), torch.ones(2, 3, dtype=F64).requires_grad_(), torch.rand(8).requires_grad_(), torch.rand(9).requires_grad_(), torch.zeros(0).requires_grad_(), torch.arange(16.0, dtype=F64).requires_grad_(), t(2.5).requires_grad_(), torch.arange(14.0).requires_grad_(), torch.arange(2000.0).requires_grad_(),
    *(t(v, dt) for dt in (torch.float16, torch.bfloat16) for v in (0.1, [], [1.0, 2.0], [0.1, 2.5], [1e-5, 1.5, 70000.0], [65504.0, 1.0], [6e-8, nan, inf], [[1.1, -2.0], [0.0, 1000.0]], [list(range(40))])),
    torch.ones(3, 4)[:, ::2], torch.arange(6.0).reshape(2, 3).t(), torch.ones(1, 1, 1), torch.ones(2, 1, 3, dtype=B),
]
options = [
    (dict(precision=2), [t([1.12345, 2.0]), t([1e10, 1.5])]),
    (dict(precision=0), [t([0.5, 1.5, 2.5]), t([1.25])]),
    (dict(precision=10), [t([0.1, 1.0 / 3]), t([0.1], F64), t([1e-9])]),
    (dict(threshold=5), [torch.arange(10), torch.arange(12.0).reshape(3, 4), torch.arange(64).reshape(8, 8)]),
    (dict(threshold=5, edgeitems=1), [torch.arange(10), torch.arange(64.0).reshape(8, 8), torch.arange(64).reshape(4, 4, 4), torch.arange(3)]),
    (dict(threshold=5, edgeitems=0), [torch.arange(10), torch.arange(64.0).reshape(8, 8), torch.arange(3), t(1.0)]),
    (dict(linewidth=30), [torch.arange(30), torch.rand(10), torch.ones(2, 3, dtype=F64), torch.ones(2, 9, dtype=F64), torch.ones(3, dtype=F64).requires_grad_()]),
    (dict(sci_mode=True), [t([1.0, 2.0]), t([0.5]), t([0.0, 1.5, -2.5, nan, inf]), t(3.0), t([1, 2], I64), t([0.0])]),
    (dict(sci_mode=False), [t([1e10, 1.5]), t([1e-10]), t([1e12, 1.0]), t([1e22], F64), t([1e300], F64)]),
    (dict(profile="short"), [torch.rand(3), torch.arange(2000.0)]),
    (dict(profile="full"), [torch.arange(1005)]),
]


def raw(x):
    flat = x.detach().reshape(-1)
    if flat.numel() > 200 and x.dtype in (I64, F32) and torch.equal(flat, torch.arange(flat.numel(), dtype=x.dtype)):
        return "arange"
    if x.dtype.is_floating_point:
        return [struct.pack(">d", v).hex() for v in flat.tolist()]
    return [str(int(v)) for v in flat.tolist()]


def row(x):
    return {"shape": list(x.shape), "dtype": str(x.dtype)[6:], "requiresGrad": x.requires_grad, "elements": raw(x), "text": str(x)}


recorded = [{"options": {}, "tensors": [row(x) for x in cases]}]
for opts, tensors in options:
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**opts)
    recorded.append({"options": opts, "tensors": [row(x) for x in tensors]})
torch.set_printoptions(profile="default")
print(json.dumps({"torch": torch.__version__, "groups": recorded}))
