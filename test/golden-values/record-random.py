"""Records test/golden-values/random.json from real PyTorch.

Usage: python3 test/golden-values/record-random.py > test/golden-values/random.json
Floats are written as hexadecimal strings of their float64 value, so that nothing is rounded; the
state of the generator after the calls is recorded as (left, next, hasNormal) to prove consumption.
"""
import json, struct
import torch


def value(t):
    flat = t.reshape(-1).tolist()
    if t.dtype.is_floating_point:
        return [struct.pack(">d", v).hex() for v in flat]
    if t.dtype == torch.int64:
        return [str(v) for v in flat]
    return [int(v) for v in flat]


def position():
    state = torch.get_rng_state().numpy().tobytes()
    left, _, nxt = struct.unpack("<iiQ", state[8:24])
    (has_normal,) = struct.unpack("<i", state[5040:5044])
    return {"left": left, "next": nxt, "hasNormal": bool(has_normal)}


F32, F64, I64, I32, U8, B = torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool
name = {F32: "float32", F64: "float64", I64: "int64", I32: "int32", U8: "uint8", B: "bool"}


def uniform(n, dt, lo=0.0, hi=1.0):
    return {"fill": "uniform", "length": n, "dtype": name[dt], "from": lo, "to": hi}, lambda: torch.empty(n, dtype=dt).uniform_(lo, hi)


def normal(n, dt, mean=0.0, std=1.0):
    return {"fill": "normal", "length": n, "dtype": name[dt], "mean": mean, "std": std}, lambda: torch.empty(n, dtype=dt).normal_(mean, std)


def strided_normal(n, dt):
    return {"fill": "stridedNormal", "length": n, "dtype": name[dt]}, lambda: torch.empty(n, 2, dtype=dt)[:, 0].normal_()


def integers(n, dt, lo, hi):
    return {"fill": "integers", "length": n, "dtype": name[dt], "from": str(lo), "to": str(hi)}, lambda: torch.empty(n, dtype=dt).random_(lo, hi)


def unbounded(n, dt):
    return {"fill": "unbounded", "length": n, "dtype": name[dt]}, lambda: torch.empty(n, dtype=dt).random_()


def permutation(n, dt=I64):
    return {"fill": "permutation", "length": n, "dtype": name[dt]}, lambda: torch.randperm(n, dtype=dt)


def bernoulli(n, dt, p):
    return {"fill": "bernoulli", "length": n, "dtype": name[dt], "probability": p}, lambda: torch.empty(n, dtype=dt).bernoulli_(p)


def bernoulli_each(ps, dt):
    return {"fill": "bernoulliEach", "dtype": name[dt], "probabilities": ps}, lambda: torch.bernoulli(torch.tensor(ps, dtype=dt))


def exponential(n, dt, lam):
    return {"fill": "exponential", "length": n, "dtype": name[dt], "lambda": lam}, lambda: torch.empty(n, dtype=dt).exponential_(lam)


def replacement(weights, n, dt):
    return {"fill": "replacement", "length": n, "dtype": name[dt], "weights": weights}, lambda: torch.multinomial(torch.tensor(weights, dtype=dt), n, replacement=True)


sequences = []
for seed in [0, 1, 42, 123456789, 2**31, 2**32 - 1, 2**32 + 5, 2**63 + 11, -1]:
    sequences.append((seed, [uniform(4, F32), normal(3, F32), uniform(3, F64), permutation(6)]))
sequences += [
    (7, [uniform(700, F32)]),
    (7, [uniform(100, F64)]),
    (3, [uniform(10, F32, -3.7, 12.9), uniform(10, F64, -3.7, 12.9), uniform(4, F32, 5, 5)]),
    (0, [normal(n, dt) for dt in (F32, F64) for n in (1, 2, 15, 16, 17, 31, 32, 33, 100)]),
    (5, [normal(1000, F32)]),
    (11, [normal(20, F32, 3.3, 0.7), normal(5, F32, -1.5, 2.25), normal(20, F64, 3.3, 0.7), normal(5, F64, -1.5, 2.25)]),
    (13, [normal(1, F32), uniform(1, F32), normal(1, F32), normal(1, F64), normal(16, F32), normal(1, F32), strided_normal(17, F32), strided_normal(18, F64)]),
    (2, [integers(12, I64, 0, 10), integers(12, I32, -5, 5), integers(12, U8, 0, 256), integers(12, B, 0, 2), integers(12, F32, 0, 1000), integers(6, F64, -3, 1000)]),
    (2, [integers(6, I64, 0, 2**28 - 1), integers(6, I64, 0, 2**28), integers(6, I32, -2**31, 2**31 - 1), integers(6, I64, 0, 2**32), integers(6, I64, -2**62, 2**62), integers(6, I64, -2**63, 2**63 - 1), integers(6, I64, 0, 2**63 - 1)]),
    (4, [unbounded(6, dt) for dt in (I64, I32, U8, B, F32, F64)]),
    (6, [permutation(0), permutation(1), permutation(2), permutation(50), permutation(10, I32), permutation(10, F32)]),
    (8, [bernoulli(20, F32, 0.3), bernoulli(20, B, 0.5), bernoulli(20, I64, 0.9), bernoulli(3, F64, 0.0), bernoulli(3, F64, 1.0)]),
    (9, [bernoulli_each([0.1, 0.5, 0.9, 0.0, 1.0, 0.3, 0.7], F32), bernoulli_each([0.1, 0.5, 0.9, 0.0, 1.0, 0.3, 0.7], F64)]),
    (10, [exponential(8, F32, 1.0), exponential(8, F64, 2.5)]),
    (12, [replacement([0.1, 0.2, 0.0, 3.0, 0.7], 20, F32), replacement([0.1, 0.2, 0.0, 3.0, 0.7], 20, F64), replacement([1.0], 3, F32)]),
    (14, [uniform(3, F32), integers(3, I64, 0, 100), normal(3, F32), permutation(5), normal(17, F32), bernoulli(4, F32, 0.5), normal(2, F64), uniform(2, F64), integers(2, I64, 0, 2**40), normal(1, F32)]),
]

recorded = []
for seed, calls in sequences:
    torch.manual_seed(seed)
    steps = []
    for description, call in calls:
        steps.append({**description, "values": value(call()), "after": position()})
    recorded.append({"seed": str(seed), "initialSeed": str(torch.initial_seed()), "calls": steps})

g = torch.Generator()
fresh = {"initialSeed": str(g.initial_seed()), "uniform": value(torch.rand(3, generator=g))}
torch.manual_seed(21)
torch.randn(3)
saved = torch.get_rng_state()
state = {"bytes": saved.numpy().tobytes().hex(), "randnAfter": value(torch.randn(4))}

rows = ",\n    ".join(json.dumps(r) for r in recorded)
print('{\n  "torch": %s,\n  "sequences": [\n    %s\n  ],\n  "fresh": %s,\n  "state": %s\n}' % (json.dumps(torch.__version__), rows, json.dumps(fresh), json.dumps(state)))
