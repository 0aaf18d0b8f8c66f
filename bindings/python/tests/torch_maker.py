"""Makes PyTorch files without PyTorch: the same pickle and zip, from numpy arrays."""

from __future__ import annotations

import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

FOLDER = "archive"


@dataclass(frozen=True)
class Storage:
    """Raw bytes under a key. `count` is what the pickle claims, the truth unless given."""

    key: str
    raw: bytes
    kind: str = "Float"
    count: int | None = None

    def description(self) -> tuple[Any, ...]:
        count = len(self.raw) // 4 if self.count is None else self.count
        return ("storage", _class("torch", f"{self.kind}Storage"), self.key, "cpu", count)


@dataclass(frozen=True)
class Tensor:
    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def __reduce__(self) -> Any:
        hooks: OrderedDict[str, Any] = OrderedDict()
        arguments = (self.storage, self.offset, self.shape, self.stride, False, hooks)
        return (_class("torch._utils", "_rebuild_tensor_v2"), arguments)


@dataclass(frozen=True)
class Parameter:
    tensor: Tensor

    def __reduce__(self) -> Any:
        hooks: OrderedDict[str, Any] = OrderedDict()
        arguments = (self.tensor, True, hooks)
        return (_class("torch._utils", "_rebuild_parameter"), arguments)


def storage(key: str, values: NDArray[np.float32]) -> Storage:
    return Storage(key, np.ascontiguousarray(values, dtype="<f4").tobytes())


def tensor(key: str, values: NDArray[np.float32]) -> Tensor:
    """A contiguous tensor with a storage of its own."""
    steps = [1]
    for size in reversed(values.shape[1:]):
        steps.insert(0, steps[0] * size)
    return Tensor(storage(key, values), 0, values.shape, tuple(steps[: values.ndim]))


def state_dict(arrays: Mapping[str, NDArray[np.float32]]) -> OrderedDict[str, Any]:
    state: OrderedDict[str, Any] = OrderedDict(
        (name, tensor(str(key), values)) for key, (name, values) in enumerate(arrays.items())
    )
    # PyTorch hangs such a thing on every state_dict.
    state._metadata = OrderedDict({"": {"version": 1}})  # type: ignore[attr-defined]
    return state


def pickled(value: Any, protocol: int = 2) -> tuple[bytes, dict[str, bytes]]:
    """The pickle of a value and the storages it refers to."""
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, protocol)
    with mock.patch.dict(sys.modules, _MODULES):
        pickler.dump(value)
    return buffer.getvalue(), pickler.storages


def write_entries(path: Path, entries: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def entries(value: Any, protocol: int = 2) -> dict[str, bytes]:
    """The zip entries of a file, for a test to spoil before they are written."""
    data, storages = pickled(value, protocol)
    named = {f"{FOLDER}/data/{key}": raw for key, raw in storages.items()}
    return {f"{FOLDER}/data.pkl": data, **named, f"{FOLDER}/version": b"3\n"}


def write_torch(path: Path, value: Any, protocol: int = 2) -> None:
    write_entries(path, entries(value, protocol))


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, protocol: int) -> None:
        super().__init__(file, protocol)
        self.storages: dict[str, bytes] = {}

    def persistent_id(self, value: Any) -> Any:
        if not isinstance(value, Storage):
            return None
        self.storages[value.key] = value.raw
        return value.description()


# A pickler looks up every class it names, so stand-in modules hold stand-in classes.
_MODULES: dict[str, ModuleType] = {name: ModuleType(name) for name in ("torch", "torch._utils")}


def _class(module: str, name: str) -> type:
    home = _MODULES[module]
    if not hasattr(home, name):
        setattr(home, name, type(name, (), {"__module__": module}))
    found: type = getattr(home, name)
    return found
