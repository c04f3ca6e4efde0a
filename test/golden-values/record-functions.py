"""Special values of the functions of tools/accuracy/functions.ts, and float64 values of those JavaScript lacks."""
import json
import pathlib
import re

import mpmath
import torch

root = pathlib.Path(__file__).parents[2]
calls = re.findall(r'call:\s*"([^"]+)"', (root / "tools/accuracy/functions.ts").read_text())
special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e-45, -1e-45, 1.1754943508222875e-38, -1.1754943508222875e-38]
special += [1e30, -1e30, 3.4028234663852886e38, -3.4028234663852886e38, float("inf"), float("-inf"), float("nan")]
x = torch.tensor(special)


def text(value):
    """JSON has neither NaN nor infinities, and JavaScript's parser keeps -0."""
    return value if value == value and abs(value) != float("inf") else str(value)


values = {}
for call in calls:
    # One at a time: PyTorch's scalar and vector code differ in a few signs of zero.
    values[call] = [text(eval(call, {"torch": torch, "x": x[i : i + 1]}).item()) for i in range(len(special))]

mpmath.mp.dps = 40
# Each with the arguments that are hard: beside zeros and poles, and where the formulas change.
precise = {
    "erf": (mpmath.erf, [0.46, 0.47, 0.927, 1e-8, 2.5, 3.9, -0.3, -1.7, 5.5]),
    "erfc": (mpmath.erfc, [0.46, 0.47, 3.9, 4.1, 9.1, 10.05, 20.0, 26.0, -0.3, -1.7, -5.5, 1e-9]),
    "ndtr": (mpmath.ncdf, [0.1, -0.1, -0.6, -1.0, -5.0, -5.7, -12.0, -30.0, 3.0, 8.0]),
    "erfinv": (mpmath.erfinv, [1e-20, 1e-3, 0.3, 0.5, 0.51, 0.9, 0.99, 0.9999999, 0.99999994, -0.7, -0.9999]),
    "lgamma": (
        lambda v: mpmath.log(abs(mpmath.gamma(v))),
        [1e-30, 1e-3, 0.49, 0.51, 0.9999, 0.99999994, 1.0000001, 1.0001, 1.4616321, 1.9999999, 2.0000002, 2.001, 5.5]
        + [170.0, 1e5, 1e20, 3e38, -0.5, -1e-10, -1.0001, -2.4570248, -2.457, -2.7476826, -3.1435809, -3.9552944, -30.3, -1000.3],
    ),
    "digamma": (
        mpmath.digamma,
        [1e-30, 1e-3, 0.5, 1.0, 1.4616321, 1.4616, 1.47, 9.99, 10.01, 1e5, 1e20, -0.5, -0.504083, -1e-10, -1.5734985, -2.6107206]
        + [-1.0001, -30.3, -1000.3],
    ),
}


def nearest(value):
    return torch.tensor(value, dtype=torch.float32).double().item()


exact = {
    name: [[nearest(value), float(function(mpmath.mpf(nearest(value))))] for value in points]
    for name, (function, points) in precise.items()
}
print(json.dumps({"torch": torch.__version__, "arguments": [text(value) for value in special], "values": values, "exact": exact}))
