"""Records test/golden-values/calls.json from real PyTorch: what calls give, or the error they raise.

Usage: python3 test/golden-values/record-calls.py > test/golden-values/calls.json && npx oxfmt test/golden-values
"""
from recorder import B, F, F32, F64, I32, I64, U8, call, group, index, inf, nan, print_recording, seeded, t, torch

torch.manual_seed(0)
every = [F32, F64, I64, I32, U8, B]

group("promotion")
for a in every:
    for b in every:
        call("add", t([1, 0], a), t([1, 1], b))
        call("mul", t([1, 0], a), t(1, b))
for a in every:
    for s in (2, 0.5, True):
        call("add", t([1, 0], a), s)
        call("mul", t(1, a), s)
        call("div", t([1, 2], a), s)
        call("pow", t([1, 2], a), s)
    for b in (F32, I64, B):
        call("div", t([1, 0], a), t([2, 1], b))
        call("eq", t([1, 0], a), t([1, 1], b))
    for name in ("sum", "prod", "mean", "cumsum", "any", "all", "argmax", "sqrt", "neg", "abs", "logical_not", "floor", "round", "sign", "square", "reciprocal", "exp", "isnan", "bitwise_not", "sigmoid", "relu"):
        if name == "cumsum":
            call(name, t([1, 0, 1], a), 0)
        else:
            call(name, t([1, 0, 1], a))
    call("where", t([True, False]), t([1, 2], a), 0.5)
    call("where", t([True, False]), t([1, 2], a), 3)
    call("clamp", t([0, 5, 9], a), 1, 6)
    call("clamp", t([0, 5, 9], a), 0.5)
    call("remainder", t([5, 3], a), 2)
    call("cat", [t([1, 0], a), t([0.5])])
    call("stack", [t([1, 0], a), t([1, 2])])

group("dtypes")
for a in every:
    for b in every:
        call("promote_types", a, b)
        call("can_cast", a, b)
        call("result_type", t([1], a), t([1], b)); call("result_type", t([1], a), t(1, b)); call("result_type", t(1, a), t(1, b))
    for scalar in (2, 0.5, True):
        call("result_type", t([1], a), scalar); call("result_type", t(1, a), scalar)
call("broadcast_shapes", (2, 1), (3,)); call("broadcast_shapes", (2,), (3,)); call("is_floating_point", t([1])); call("numel", torch.zeros(2, 3))

group("integers and NaN")
values = [5.0, -5.0, 5.5, -5.5, 0.0, -0.0, inf, -inf, nan]
for d in (3, -3, 0.5, 0, inf):
    for name in ("remainder", "fmod", "floor_divide", "div"):
        call(name, t(values), d)
ints = t([7, -7, 6, -6, 0])
for d in (3, -3, 0):
    for name in ("remainder", "fmod", "floor_divide", "div"):
        call(name, ints, d)
        call(name, ints, t([d] * 5))
    for mode in ("trunc", "floor"):
        call("div", ints, d, rounding_mode=mode)
for mode in ("trunc", "floor"):
    for d in (2, -2, 0.5, 0):
        call("div", t(values), d, rounding_mode=mode)
call("round", t([0.5, 1.5, 2.5, -0.5, -1.5, 0.49999997, 2.4999998, nan, inf]))
call("round", t([0.5, 1.5, 2.5, 1234.5678, 0.125]), decimals=2)
call("round", t([0.15, 1250.0, 1350.0], F64), decimals=-2)
call("add", t([250, 10], U8), 10)
call("sub", t([5], U8), 10)
call("mul", t([2**31 - 1, -(2**31)], I32), 2)
call("add", t([2**63 - 1]), 1)
call("mul", t([2**62, 3]), 2)
call("neg", t([0, 1, 255], U8))
call("abs", t([-(2**31), -1], I32))
call("pow", t([2, 3, -2]), 3)
call("pow", t([2, 1, -1]), -1)
call("pow", t([2.0, -8.0, 0.0]), 1 / 3)
call("pow", t([0.0, 1.0, nan, inf]), 0)
call("maximum", t([1.0, nan, 2.0]), t([nan, 1.0, 3.0]))
call("minimum", t([1.0, nan, 2.0]), t([nan, 1.0, 3.0]))
for name in ("max", "min", "argmax", "argmin", "sum", "amax"):
    call(name, t([1.0, nan, 3.0, nan]))
call("max", t([[1.0, nan, 3.0], [4.0, 4.0, 2.0]]), 1)
call("min", t([[1.0, nan, 3.0], [4.0, 4.0, 2.0]]), 1)
call("clamp", t([nan, 1.0, 5.0]), 2, 3)
call("clamp", t([1.0, 5.0]), 3, 2)
call("sign", t([nan, -0.0, 3.0]))
call("logical_xor", t([nan, 0.0, 2.0]), t([1, 0, 0]))
call("bitwise_left_shift", t([1, -1, 5], I32), t([3, 1, 31], I32))
call("bitwise_right_shift", t([8, -8, 5]), 1)
call(".int", t([1.9, -1.9, 3.0]))
call(".bool", t([0.0, 0.1, nan, -1.0]))
call(".long", t([1.9, -1.9]))
call(".float", t([2**24 + 1, -3]))
call("mean", t([], F32))
call("sum", t([], F32))
call("prod", t([], F32))
call("std", t([1.0]))
call("var", t([1.0, 2.0, 4.0]), correction=0)
call("logsumexp", t([-inf, -inf]), 0)
call("softmax", t([-inf, 0.0, 1.0]), 0)
call("softmax", t([-inf, -inf]), 0)

