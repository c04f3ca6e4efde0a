"""Real PyTorch as a peer: `python torch_peer.py TASK`, TASK as peer-program.ts takes it, with the workloads spelt out.

Prints the same records as peer-program.ts, one line of JSON each.
"""

import json
import math
import platform
import resource
import sys
import time

begin_import = time.perf_counter()
import numpy
import torch
import torch.nn.functional as F

import_ms = (time.perf_counter() - begin_import) * 1e3

SLOW_MS, BATCH_MS, WARM_UP_MS, FEWEST_SAMPLES = 2500, 0.2, 150, 5


def say(**record):
    print(json.dumps({"peerRecord": record}, separators=(",", ":")), flush=True)


def fill(plan):
    """The numbers of operands.ts: the same hash of the same counters, then rounded to float32."""
    shape, how = plan["shape"], plan["fill"]
    count = math.prod(shape)
    if how["kind"] == "labels":
        return torch.arange(count).mul(7).remainder(how["classes"])
    counters = numpy.arange(count, dtype=numpy.uint64) + how["seed"] * 0x9E3779B9
    x = (counters & 0xFFFFFFFF).astype(numpy.uint32)
    x = (x ^ (x >> 16)) * numpy.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * numpy.uint32(0x846CA68B)
    x = x ^ (x >> 16)
    values = (x.astype(numpy.float64) / 2**31 - 1) * how["scale"] + how["offset"]
    return torch.from_numpy(values.astype(numpy.float32)).reshape(shape)


def program(work, constants, p):
    """The function of a workload and its arguments."""
    kind = work["kind"]
    if kind == "chain":
        scale, shift = constants["scale"], constants["shift"]
        return lambda x, c: F.gelu(x * scale + shift) * torch.sigmoid(c), (p["x"], p["c"])
    if kind == "rowSum":
        return lambda x: x.sum(1), (p["x"],)
    if kind == "rowMean":
        return lambda x: x.mean(1), (p["x"],)
    if kind == "softmax":
        return lambda x: torch.softmax(x, 1), (p["x"],)
    if kind == "layerNorm":
        size = (work["columns"],)
        return lambda x, w, b: F.layer_norm(x, size, w, b, constants["epsilon"]), (p["x"], p["weight"], p["bias"])
    if kind == "matmul":
        return lambda a, b: a @ b, (p["a"], p["b"])
    if kind == "mlpForward":
        return mlp, (p["x"], [p[f"w{i}"] for i in range(3)], [p[f"b{i}"] for i in range(3)])
    if kind == "mlpTraining":
        weights, biases = ([p[f"{name}{i}"].requires_grad_() for i in range(3)] for name in "wb")
        return training_step(constants["learningRate"]), (p["x"], p["labels"], weights, biases)
    if kind == "convolution":
        return lambda x, w, b: F.conv2d(x, w, b, padding=1), (p["x"], p["weight"], p["bias"])
    if kind == "transformer":
        return block(work, constants["epsilon"]), (p["x"], p)
    if kind == "tinyAdds":
        return adds(work["count"]), (p["x"], p["y"])
    raise ValueError(f"no program for {kind}")


def mlp(x, weights, biases):
    for i in range(3):
        x = torch.addmm(biases[i], x, weights[i])
        x = torch.relu(x) if i < 2 else x
    return x


def training_step(rate):
    def step(x, labels, weights, biases):
        loss = F.cross_entropy(mlp(x, weights, biases), labels)
        gradients = torch.autograd.grad(loss, weights + biases)
        with torch.no_grad():
            for parameter, gradient in zip(weights + biases, gradients):
                parameter.sub_(rate * gradient)
        return loss

    return step


