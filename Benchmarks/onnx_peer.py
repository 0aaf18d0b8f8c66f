"""Decisions through libspane's C API beside ONNX Runtime with the same weights, on one thread.

    python Benchmarks/onnx_peer.py DECISIONS WEIGHTS.h5 [SERVERS ...]

DECISIONS is the compiled Benchmarks/C/decisions.c. ONNX Runtime has its inputs and outputs bound to fixed buffers and
computes Q of every action; choosing the best available one would come on top.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

import h5py
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def network(path: str) -> bytes:
    """The network of a weights file as an ONNX graph: servers (N, 4) and a request (1, 3) to Q (N, 2)."""
    with h5py.File(path) as file:
        if file.attrs["architecture"] not in ("spane", b"spane"):
            raise SystemExit(f"{path} is no SPANE network")
        tensors = {name: value[:] for name, value in file["parameters"].items()}
    constants = [numpy_helper.from_array(value, name) for name, value in tensors.items()]
    nodes: list[onnx.NodeProto] = []

    def add(operation: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        return output

    def stack(prefix: str, value: str) -> str:
        layers = sorted({int(name.split(".")[1]) for name in tensors if name.startswith(prefix + ".")})
        for layer in layers:
            name = f"{prefix}.{layer}"
            value = add("Gemm", [value, name + ".weight", name + ".bias"], name + ".out", transB=1)
            if layer != layers[-1]:
                value = add("Relu", [value], name + ".relu")
        return value

    embedding = stack("server_embedding", "servers")
    cluster = add("ReduceMean", [embedding], "cluster", axes=[0], keepdims=1)
    context = add("Concat", [cluster, "request"], "context", axis=1)
    value = stack("value_layers", context)
    constants.append(numpy_helper.from_array(np.array([1, 1], np.int64), "ones"))
    constants.append(numpy_helper.from_array(np.array([0], np.int64), "zero"))
    rows = add("Shape", ["servers"], "shape", start=0, end=1)
    width = tensors["adv_layers.0.weight"].shape[1] - tensors["server_embedding.0.weight"].shape[0]
    constants.append(numpy_helper.from_array(np.array([width], np.int64), "width"))
    target = add("Concat", [rows, "width"], "target", axis=0)
    repeated = add("Expand", [context, target], "repeated")
    joined = add("Concat", [embedding, repeated], "joined", axis=1)
    advantage = stack("adv_layers", joined)
    mean = add("ReduceMean", [advantage], "mean", axes=[0, 1], keepdims=1)
    centred = add("Sub", [advantage, mean], "centred")
    add("Add", [centred, value], "q")
    graph = helper.make_graph(
        nodes,
        "spane",
        [
            helper.make_tensor_value_info("servers", TensorProto.FLOAT, ["N", 4]),
            helper.make_tensor_value_info("request", TensorProto.FLOAT, [1, 3]),
        ],
        [helper.make_tensor_value_info("q", TensorProto.FLOAT, ["N", 2])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    return bytes(model.SerializeToString())


def onnx_nanoseconds(model: bytes, servers: int) -> float:
    """The median time of one run, in nanoseconds."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(1)
    binding = session.io_binding()
    state = onnxruntime.OrtValue.ortvalue_from_numpy(generator.random((servers, 4), np.float32))
    request = onnxruntime.OrtValue.ortvalue_from_numpy(generator.random((1, 3), np.float32))
    output = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros((servers, 2), np.float32))
    binding.bind_ortvalue_input("servers", state)
    binding.bind_ortvalue_input("request", request)
    binding.bind_ortvalue_output("q", output)
    repeats = max(20, min(2000, 2_000_000 // servers))
    times = []
    for _ in range(9):
        start = time.perf_counter_ns()
        for _ in range(repeats):
            session.run_with_iobinding(binding)
        times.append((time.perf_counter_ns() - start) / repeats)
    return statistics.median(times)


def main() -> None:
    program, weights, *sizes = sys.argv[1:]
    servers = [int(size) for size in sizes] or [5, 1_000, 10_000, 100_000]
    model = network(weights)
    print(
        f"{'servers':>8}  {'libspane':>12}  {'ONNX Runtime':>12}  {'ratio':>6}   {'sizes never seen':>24}"
        f"   {'place':>7}  {'release':>7}"
    )
    for size in servers:
        peer = onnx_nanoseconds(model, size)
        line = subprocess.run([program, weights, str(size)], check=True, capture_output=True, text=True).stdout
        own = json.loads(line)
        print(
            f"{size:>8}  {own['decide_ns'] / 1000:>9.2f} us  {peer / 1000:>9.1f} us  {peer / own['decide_ns']:>6.1f}"
            f"   {own['decide_new_ns'] / 1000:>9.2f} us (ratio {peer / own['decide_new_ns']:>4.0f})"
            f"   {own['place_ns']:>4.0f} ns  {own['release_ns']:>4.0f} ns",
            flush=True,
        )


if __name__ == "__main__":
    main()