x = torch.arange(12.0).reshape(3, 4)
i = torch.arange(12).reshape(3, 4)
group("index")
index(x, 0); index(x, -1); index(x, (0, 1)); index(x, (slice(None), 1)); index(x, (slice(1, 3), slice(0, 4, 2))); index(x, (..., 0)); index(x, (None, 0)); index(x, (..., None)); index(x, ()); index(x, slice(-2, None)); index(x, slice(2, 1)); index(x, slice(0, 100)); index(x, (slice(None), slice(None, None, 3)))
index(x, t([0, 2])); index(x, t([-1, 0, -1])); index(x, (slice(None), t([0, 2]))); index(x, (t([0, 1]), t([1, 2]))); index(x, (t([[0], [1]]), t([1, 2, 3]))); index(x, (t([0, 1]), 2)); index(x, (0, t([1, 1]))); index(x, (None, t([0, 1]))); index(x, t(1)); index(x, (t(1), t([0, 2]))); index(x, t([], I64)); index(x, t([[0, 1], [2, 0]])); index(x, t([0, 1], I32)); index(x, t([0, 1], U8))
index(x, x > 5); index(x, t([True, False, True])); index(x, (t([True, False, True]), slice(1, 3))); index(x, (slice(None), t([True, False, True, False]))); index(x, (t([True, False, True]), t([0, 3]))); index(x, x > 100); index(x, t(True)); index(x, t(False)); index(x, (t([True, True, True]), 1)); index(x, True); index(x, False)
y = torch.arange(24).reshape(2, 3, 4)
index(y, (t([0, 1]), slice(None), t([1, 2]))); index(y, (slice(None), t([0, 1]), t([1, 2]))); index(y, (t([0, 1]), t([2, 1]))); index(y, (0, slice(None), t([1, 2]))); index(y, (..., t([1, 2]))); index(y, (slice(None), t([[0], [2]]), slice(1, 3))); index(y, (t([0, 1]), None, t([1, 2]))); index(y, (slice(0, 1), y[0] > 5)); index(y, (..., None, 0)); index(y, (t([[True, False, True], [False, True, False]]),)); index(y, (t([0]), ..., t([1])))
index(x, 3); index(x, -4); index(x, (0, 4)); index(x, (0, 0, 0)); index(x, t([3])); index(x, t([-4])); index(x, (t([0, 1]), t([0, 1, 2]))); index(x, t([True, False])); index(x, t([0.5])); index(x, slice(None, None, -1)); index(x, slice(None, None, 0)); index(t(5.0), 0); index(x, (t([0]), t([0]), t([0]))); index(x, (slice(None), slice(None), slice(None)))

group("gather and scatter")
g = t([[0, 1], [3, 2], [0, 0]])
call("gather", x, 1, g); call("gather", x, 0, t([[0, 2, 1, 0]])); call("gather", t(5.0), 0, t(0)); call("gather", x, 1, t([[]], I64).reshape(0, 2)); call("gather", i, -1, g)
call("gather", x, 1, g.int()); call("gather", x, 1, g.float()); call("gather", x, 2, g); call("gather", x, 1, t([0])); call("gather", x, 0, t([[0, 1, 2, 0, 1]])); call("gather", x, 1, t([[4]])); call("gather", x, 1, t([[-1]]))
call("index_select", x, 0, t([2, 0])); call("index_select", x, 1, t([1, 1, 3], I32)); call("index_select", x, 0, t(1)); call("index_select", x, 0, t([], I64)); call("index_select", t(3.0), 0, t([0])); call("index_select", x, 1, t([4])); call("index_select", x, 0, t([-1])); call("index_select", x, 0, g); call("index_select", x, 0, t([0.5])); call("index_select", x, 3, t([0]))
call("embedding", x, t([[0, 2], [1, 0]])); call("embedding", x, t([3])); call("embedding", x, t([-1])); call("embedding", x, t([0.5])); call("embedding", t([1.0, 2.0]), t([0, 1])); call("embedding", x, t([1, 0], I32)); call("embedding", x, t(1))
call("take_along_dim", x, t([[0], [1], [3]]), 1); call("take_along_dim", x, t([0, 5, 11])); call("take_along_dim", x, t([[0, 1, 2, 2]]), dim=0); call("take_along_dim", x, t([0]), 1); call("take_along_dim", x, t([[0.5]]), 1); call("take", x, t([0, 5, -1])); call("take", x, t([12]))
src = torch.arange(1.0, 7.0).reshape(3, 2)
z = torch.zeros(3, 4)
call("scatter", z, 1, g, src); call("scatter", z, 1, g, 7); call("scatter", z, 0, t([[0, 2, 1, 0]]), t([[1.0, 2.0, 3.0, 4.0]])); call("scatter", x, 1, g, src, reduce="add"); call("scatter", x, 1, g, src, reduce="multiply"); call("scatter", x, 1, g, 2, reduce="multiply"); call(".scatter_", z.clone(), 1, g, src); call(".scatter_", z.clone(), 1, g, 0.5)
call("scatter", z, 1, g, src.double()); call("scatter", z, 1, t([[4]]), src); call("scatter", z, 1, t([[-1]]), src); call("scatter", z, 1, t([0]), src); call("scatter", z, 1, torch.zeros(4, 1, dtype=I64), src); call("scatter", z, 1, g.float(), src); call("scatter", x, 1, g, src, reduce="mean")
call("scatter_add", z, 1, g, src); call(".scatter_add_", x.clone(), 1, t([[0, 0], [1, 1], [3, 3]]), src); call("scatter_add", z, 1, g, src.double()); call("scatter_add", z.long(), 1, g, src.long())
for r in ("sum", "prod", "mean", "amax", "amin"):
    for inc in (True, False):
        call("scatter_reduce", x, 1, t([[0, 0], [3, 2], [0, 0]]), src, r, include_self=inc)
        call("scatter_reduce", i, 1, t([[0, 0], [3, 2], [0, 0]]), src.long(), r, include_self=inc)
