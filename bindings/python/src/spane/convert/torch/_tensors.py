"""Tensor descriptions in a PyTorch file, before their values are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spane.convert._refusal import Refusal


@dataclass(frozen=True)
class StorageRef:
    """A storage in the file: its key, PyTorch's name for its type, and its number of values."""

    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class TensorRef:
    """A view of a storage: offset, shape and strides, all in elements."""

    storage: StorageRef
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def tensor_ref(storage: Any, offset: Any, shape: Any, stride: Any) -> TensorRef:
    """Checks the arguments of a tensor in the pickle."""
    start, sizes, steps = natural(offset), _naturals(shape), _naturals(stride)
    known = isinstance(storage, StorageRef)
    if not known or start is None or sizes is None or steps is None or len(sizes) != len(steps):
        raise Refusal(
            "tensor has a malformed description; it must be a storage, an offset, "
            "and a size and a stride of the same length, none negative"
        )
    return TensorRef(storage, start, sizes, steps)


def natural(value: Any) -> int | None:
    """The value if it is a valid count or offset, else None."""
    return value if type(value) is int and 0 <= value < 2**63 else None


def _naturals(values: Any) -> tuple[int, ...] | None:
    if not isinstance(values, tuple) or len(values) > 8:
        return None
    checked = tuple(natural(value) for value in values)
    return None if None in checked else values
