"""ONNX files: a graph that computes Q, with the weights as its initializers and what belongs to
them in its metadata."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from spane._extras import missing
from spane._replacing import replacement
from spane._showing import shown
from spane.convert import _networks
from spane.convert._architecture import Architecture, Mlp
from spane.convert._bytes import LARGEST_FILE, check_size
from spane.convert._infer import is_part
from spane.convert._refusal import Refusal
from spane.convert._weights import Content, Weights, texts_of
from spane.convert.onnx._graph import Graph

try:
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import TensorProto, numpy_helper
except ModuleNotFoundError as error:
    raise missing(error) from error

_PREFIX = "spane."
"""What stands before the names of this package's metadata."""


def model_of(weights: Weights) -> Any:
    """An `onnx.ModelProto` that computes what the network does."""
    architecture = weights.architecture
    graph = Graph(weights.parameters)
    values: int | str = "4 * servers + 3"
    actions: int | str = "2 * servers"
    if isinstance(architecture, Mlp):
        values, actions = 4 * architecture.servers + 3, 2 * architecture.servers
    observation = graph.input("observation", TensorProto.FLOAT, ["batch", values])
    mask = graph.input("mask", TensorProto.BOOL, ["batch", actions])
    capacity = None
    if _networks.needs_capacity(architecture):
        shape = ["1 or batch", "4 * servers"]
        capacity = graph.input("capacity", TensorProto.FLOAT, shape)
    q = _networks.q_values(graph, weights, observation, mask, capacity)
    action = _networks.action(graph, q, mask, observation)
    graph.output("q_values", q, ["batch", actions])
    graph.output("action", action, ["batch"])
    texts = {_PREFIX + name: text for name, text in texts_of(weights).items()}
    return graph.model("spane", texts, _about(architecture))


def _about(architecture: Architecture) -> str:
    more = (
        "capacity: cores and GB of each node, in the same order. "
        if _networks.needs_capacity(architecture)
        else ""
    )
    return (
        f"Where to place a VM on servers with two NUMA nodes: {architecture}. "
        "observation: free cores and GB of each node, [server][node][cpu, mem], then cores and GB "
        f"of the VM and 1 if it is split over both nodes, else 0. {more}"
        "mask: whether each action (server * 2 + node) has room. "
        "q_values: of each action; action: the best one with room."
    )


def write_onnx(weights: Weights, path: Path) -> None:
    """Writes weights; an existing file is replaced atomically."""
    content = model_of(weights).SerializeToString(deterministic=True)
    with replacement(path) as temporary:
        temporary.write_bytes(content)


def read_onnx(data: bytes) -> Content:
    """The weights among the initializers, and the metadata of a file that this package wrote."""
    check_size(data)
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError:
        raise Refusal("file is not an ONNX model; it must be one, complete") from None
    words = [word for entry in model.metadata_props for word in (entry.key, entry.value)]
    words += [tensor.name for tensor in model.graph.initializer]
    # Protocol buffers give what is no UTF-8 as bytes.
    if wrong := [word for word in words if not isinstance(word, str)]:
        raise Refusal(f"ONNX file has {shown(wrong[0])} as a text; texts must be UTF-8")
    texts = {
        entry.key[len(_PREFIX) :]: entry.value
        for entry in model.metadata_props
        if entry.key.startswith(_PREFIX)
    }
    tensors: dict[str, Any] = {}
    for tensor in model.graph.initializer:
        # Without this package's metadata a graph may have other constants among them.
        if not texts and not is_part(tensor.name):
            continue
        if tensor.name in tensors:
            raise Refusal(f"initializer {shown(tensor.name)} occurs twice; it must be unique")
        _check(tensor)
        tensors[tensor.name] = tensor
    if not texts and not tensors:
        raise Refusal(
            "ONNX file is not of this package, and none of its initializers has a name of a "
            "network, such as server_embedding.0.weight; docs/weights.md lists them"
        )
    shapes = {name: tuple(tensor.dims) for name, tensor in tensors.items()}
    return Content(shapes, lambda name: _array(tensors[name]), texts or None)


def _check(tensor: Any) -> None:
    """Refuses what is no plain array of floats in the file itself."""
    name = shown(tensor.name)
    if tensor.data_type != TensorProto.FLOAT:
        known = TensorProto.DataType.values()
        kind = (
            TensorProto.DataType.Name(tensor.data_type).lower()
            if tensor.data_type in known
            else shown(tensor.data_type)
        )
        raise Refusal(f"initializer {name} has type {kind}; it must be float (float32)")
    if tensor.data_location != TensorProto.DEFAULT or tensor.external_data:
        raise Refusal(f"initializer {name} is in another file; all must be in the ONNX file")
    if any(size < 0 for size in tensor.dims) or math.prod(tensor.dims) > LARGEST_FILE // 4:
        raise Refusal(f"initializer {name} has an impossible shape; no network has it")


def _array(tensor: Any) -> Any:
    try:
        values = numpy_helper.to_array(tensor)
    except ValueError:
        raise Refusal(
            f"initializer {shown(tensor.name)} has another number of values than its shape; the "
            "file is damaged"
        ) from None
    return np.array(values, np.float32, order="C")