call("scatter_reduce", x, 1, g, src, "max"); call(".scatter_reduce_", x.clone(), 0, t([0, 0, 1, 2]).reshape(1, 4), t([[nan, 1.0, 2.0, 3.0]]), "amax")
call("index_add", x, 0, t([0, 2, 0]), torch.ones(3, 4)); call("index_add", x, 1, t([1, 1]), src, alpha=2); call(".index_add_", x.clone(), 0, t([2]), torch.ones(1, 4)); call("index_add", x, 0, t([0, 3]), torch.ones(2, 4)); call("index_add", x, 0, t([0]), torch.ones(2, 4)); call("index_add", x, 0, t([0, 1]), torch.ones(2, 3)); call("index_add", x, 0, t([0, 1]), torch.ones(2, 4, dtype=F64)); call("index_add", x, 0, g, torch.ones(2, 4)); call("index_add", i, 0, t([0, 1], I32), torch.ones(2, 4, dtype=I64))
call("index_copy", x, 0, t([2, 0]), torch.ones(2, 4)); call(".index_copy_", x.clone(), 1, t([3]), torch.ones(3, 1)); call("index_copy", x, 0, t([3]), torch.ones(1, 4)); call("index_copy", x, 0, t([0, 1]), torch.ones(1, 4)); call("index_copy", x, 0, t([0], I32), torch.ones(1, 4)); call("index_copy", x, 0, t([0]), torch.ones(1, 4, dtype=F64))
call("index_fill", x, 0, t([2, 0]), -1); call("index_fill", x, 1, t([-1]), 0.5); call(".index_fill_", i.clone(), 1, t([0]), 9); call("index_fill", x, 0, t([3]), 1); call("index_fill", x, 0, t([0]), t(5.0)); call("index_fill", x, 0, t([0]), t([5.0])); call("index_fill", x, 0, t([0], I32), 1)
call("index_put", x, [t([0, 2])], t(9.0)); call("index_put", x, [t([0, 2]), t([1, 3])], t([5.0, 6.0])); call("index_put", x, [t([0, 0]), t([1, 1])], t([5.0, 6.0]), accumulate=True); call(".index_put_", x.clone(), [x > 5], t(0.0)); call(".index_put_", x.clone(), [t([True, False, True])], t([1.0, 2.0, 3.0, 4.0])); call("index_put", x, [t([0, 1]), t([0, 1])], t([1.0, 2.0, 3.0])); call("index_put", x, [t([3])], t(1.0)); call("index_put", x, [t([0])], t(1)); call("index_put", x, [t([0, 1])], torch.ones(2, 5)); call("index_put", x, [t([0]), t([0]), t([0])], t(1.0)); call("index_put", x, [t([-1])], t(1.0))
call("masked_select", x, x > 5); call("masked_select", x, t([True, False, True, False])); call("masked_select", t([1.0, 2.0]), t([[True], [False]])); call("masked_select", x, t([1, 0, 1, 0])); call("masked_select", x, t([True, False])); call("masked_select", t(1.0), t(True))
call("masked_fill", x, x > 5, -1); call("masked_fill", x, t([True, False, False, True]), t(0.5)); call("masked_fill", i, i > 5, 0.5); call("masked_fill", i, i > 5, -1); call("masked_fill", x, t([1, 0, 0, 1]), 0); call("masked_fill", x, x > 5, t([1.0])); call(".masked_fill_", x.clone(), x > 5, 100); call("masked_fill", x, t([True, False]), 1); call("masked_fill", t([1.0]), t([True, False]), 2)
call("nonzero", t([[1, 0], [0, 2]])); call("nonzero", t([0.0, nan, 1.0])); call("nonzero", t(3)); call("nonzero", t(0)); call("nonzero", torch.zeros(2, 0)); call("nonzero", t([[1, 0], [0, 2]]), as_tuple=True); call("where", t([[1, 0], [0, 2]])); call("argwhere", t([[1, 0], [0, 2]]))
call("one_hot", t([0, 2, 1])); call("one_hot", t([[0], [1]]), 4); call("one_hot", t([0, 3]), 3); call("one_hot", t([-1])); call("one_hot", t([0.5])); call("one_hot", t([], I64)); call("one_hot", t([], I64), 3); call("one_hot", t(2)); call("one_hot", t([1], I32))
call("bincount", t([0, 1, 1, 3])); call("bincount", t([0, 1, 1, 3]), weights=t([0.5, 1.0, 1.5, 2.0])); call("bincount", t([1]), minlength=4); call("bincount", t([-1])); call("bincount", t([0.5])); call("bincount", t([], I64)); call("bincount", t([[1]]))
call("unique", t([3, 1, 2, 1, 3])); call("unique", t([[2.0, 1.0], [1.0, 2.0]])); call("unique", t([3, 1, 2, 1, 3]), return_inverse=True); call("unique", t([3, 1, 2, 1, 3]), return_counts=True); call("unique", t([3, 1, 2, 1, 3]), return_inverse=True, return_counts=True); call("unique", t([True, False, True])); call("unique", t([[1, 2], [1, 2], [0, 5]]), dim=0); call("unique", t([], F32)); call("unique", t([nan, 1.0, nan]))

