"""Builds an ONNX graph node by node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from spane._extras import missing
from spane.convert._weights import Parameters

try:
    import onnx
    from onnx import TensorProto, helper, numpy_helper
except ModuleNotFoundError as error:
    raise missing(error) from error

OPSET = 17
"""Of 2022, the first with all operators that are used."""
_TYPES = {np.dtype(np.float32): TensorProto.FLOAT, np.dtype(np.float64): TensorProto.DOUBLE}
_SINGLE, _DOUBLE = TensorProto.FLOAT, TensorProto.DOUBLE


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor of a graph. Its operators add nodes."""

    graph: Graph
    name: str
    kind: int
    """One of TensorProto's types."""

    def __add__(self, other: Operand) -> Value:
        return self._with("Add", other)

    def __sub__(self, other: Operand) -> Value:
        return self._with("Sub", other)

    def __rsub__(self, other: float) -> Value:
        return self.graph.scalar(other, self.kind) - self

    def __mul__(self, other: Operand) -> Value:
        return self._with("Mul", other)

    def __truediv__(self, other: Operand) -> Value:
        return self._with("Div", other)

    def __mod__(self, other: Operand) -> Value:
        return self._with("Mod", other)

    def __gt__(self, other: Operand) -> Value:
        return self._with("Greater", other, TensorProto.BOOL)

    def _with(self, operator: str, other: Operand, kind: int | None = None) -> Value:
        if not isinstance(other, Value):
            other = self.graph.scalar(other, self.kind)
        return self.graph.add(operator, [self, other], kind or self.kind)


Operand = Union[Value, float]


class Graph:
    """The operations of `spane.convert._networks` as nodes of a graph."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._nodes: list[Any] = []
        self._made: dict[tuple[str, ...], Value] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def input(self, name: str, kind: int, shape: Sequence[str | int]) -> Value:
        """Something that whoever runs the graph gives."""
        self._inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return Value(self, name, kind)

    def output(self, name: str, value: Value, shape: Sequence[str | int]) -> None:
        """Makes a value one that the graph gives."""
        self._nodes.append(helper.make_node("Identity", [value.name], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, value.kind, shape))

    def model(self, name: str, texts: dict[str, str], about: str) -> Any:
        """The finished model, with texts in its metadata."""
        initializers = [
            numpy_helper.from_array(np.ascontiguousarray(values), key)
            for key, values in self._parameters.items()
        ]
        graph = helper.make_graph(self._nodes, name, self._inputs, self._outputs, initializers)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="spane")
        # That of the opset, so that older runtimes take the file as well.
        model.ir_version = helper.find_min_ir_version_for(opsets)
        model.doc_string = about
        helper.set_model_props(model, texts)
        onnx.checker.check_model(model, full_check=True)
        return model

    def add(self, operator: str, values: Sequence[Value], kind: int, **attributes: Any) -> Value:
        """The output of a new node."""
        name = f"{operator.lower()}_{len(self._nodes)}"
        inputs = [value.name for value in values]
        self._nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return Value(self, name, kind)

    # Constants

    def scalar(self, value: float, kind: int) -> Value:
        return self._constant(np.array(value, helper.tensor_dtype_to_np_dtype(kind)), kind)

    def constant(self, values: NDArray[Any]) -> Value:
        return self._constant(values, _TYPES[values.dtype])

    def _integers(self, *values: int) -> Value:
        return self._constant(np.array(values, np.int64), TensorProto.INT64)

    def _constant(self, values: NDArray[Any], kind: int) -> Value:
        key = (str(kind), str(values.shape), values.tobytes().hex())
        if key not in self._made:
            self._made[key] = self.add("Constant", [], kind, value=numpy_helper.from_array(values))
        return self._made[key]

    # Operations

    def linear(self, layer: str, x: Value) -> Value:
        key = ("transposed", layer)
        if key not in self._made:
            weight = Value(self, f"{layer}.weight", _SINGLE)
            self._made[key] = self.add("Transpose", [weight], _SINGLE, perm=[1, 0])
        product = self.add("MatMul", [x, self._made[key]], _SINGLE)
        bias = f"{layer}.bias"
        return product + Value(self, bias, _SINGLE) if bias in self._parameters else product

    def activation(self, name: str, x: Value) -> Value:
        return self.add({"relu": "Relu", "softsign": "Softsign", "tanh": "Tanh"}[name], [x], x.kind)

    def columns(self, x: Value, first: int, end: int | None) -> Value:
        last = np.iinfo(np.int64).max if end is None else end
        bounds = [self._integers(number) for number in (first, last, -1)]
        return self.add("Slice", [x, *bounds], x.kind)

    def take(self, x: Value, indices: Sequence[int]) -> Value:
        return self.add("Gather", [x, self._integers(*indices)], x.kind, axis=-1)

    def shaped(self, x: Value, *shape: int) -> Value:
        return self.add("Reshape", [x, self._integers(0, *shape)], x.kind)

    def concatenate(self, parts: Sequence[Value]) -> Value:
        return self.add("Concat", parts, parts[0].kind, axis=-1)

    def spread(self, x: Value, like: Value) -> Value:
        # The batch, then as many axes of size 1 as there are between it and the last one.
        int64 = TensorProto.INT64
        shape = self.add("Shape", [like], int64, start=0, end=-1)
        ones = self.add("Shape", [like], int64, start=1, end=-1)
        ones = self.add("Div", [ones, ones], int64)
        rows = self.add("Shape", [x], int64, start=0, end=1)
        width = self.add("Shape", [x], int64, start=1)
        apart = self.add("Reshape", [x, self._joined(rows, ones, width)], x.kind)
        return self.add("Expand", [apart, self._joined(shape, width)], x.kind)

    def _joined(self, *shapes: Value) -> Value:
        return self.add("Concat", shapes, TensorProto.INT64, axis=0)

    def total(self, x: Value) -> Value:
        return self.add("ReduceSum", [x, self._integers(1)], x.kind, keepdims=1)

    def largest(self, x: Value) -> Value:
        return self.add("ReduceMax", [x], x.kind, axes=[1], keepdims=1)

    def count(self, x: Value) -> Value:
        size = self.add("Shape", [x], TensorProto.INT64, start=1, end=2)
        return self.double(size)

    def root(self, x: Value) -> Value:
        return self.add("Sqrt", [x], x.kind)

    def floor(self, x: Value) -> Value:
        return self.add("Floor", [x], x.kind)

    def at_least(self, x: Value, least: float) -> Value:
        return self.add("Max", [x, self.scalar(least, x.kind)], x.kind)

    def choose(self, mask: Value, x: Value, other: float) -> Value:
        return self.add("Where", [mask, x, self.scalar(other, x.kind)], x.kind)

    def double(self, x: Value) -> Value:
        return self._cast(x, _DOUBLE)

    def single(self, x: Value) -> Value:
        return self._cast(x, _SINGLE)

    def integer(self, x: Value) -> Value:
        return self._cast(x, TensorProto.INT64)

    def _cast(self, x: Value, kind: int) -> Value:
        return self.add("Cast", [x], kind, to=kind)

    def best(self, x: Value) -> Value:
        return self.add("ArgMax", [x], TensorProto.INT64, axis=1, keepdims=0)