def block(work, epsilon):
    tokens, features, heads = work["tokens"], work["features"], work["heads"]

    def per_head(part):
        return part.view(tokens, heads, features // heads).transpose(0, 1)

    def run(x, p):
        normalised = F.layer_norm(x, (features,), p["norm1Weight"], p["norm1Bias"], epsilon)
        query, key, value = torch.addmm(p["qkvBias"], normalised, p["qkvWeight"]).chunk(3, -1)
        attended = F.scaled_dot_product_attention(per_head(query), per_head(key), per_head(value))
        attended = attended.transpose(0, 1).reshape(tokens, features)
        middle = torch.addmm(p["outBias"], attended, p["outWeight"]) + x
        again = F.layer_norm(middle, (features,), p["norm2Weight"], p["norm2Bias"], epsilon)
        up = F.gelu(torch.addmm(p["upBias"], again, p["upWeight"]))
        return torch.addmm(p["downBias"], up, p["downWeight"]) + middle

    return run


def adds(count):
    def run(x, y):
        for _ in range(count):
            x = x + y
        return x

    return run


def largest_error(actual, reference):
    if actual.shape != reference.shape:
        return math.inf
    difference = numpy.abs(actual.astype(numpy.float64) - reference)
    if not numpy.isfinite(difference).all():
        return math.inf
    largest = float(difference.max())
    return 0 if largest == 0 else largest / float(numpy.abs(reference).max())


def repeat_for(run, batch, milliseconds, at_least):
    samples, start = [], time.perf_counter()
    while len(samples) < at_least or (time.perf_counter() - start) * 1e3 < milliseconds:
        begin = time.perf_counter()
        for _ in range(batch):
            run()
        samples.append((time.perf_counter() - begin) * 1e3 / batch)
    return samples


def run_workload(task, work):
    operands = {name: fill(plan) for name, plan in work["operands"].items()}
    reference = numpy.fromfile(task["references"][work["id"]], dtype=numpy.float32)
    torch._dynamo.reset()
    function, arguments = program(work, task["constants"], operands)
    if task["setup"]["variant"] == "compile":
        function = torch.compile(function)
    training = work["kind"] == "mlpTraining"
    last = [None]

    def run():
        last[0] = function(*arguments)

    def error():
        # The parameters in the order of the reference: weight, bias, layer by layer.
        parts = [one.detach().reshape(-1) for pair in zip(*arguments[2:]) for one in pair] if training else [last[0].reshape(-1)]
        return largest_error(torch.cat(parts).numpy(), reference)

    with torch.enable_grad() if training else torch.no_grad():
        begin = time.perf_counter()
        run()
        first = (time.perf_counter() - begin) * 1e3
        first_error = error()
        if not first_error <= task["tolerance"]:
            return {"kind": "wrong", "error": first_error, "when": "first run"}
        warm_up = repeat_for(run, 1, WARM_UP_MS, 1)
        batch = 1 if min(warm_up) > SLOW_MS else max(1, math.ceil(BATCH_MS / min(warm_up)))
        samples = sorted(repeat_for(run, batch, task["budget"], FEWEST_SAMPLES))
        last_error = first_error if training else error()
        if not last_error <= task["tolerance"]:
            return {"kind": "wrong", "error": last_error, "when": "last run"}
    median = samples[len(samples) // 2]
    return {"kind": "timed", "first": first, "error": first_error, "median": median, "best": samples[0], "runs": len(samples) * batch}


def main():
    task = json.loads(sys.argv[1])
    torch.set_num_threads(task["setup"]["threads"])
    if task.get("cold"):
        work = task["cold"]
        operands = {name: fill(plan) for name, plan in work["operands"].items()}
        function, arguments = program(work, task["constants"], operands)
        begin = time.perf_counter()
        if task["setup"]["variant"] == "compile":
            function = torch.compile(function)
        with torch.no_grad():
            function(*arguments).numpy()
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        say(kind="cold start", importing=import_ms, firstResult=(time.perf_counter() - begin) * 1e3, residentMegabytes=megabytes)
        return
    say(kind="opened", version=torch.__version__, runtime=f"Python {platform.python_version()}")
    for work in task["spelt"]:
        say(kind="begin", workload=work["id"])
        try:
            outcome = run_workload(task, work)
        except Exception as error:
            outcome = {"kind": "failed", "message": str(error)[:300]}
        say(kind="result", workload=work["id"], outcome=outcome)


main()