group("sort")
s = t([3.0, 1.0, nan, 2.0, 1.0, -inf, inf])
call("sort", s); call("sort", s, descending=True); call("sort", s, stable=True); call("sort", t([[3, 1, 2], [0, 5, 4]]), 0); call("sort", t([[3, 1, 2], [0, 5, 4]]), -1, descending=True); call("sort", t(1.0)); call("sort", t([], F32)); call("sort", torch.zeros(2, 0)); call("sort", t([True, False, True])); call("sort", t([2, 2, 1, 2, 1]), descending=True, stable=True); call("sort", t([-0.0, 0.0, -0.0]), stable=True); call("sort", t([1.0, 2.0]), 1); call("sort", t([2**62, 2**62 + 1, -(2**63)]))
call("argsort", s); call("argsort", s, descending=True); call("argsort", t([[3, 1, 2], [0, 5, 4]]), dim=0); call("argsort", t([2, 2, 1, 2, 1]), stable=True); call("argsort", t([2, 2, 1, 2, 1]), dim=0, descending=True, stable=True); call("argsort", t(1.0)); call("msort", t([[3, 1], [0, 5]]))
call("topk", s, 3); call("topk", s, 3, largest=False); call("topk", t([[3, 1, 2], [0, 5, 4]]), 2); call("topk", t([[3, 1, 2], [0, 5, 4]]), 1, 0); call("topk", s, 0); call("topk", s, 8); call("topk", t(5.0), 1); call("topk", t([1.0, 2.0]), 1, 1); call("topk", t([1.0, 2.0]), -1); call("topk", t([5.0, 4.0, 3.0, 2.0, 1.0]), 5); call("topk", t(5.0), 2)
call("kthvalue", s, 2); call("median", t([3.0, 1.0, 2.0, 4.0])); call("median", t([[3.0, 1.0, 2.0], [nan, 1.0, 0.0]]), 1)

