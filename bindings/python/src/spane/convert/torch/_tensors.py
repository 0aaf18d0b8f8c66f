"""What a PyTorch file says of its tensors, before their numbers are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spane.convert._refusal import Refusal


@dataclass(frozen=True)
class StorageRef:
    """A run of numbers in the file: its key, PyTorch's name for its type, how many numbers."""

    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class TensorRef:
    """A view of a storage: where it starts, its shape, and its steps, all counted in numbers."""

    storage: StorageRef
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def tensor_ref(storage: Any, offset: Any, shape: Any, stride: Any) -> TensorRef:
    """A tensor as a pickle describes it, checked."""
    start, sizes, steps = natural(offset), _naturals(shape), _naturals(stride)
    known = isinstance(storage, StorageRef)
    if not known or start is None or sizes is None or steps is None or len(sizes) != len(steps):
        raise Refusal(
            "tensor has a malformed description; it must be a storage, an offset, "
            "and a size and a stride of the same length, none negative"
        )
    return TensorRef(storage, start, sizes, steps)


def natural(value: Any) -> int | None:
    """The value, if it is a count or an offset that a file may give."""
    return value if type(value) is int and 0 <= value < 2**63 else None


def _naturals(values: Any) -> tuple[int, ...] | None:
    if not isinstance(values, tuple) or len(values) > 8:
        return None
    checked = tuple(natural(value) for value in values)
    return None if None in checked else values
