"""Calls real PyTorch and notes what calls give, or the error they raise, in groups.

A call is `torch.<name>(…)`, or a method when the name starts with a dot; the last argument may be
keywords. Python numbers that are arguments are integers or have a fraction, never `2.0`, because a
JavaScript number could not say the difference.
"""
import json, math
import torch
import torch.nn.functional as F

F32, F64, I64, I32, U8, B = torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool
inf, nan = math.inf, math.nan
groups = {}
current = None


def group(name):
    global current
    current = groups.setdefault(name, [])


def number(v):
    if isinstance(v, bool):
        return v
    if isinstance(v, int):
        return v if abs(v) < 2**53 else {"bigint": str(v)}
    if math.isnan(v):
        return {"number": "NaN"}
    if math.isinf(v):
        return {"number": "Infinity" if v > 0 else "-Infinity"}
    if v == 0 and math.copysign(1, v) < 0:
        return {"number": "-0"}
    return v


def encode(v):
    if isinstance(v, torch.Tensor):
        return {"tensor": str(v.dtype)[6:], "shape": list(v.shape), "values": [number(e) for e in v.detach().reshape(-1).tolist()]}
    if isinstance(v, torch.dtype):
        return {"dtype": str(v)[6:]}
    if isinstance(v, torch.Size):
        return [int(e) for e in v]
    if isinstance(v, (tuple, list)):
        return [encode(e) for e in v]
    if v is None or isinstance(v, str):
        return v
    return number(v)


def js_index(i):
    """A Python index as the arguments of x.index(…)."""
    items = i if isinstance(i, tuple) else (i,)
    out = []
    for item in items:
        if item is Ellipsis:
            out.append("...")
        elif isinstance(item, slice):
            text = f"{'' if item.start is None else item.start}:{'' if item.stop is None else item.stop}"
            out.append(text if item.step is None else f"{text}:{item.step}")
        else:
            out.append(item)
    return out


def call(name, *args, **kwargs):
    row = {"call": name, "args": [encode(a) for a in args]}
    if kwargs:
        row["kwargs"] = {k: encode(v) for k, v in kwargs.items()}
    if name.startswith("."):
        run = lambda: getattr(args[0], name[1:])(*args[1:], **kwargs)
    elif hasattr(torch, name):
        run = lambda: getattr(torch, name)(*args, **kwargs)
    else:
        run = lambda: getattr(F, name)(*args, **kwargs)
    record(row, run)


def index(x, i):
    record({"call": ".index", "args": [encode(x)] + [encode(a) for a in js_index(i)]}, lambda: x[i])


def record(row, run):
    try:
        result = run()
        row["gives"] = encode(result)
    except Exception as error:  # the point is to record whatever is raised
        row["raises"] = type(error).__name__
        row["message"] = str(error).split("\nException raised from")[0]
    current.append(row)


def seeded(seed, name, *args, **kwargs):
    torch.manual_seed(seed)
    call(name, *args, **kwargs)
    current[-1]["seed"] = seed


def t(v, dt=None):
    return torch.tensor(v, dtype=dt)


def functional(name, *args, **kwargs):
    """A call of `torch.nn.functional.<name>`, where `torch.<name>` is something else or not there."""
    row = {"call": f"nn.functional.{name}", "args": [encode(a) for a in args]}
    if kwargs:
        row["kwargs"] = {k: encode(v) for k, v in kwargs.items()}
    record(row, lambda: getattr(F, name)(*args, **kwargs))


def writing(name, *args, **kwargs):
    """The same for a function that changes its arguments: they are noted as they are after the call."""
    functional(name, *args, **kwargs)
    current[-1]["after"] = [encode(a) for a in args]


def print_recording():
    print(json.dumps({"torch": torch.__version__, "groups": groups}))