group("linalg")
a, b, v = t([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), t([[1.0, 0.5, -1.0], [2.0, -2.0, 3.0]]), t([1.0, -2.0])
bt = torch.arange(12.0).reshape(2, 3, 2)
for p, q in [(a, b), (b, a), (a, v), (v, b), (v, v), (bt, b), (a, bt.mT), (bt, bt.mT), (bt, v), (t([1.0, 2.0, 3.0]), bt), (bt.reshape(2, 1, 3, 2), bt.mT), (torch.zeros(0, 2), b), (torch.zeros(2, 0), torch.zeros(0, 3)), (t([[1, 2], [3, 4]]), t([[5, 6], [7, 8]])), (t([[2**62, 1], [1, 1]]), t([[2, 1], [1, 1]])), (a.double(), b.double()), (a.t(), a), (torch.zeros(3, 2, 0), torch.zeros(0, 4))]:
    call("matmul", p, q)
call("matmul", a, a); call("matmul", a, b.double()); call("matmul", t(1.0), a); call("matmul", v, a); call("matmul", bt, torch.zeros(3, 2, 2)); call("matmul", bt, a); call("matmul", t([1.0]), v); call("matmul", t([[True, False]]), t([[True], [True]])); call("matmul", a, b.long()); call("matmul", v, t([1, 2])); call("matmul", t([1.0, 2.0, 3.0]), t([1.0, 2.0]))
call("mm", a, b); call("mm", a, a); call("mm", a, v); call("mm", v, a); call("mm", a, b.double()); call("mm", t([[1, 2]]), t([[3], [4]])); call("bmm", bt, bt.mT); call("bmm", bt, bt); call("bmm", a, a); call("bmm", bt, torch.zeros(3, 2, 2)); call("mv", a, v); call("mv", a, t([1.0, 2.0, 3.0])); call("mv", v, v); call("dot", v, v); call("dot", v, t([1.0])); call("dot", a, v); call("dot", v, v.double()); call("dot", t([1, 2]), t([3, 4])); call("dot", t([], F32), t([], F32)); call("outer", v, t([1.0, 2.0, 3.0])); call("outer", a, v); call("outer", t([1, 2]), v); call("inner", v, v); call("inner", a, b.t())
c = torch.ones(3, 3)
call("addmm", c, a, b); call("addmm", c, a, b, beta=0.5, alpha=2); call("addmm", t([1.0, 2.0, 3.0]), a, b); call("addmm", t(1.0), a, b); call("addmm", torch.full((3, 3), nan), a, b, beta=0); call("addmm", torch.ones(2, 2), a, b); call("addmm", c, a, a); call("addmm", c.double(), a, b); call("addmm", c.long(), a.long(), b.long(), beta=2, alpha=3); call("addmm", c.long(), a.long(), b.long(), alpha=0.5)
call("addmv", t([1.0, 2.0, 3.0]), a, v); call("addmv", t([1.0, 2.0, 3.0]), a, v, beta=2, alpha=0.5); call("addmv", t([1.0]), a, v); call("addmv", t([1.0, 2.0]), a, v)
call("baddbmm", torch.ones(2, 3, 3), bt, bt.mT); call("baddbmm", torch.ones(3, 3), bt, bt.mT, beta=0, alpha=2); call("baddbmm", torch.ones(2, 2, 2), bt, bt.mT); call("addbmm", torch.ones(3, 3), bt, bt.mT)
call("linear", t([[1.0, 2.0]]), a); call("linear", t([[1.0, 2.0]]), a, t([1.0, 2.0, 3.0])); call("linear", v, a); call("linear", bt, a, t([1.0, 2.0, 3.0])); call("linear", v, v); call("linear", bt, v); call("linear", t([[1.0, 2.0, 3.0]]), a); call("linear", t([[1.0, 2.0]]), a.double()); call("linear", t([[1.0, 2.0]]), a, t([1.0])); call("linear", t([[1.0, 2.0]]), a, t([1.0, 2.0]))
m3 = torch.arange(9.0).reshape(3, 3)
for eq, ops in [("ij,jk->ik", (a, b)), ("ij,jk", (a, b)), ("ij->ji", (a,)), ("ij", (a,)), ("ba", (a,)), ("ii", (m3,)), ("ii->i", (m3,)), ("ij->", (a,)), ("ij->j", (a,)), ("i,i", (v, v)), ("i,j->ij", (v, v)), ("bij,bjk->bik", (bt, bt.mT)), ("...ij,...jk->...ik", (bt, bt.mT)), ("...ij,jk", (bt, b)), ("ij,...jk->...ik", (a, bt.mT)), ("ij,jk,kl->il", (a, b, a)), ("bn,anm,bm->ba", (a, torch.arange(8.0).reshape(2, 2, 2), a)), ("i j, j k -> i k", (a, b)), ("...->...", (bt,)), ("...i->i...", (bt,)), ("i...->...", (bt,)), ("ij,ij->ij", (a, a)), ("aBc->cBa", (bt,)), ("bij,bij->b", (bt, bt)), ("iij->j", (torch.arange(18.0).reshape(3, 3, 2),)), ("i,i->", (t([1, 2]), t([3, 4]))), (",i->i", (t(2.0), v)), ("ij,kj->ik", (t([[1.0], [2.0]]), a))]:
    call("einsum", eq, *ops)
for eq, ops in [("ij,jk->il", (a, b)), ("ij,jk", (a, a)), ("ij", (v,)), ("i", (a,)), ("ij,jk->ik", (a,)), ("ij->ik", (a,)), ("ij->ii", (a,)), ("i1->i", (a,)), ("...i...->i", (a,)), ("i->i->i", (v,)), ("ii", (a,)), ("ij-ji", (a,)), ("i,j", (v,)), ("ij->...", (a,)), ("...->", (bt,)), ("ij,jk->ik", (a, b.double()))]:
    call("einsum", eq, *ops)

group("random errors")
call("randint", 5, 5, (2,)); call("randint", 0, (2,)); call("randint", 3, 1, (2,)); call("randperm", -1); call("rand", -1); call("randn", 2, -3); call("randint", 0, 300, (2,), dtype=U8); call("rand", 2, dtype=I64); call("randn", 2, dtype=I64); call("bernoulli", t([1.5])); call("bernoulli", t([1, 0])); call(".bernoulli_", torch.zeros(2), 1.5); call(".bernoulli_", torch.zeros(2), t([0.5, 0.5, 0.5])); call(".normal_", torch.zeros(2), 0, -1); call(".uniform_", torch.zeros(2), 3, 1); call(".normal_", torch.zeros(2, dtype=I64)); call(".uniform_", torch.zeros(2, dtype=I64)); call(".random_", torch.zeros(2), 3, 1); call(".random_", torch.zeros(2, dtype=U8), 0, 300); call("normal", t([0.0, 1.0]), -1); call("normal", t([0.0]), t([-1.0])); call("multinomial", t([0.5, 0.5]), 3); call("multinomial", t([0.5, 0.5]), 0); call("multinomial", t([-1.0, 0.5]), 1); call("multinomial", t([0.0, 0.0]), 1); call("multinomial", t([nan, 0.5]), 1); call("multinomial", t([1, 2]), 1); call("multinomial", torch.ones(2, 2, 2), 1); call("multinomial", t([0.0, 0.0]), 1, replacement=True); call("multinomial", t([-1.0, 2.0]), 1, replacement=True); call("multinomial", t([inf, 2.0]), 1, replacement=True); call(".exponential_", torch.zeros(2), -1)

group("random numbers")
z6, z20 = torch.zeros(2, 3), torch.zeros(4, 5)
p = t([0.1, 0.5, 0.9, 0.3])
seeded(0, "rand", 3); seeded(0, "rand", 2, 3); seeded(1, "rand", 4, dtype=F64); seeded(0, "rand", (2, 2)); seeded(0, "rand", 0)
seeded(0, "randn", 5); seeded(0, "randn", 4, 5); seeded(2, "randn", 17); seeded(2, "randn", 3, 7, dtype=F64); seeded(3, "randn", ())
seeded(0, "randint", 10, (5,)); seeded(0, "randint", -5, 5, (2, 3)); seeded(4, "randint", 0, 255, (4,), dtype=U8); seeded(4, "randint", 0, 2**40, (4,)); seeded(4, "randint", 3, (2,), dtype=F32); seeded(4, "randint", 2, (6,), dtype=B)
seeded(0, "randperm", 7); seeded(0, "randperm", 5, dtype=I32); seeded(0, "rand_like", z6); seeded(0, "randn_like", z20); seeded(0, "randint_like", z6, 9); seeded(0, "randint_like", z6, -3, 3); seeded(0, "rand_like", z6, dtype=F64)
seeded(0, "bernoulli", p); seeded(0, "bernoulli", p.double()); seeded(0, "bernoulli", torch.zeros(6), 0.4); seeded(0, ".bernoulli_", torch.zeros(6), 0.4); seeded(0, ".bernoulli_", torch.zeros(2, 4), p); seeded(0, ".bernoulli_", torch.zeros(5, dtype=B))
seeded(5, ".normal_", torch.zeros(4), 2, 0.5); seeded(5, ".normal_", torch.zeros(18), 2, 0.5); seeded(5, ".uniform_", torch.zeros(4), -1, 1); seeded(5, ".uniform_", torch.zeros(4, dtype=F64), -1, 1); seeded(5, ".random_", torch.zeros(4, dtype=I32)); seeded(5, ".random_", torch.zeros(4, dtype=I64), 10); seeded(5, ".random_", torch.zeros(4), 5, 8); seeded(5, ".exponential_", torch.zeros(4)); seeded(5, ".exponential_", torch.zeros(4, dtype=F64), 2.5)
seeded(6, "normal", t([0.0, 10.0, 20.0]), 0.5); seeded(6, "normal", t([[0.0], [10.0]]), t([1.0, 0.5])); seeded(6, "normal", 2.5, t([1.0, 0.5])); seeded(6, "normal", 2.5, 0.5, (3,)); seeded(6, "normal", t([0.0, 1.0], F64), t([1.0, 0.5])); seeded(6, "normal", torch.zeros(20), 2)
seeded(7, "multinomial", p, 1); seeded(7, "multinomial", p, 3); seeded(7, "multinomial", p, 10, replacement=True); seeded(7, "multinomial", torch.stack([p, p.flip(0)]), 1); seeded(7, "multinomial", torch.stack([p, p.flip(0)]), 2); seeded(7, "multinomial", torch.stack([p, p.flip(0)]).double(), 4, replacement=True); seeded(8, "multinomial", torch.ones(50), 20); seeded(8, "multinomial", torch.arange(100.0), 7)

group("errors")
call("add", torch.zeros(2, 3), torch.zeros(2, 2)); call("cat", [torch.zeros(2, 3), torch.zeros(2, 2)]); call("cat", []); call("cat", [torch.zeros(2), torch.zeros(2, 2)]); call("stack", [torch.zeros(2), torch.zeros(3)]); call("stack", [])
call(".view", x, 5); call(".view", x, -1, 5); call(".view", x, -1, -1); call(".reshape", x, 7); call(".permute", x, 0); call(".permute", x, 0, 0); call("transpose", x, 0, 2); call(".expand", x, 2, 4); call(".expand", x, 4); call("squeeze", x, 5); call("unsqueeze", x, 5); call("sum", x, 2); call("sum", x, [0, 0]); call("mean", i); call("softmax", i, 0); call("argmax", torch.zeros(0)); call("max", torch.zeros(0)); call("max", torch.zeros(0, 3), 0); call("amax", torch.zeros(0, 3), 0); call("amax", torch.zeros(0, 3), 1)
call("chunk", x, 0); call("split", x, 0); call("split", x, [1, 1]); call("split", x, -1); call(".narrow", x, 0, 2, 2); call(".narrow", x, 0, 4, 1); call("select", x, 0, 3); call(".item", x); call("where", x > 1, x, torch.zeros(2)); call(".add_", torch.zeros(2), torch.zeros(2, 2)); call(".add_", torch.zeros(2, dtype=I64), 0.5); call(".div_", torch.zeros(2, dtype=I64), 2); call(".add_", torch.zeros(2, dtype=B), 1); call("bitwise_and", x, 1); call("logical_and", t([True]), t([1, 2, 3, 4]).reshape(2, 2)[:, :1]); call("sub", t([True]), t([True])); call("neg", t([True])); call("arange", 0, 5, -1); call("arange", 0, 5, 0); call("linspace", 0, 1, -1); call("zeros", 2, -1); call("full", (2,), 300, dtype=U8); call("eye", -1); call("flip", x, [2]); call("roll", x, 1, 2); call("roll", x, [1, 2], 0); call(".repeat", x, 2); call("tril", t([1.0])); call("repeat_interleave", x, -1); call("cumsum", x, 2); call("var", i); call("norm", i); call("pow", t([2]), -1); call("floor_divide", t([1]), 0); call("pad", x, [1]); call("pad", x, [1, 2, 3, 4, 5, 6]); call("pad", x, [1, 1], "reflect"); call(".copy_", torch.zeros(2), torch.zeros(3)); call("isclose", x, x.double()); call("diagonal", t([1.0])); call("log_softmax", x, 3); call("broadcast_to", x, (3,)); call("unbind", t(1.0)); call("movedim", x, 0, 2); call("clamp", x); call(".index_select", x, 2, t([0]))

group("functions of one number")
line = torch.cat([torch.linspace(-4, 4, 17), t([1e-4, -1e-4, 30.0, -30.0, 100.0, inf, -inf, nan, -0.0])])
for name in "abs ceil floor trunc round frac sign signbit square exp expm1 exp2 sigmoid tanh sin cos tan sinh cosh asinh atan erf erfc relu relu6 silu mish hardsigmoid hardswish softplus softsign logsigmoid elu gelu leaky_relu isfinite isinf isnan logical_not neg reciprocal nan_to_num".split():
    if hasattr(torch, name) or hasattr(F, name):
        call(name, line)
        call(name, line.double())
        if name != "frac":
            call(name, t([-2, 0, 3]))
for name in "sqrt rsqrt log log2 log10 log1p lgamma digamma".split():
    call(name, t([0.0, 1e-8, 0.25, 1.0, 2.5, 10.0, 1e6, inf, nan]))
    call(name, t([0.0, 1e-8, 0.25, 1.0, 2.5, 10.0, 1e6, inf, nan], F64))
    call(name, t([0, 1, 7]))
for name in "asin acos atanh erfinv".split():
    call(name, t([-1.0, -0.7, 0.0, 0.3, 0.999, 1.0, 1.5, nan]))
    call(name, t([-1.0, -0.7, 0.0, 0.3, 0.999, 1.0, 1.5, nan], F64))
call("acosh", t([1.0, 1.5, 100.0, 0.5]))
call("gelu", line, approximate="tanh"); call("leaky_relu", line, 0.2); call("elu", line, 0.5); call("softplus", line, 2, 5); call("nan_to_num", line, 1.5, 2.5, -3.5); call("clamp", line, -1, 2); call("clamp", line, max=1.5); call("clamp", line, min=t(0.5)); call("pow", line, 2); call("pow", line, 3); call("pow", line, -1); call("pow", line, 0.5); call("pow", 2, line); call("pow", line, t(2.0))

group("functions of two numbers")
left, right = t([5.5, -5.5, 0.0, inf, nan, 2.0, -3.0]), t([2.0, 3.0, -0.0, inf, 1.0, nan, -2.0])
for name in "add sub mul div remainder fmod floor_divide pow atan2 maximum minimum hypot copysign eq ne lt le gt ge logical_and logical_or logical_xor isclose".split():
    call(name, left, right)
    call(name, left.double(), right.double())
    if name not in ("hypot",):
        call(name, t([7, -7, 3]), t([2, 3, -2]).abs() if name == "pow" else t([2, 3, -2]))
for name in "bitwise_and bitwise_or bitwise_xor".split():
    call(name, t([12, -7, 255]), t([10, 3, -1])); call(name, t([True, False]), t([True, True])); call(name, t([12, 7], U8), 5)
call("lerp", left, right, 0.25); call("addcmul", t([1.0, 2.0]), t([3.0, 4.0]), t([5.0, 6.0]), value=0.5); call("addcdiv", t([1.0, 2.0]), t([3.0, 4.0]), t([5.0, 6.0]), value=0.5); call("add", left, right, alpha=2); call("sub", left, right, alpha=0.5); call("rsub", left, 1); call("where", left > 0, left, right); call("isclose", left, right, equal_nan=True); call("isclose", t([1.0, 1.0001]), t([1.00001, 1.0]), rtol=1e-4, atol=0)

group("reductions")
torch.manual_seed(1)
r3 = torch.randn(3, 4, 2)
ri = torch.randint(-5, 5, (3, 4))
rb = ri > 0
for name in "sum mean prod std var amax amin logsumexp norm any all max min argmax argmin count_nonzero median".split():
    for args, kw in [((), {}), ((1,), {}), ((-1,), {"keepdim": True}), (([0, 2],), {})]:
        if name in ("logsumexp",) and not args:
            continue
        if name in ("argmax", "argmin", "max", "min", "median") and args and isinstance(args[0], list):
            continue
        if name == "prod" and args and isinstance(args[0], list):
            continue
        if name == "norm" and args:
            call(name, r3, 2, args[0], **kw); call(name, r3, 1, args[0], **kw); continue
        if name == "count_nonzero" and kw:
            continue
        call(name, r3, *args, **kw)
        if not (args and isinstance(args[0], list)) and name not in ("mean", "std", "var", "logsumexp", "norm"):
            call(name, ri, *args, **kw)
call("std", r3, 1, correction=0); call("var", r3, [0, 1], correction=2, keepdim=True); call("var_mean", r3, 1); call("std_mean", r3); call("std", r3, 1, unbiased=False); call("sum", ri, 0, dtype=F32); call("sum", rb); call("sum", rb, 1); call("mean", ri, 1, dtype=F64); call("prod", rb); call("softmax", r3, 1); call("softmax", r3, -1, dtype=F64); call("log_softmax", r3, 0); call("softmax", ri, 0, dtype=F32); call("cumsum", r3, 1); call("cumsum", ri, 0); call("cumsum", rb, 0); call("cumprod", r3, 2); call("cumprod", ri, 1); call("all", rb, 0); call("any", rb, 1, keepdim=True); call("norm", r3, inf); call("norm", r3, 0); call("norm", r3, -inf, 1); call("norm", r3, 3); call("norm", r3, 0.5, 1); call("norm", r3, "fro"); call("logsumexp", r3, [0, 1], keepdim=True); call("logsumexp", t([inf, 1.0]), 0); call("logsumexp", t([1000.0, 1000.0]), 0); call("max", ri, t([[0], [1], [2]])); call("sum", torch.zeros(0, 3), 0); call("prod", torch.zeros(0, 3), 0); call("mean", torch.zeros(0, 3), 0); call("any", torch.zeros(0)); call("all", torch.zeros(0)); call("logsumexp", torch.zeros(0, 3), 0); call("softmax", torch.zeros(0, 3), 0); call("softmax", t(2.0), 0); call("cumsum", t(2.0), 0); call("cumsum", torch.zeros(0), 0); call("sum", t(2.0), 0); call("max", t(2.0), 0); call("argmax", t(2.0)); call("std", torch.zeros(0)); call("var", torch.zeros(2, 0), 1)

group("shapes")
v3 = torch.arange(24).reshape(2, 3, 4)
for dims in ((0, 1), (1, 2), (-1, 0)):
    call("transpose", v3, *dims)
call("permute", v3, (2, 0, 1)); call("movedim", v3, 0, 2); call("movedim", v3, [0, 1], [2, 0]); call("flatten", v3); call("flatten", v3, 1); call("flatten", v3, 0, 1); call("unflatten", v3, 2, [2, -1]); call("squeeze", v3[:, :1]); call("squeeze", v3[:1, :1], 0); call("squeeze", v3[:1, :1], [0, 1]); call("unsqueeze", v3, -1); call(".expand", v3[:, :1], 2, 3, -1); call("broadcast_to", t([1, 2]), (3, 2)); call("split", v3, 2, 1); call("split", v3, [1, 3], 2); call("chunk", v3, 3, 2); call("chunk", v3, 5, 1); call("unbind", v3, 1); call("narrow", v3, 2, 1, 2); call("narrow", v3, 2, -2, 2); call("select", v3, 1, -1); call("diagonal", v3, 1, 1, 2); call("diag", t([1, 2])); call("diag", t([[1, 2], [3, 4]]), 1); call("trace", t([[1, 2], [3, 4]])); call("tril", v3); call("tril", v3, -1); call("triu", v3, 1); call("flip", v3, [0, 2]); call("roll", v3, 1, 2); call("roll", v3, [1, -1], [0, 1]); call("roll", v3, 5); call(".repeat", t([1, 2]), 2, 3); call("tile", t([[1, 2]]), (2, 2)); call("tile", v3, (2,)); call("repeat_interleave", t([1, 2]), 2); call("repeat_interleave", t([[1, 2], [3, 4]]), 2, 1); call("repeat_interleave", t([1, 2, 3]), t([2, 0, 1])); call("cat", [v3, v3], 1); call("cat", [t([1]), t([2.5])]); call("cat", [torch.zeros(0), torch.ones(2, 2)]); call("stack", [t([1, 2]), t([3, 4])], 1); call("stack", [t([1, 2]), t([3.5, 4.0])], -1)
call("pad", t([[1.0, 2.0], [3.0, 4.0]]), [1, 2]); call("pad", t([[1.0, 2.0], [3.0, 4.0]]), [1, 0, 0, 1], "constant", 9.5); call("pad", t([[1.0, 2.0, 3.0]]), [-1, 1]); call("pad", torch.arange(6.0).reshape(1, 2, 3), [2, 1], "reflect"); call("pad", torch.arange(6.0).reshape(1, 2, 3), [2, 1], "replicate"); call("pad", torch.arange(6.0).reshape(1, 2, 3), [2, 1], "circular"); call("pad", torch.arange(12.0).reshape(1, 1, 3, 4), [1, 2, 2, 1], "reflect"); call("pad", torch.arange(6.0).reshape(1, 2, 3), [3, 1], "reflect"); call("pad", v3, [1, 1])
call(".view", v3, 6, 4); call(".view", v3, -1, 2); call(".reshape", v3, (4, 6)); call("reshape", v3, (-1,)); call("equal", v3, v3); call("equal", v3, v3 + 1); call("allclose", t([1.0]), t([1.000001])); call("allclose", t([nan]), t([nan])); call("allclose", t([nan]), t([nan]), equal_nan=True)

group("creation")
call("arange", 5); call("arange", 1, 6, 2); call("arange", 0.5, 3); call("arange", 0, 1, 0.25); call("arange", 5, 0, -2); call("arange", 3, dtype=F32); call("arange", 0); call("arange", 0, 0.3, 0.1); call("linspace", 0, 1, 5); call("linspace", 3, -2, 4); call("linspace", 0, 10, 1); call("linspace", 0, 1, 0); call("linspace", 0, 1, 7, dtype=F64); call("linspace", 0, 10, 4, dtype=I64); call("zeros", 2, 3); call("zeros", (2,), dtype=I64); call("ones", 2, dtype=B); call("full", (2, 2), 1.5); call("full", (2,), True); call("full", (2,), 7, dtype=I32); call("eye", 3); call("eye", 2, 3, dtype=I64); call("eye", 0); call("zeros_like", t([1, 2])); call("ones_like", t([1, 2]), dtype=F64); call("full_like", t([1.0, 2.0]), 3); call("full_like", t([1, 2]), 2.7); call("empty", 0, 3); call("tril", torch.ones(3, 3))

group("in place")
call(".add_", t([1, 2]), 3); call(".add_", t([1.0, 2.0]), t([1, 2])); call(".sub_", t([1.0, 2.0]), 1, alpha=2); call(".mul_", t([[1.0], [2.0]]), t([2.0])); call(".div_", t([1.0, 2.0]), 4); call(".div_", t([5, -5]), 2, rounding_mode="floor"); call(".pow_", t([1.0, 2.0]), 2); call(".clamp_", t([1, 5]), 2, 3); call(".relu_", t([-1.0, 1.0])); call(".zero_", t([1, 2])); call(".fill_", t([1, 2]), 2.7); call(".fill_", t([1.0, 2.0]), t(3)); call(".copy_", t([1, 2]), t([2.9, -2.9])); call(".copy_", t([[1.0, 2.0], [3.0, 4.0]]), t([5, 6])); call(".neg_", t([1, -2])); call(".exp_", t([0.0, 1.0])); call(".sqrt_", t([4, 9])); call(".logical_not_", t([0.0, 2.0])); call(".eq_", t([1, 2]), 2); call(".masked_fill_", t([1, 2]), t([True, False]), 9); call(".tril_", torch.ones(2, 2)); call(".index_fill_", t([1, 2, 3]), 0, t([0, -1]), 5); call(".add_", t([1], U8), 255); call(".mul_", t([True, False]), t([True, True])); call(".bitwise_and_", t([6]), 3)

print_recording()
