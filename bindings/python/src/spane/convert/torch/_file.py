"""Reads the tensors of a PyTorch state_dict file: a zip archive with one pickle and raw values.

Values are read only on request, so that names and shapes can be checked first.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spane._showing import shown
from spane.convert._bytes import MEBIBYTE, check_size
from spane.convert._refusal import Refusal
from spane.convert._weights import Content
from spane.convert.torch._pickle import read_pickle
from spane.convert.torch._tensors import StorageRef, TensorRef

LARGEST_ENTRY = 256 * MEBIBYTE
LARGEST_PICKLE = 16 * MEBIBYTE
LARGEST_TOTAL = 256 * MEBIBYTE

TEXTS = "spane.json"
"""The zip entry with what describes the tensors. PyTorch does not look at it."""

_ZIP_START = b"PK\x03\x04"
_PICKLE_START = b"\x80"
_ITEM_SIZE = 4
_DTYPES = {
    "Float": "float32",
    "Double": "float64",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Bool": "bool",
}
# Usual keys of the state_dict in a training checkpoint.
_WRAPPERS = ("state_dict", "model_state_dict", "model")
_DAMAGE = (
    zipfile.BadZipFile,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    struct.error,
    OSError,
)


class TorchFile:
    """The state_dict of a file: `tensors` describes them by name, `array` reads one of them."""

    tensors: dict[str, TensorRef]

    def __init__(self, data: bytes) -> None:
        self._zip = _open_zip(data)
        self._entries = _entries(self._zip)
        self._prefix = _prefix(self._entries)
        self._storages: dict[str, bytes] = {}
        self._refuse_big_endian()
        pickled = self._read(f"{self._prefix}/data.pkl", LARGEST_PICKLE)
        self.tensors = _state_dict(read_pickle(pickled))
        self._refuse_huge_total()

    def content(self) -> Content:
        """The tensors and, if this package wrote the file, what describes them."""
        shapes = {name: tensor.shape for name, tensor in self.tensors.items()}
        return Content(shapes, self.array, self._texts())

    def _texts(self) -> dict[str, str] | None:
        name = f"{self._prefix}/{TEXTS}"
        if name not in self._entries:
            return None
        try:
            texts = json.loads(self._read(name, LARGEST_PICKLE))
        except (ValueError, RecursionError):
            texts = None
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise Refusal(f"zip entry {shown(name)} is damaged; it must be an object of texts")
        return texts

    def array(self, name: str) -> NDArray[np.float32]:
        """The values of a tensor, C-contiguous whatever its strides in the file."""
        tensor = self.tensors[name]
        storage = tensor.storage
        if storage.kind != "Float":
            dtype = _DTYPES.get(storage.kind, storage.kind)
            raise Refusal(
                f"tensor {shown(name)} has dtype {dtype}; it must be float32 "
                "(save model.float().state_dict())"
            )
        if 0 in tensor.shape:
            raise Refusal(f"tensor {shown(name)} has no values; it must have some")
        # The stride of a dimension of size 1 is never used and can be anything.
        steps = [step if size > 1 else 0 for size, step in zip(tensor.shape, tensor.stride)]
        last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.shape, steps))
        if last >= storage.count:
            raise Refusal(
                f"tensor {shown(name)} reaches value {shown(last)} of storage "
                f"{shown(storage.key)}; it must stay below {storage.count}"
            )
        values = np.frombuffer(self._storage_bytes(storage), dtype="<f4")
        strides = tuple(step * _ITEM_SIZE for step in steps)
        view: NDArray[np.float32] = np.lib.stride_tricks.as_strided(
            values[tensor.offset :], tensor.shape, strides, writeable=False
        )
        return np.array(view, dtype=np.float32, order="C")

    def _storage_bytes(self, storage: StorageRef) -> bytes:
        name = f"{self._prefix}/data/{storage.key}"
        if name not in self._storages:
            self._storages[name] = self._read(name, LARGEST_ENTRY)
        raw = self._storages[name]
        if len(raw) != storage.count * _ITEM_SIZE:
            raise Refusal(
                f"storage {shown(storage.key)} has {len(raw)} bytes; "
                f"it must have {storage.count * _ITEM_SIZE} ({storage.count} float32)"
            )
        return raw

    def _read(self, name: str, largest: int) -> bytes:
        info = self._entries.get(name)
        if info is None:
            raise Refusal(f"zip entry {shown(name)} is missing; the file is not complete")
        if info.file_size > largest:
            raise Refusal(
                f"zip entry {shown(name)} has {info.file_size} bytes; "
                f"at most {largest} ({largest // MEBIBYTE} MiB) are allowed"
            )
        # PyTorch never compresses or encrypts entries, so such a file does not come from it.
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise Refusal(f"zip entry {shown(name)} is compressed or encrypted; it must be stored")
        try:
            return self._zip.read(info)
        except _DAMAGE:
            raise Refusal(f"zip entry {shown(name)} is damaged; it must be readable") from None

    def _refuse_big_endian(self) -> None:
        # Files from before PyTorch 2.1 lack this entry and are little-endian.
        name = f"{self._prefix}/byteorder"
        if name in self._entries:
            order = self._read(name, 16).decode("ascii", "replace")
            if order != "little":
                raise Refusal(f"byteorder is {shown(order)}; it must be 'little'")

    def _refuse_huge_total(self) -> None:
        # With a stride of 0, a tiny storage can describe a huge tensor, so shapes are limited too.
        total = sum(math.prod(tensor.shape) for tensor in self.tensors.values()) * _ITEM_SIZE
        if total > LARGEST_TOTAL:
            raise Refusal(
                f"tensors have {shown(total)} bytes in all; "
                f"at most {LARGEST_TOTAL} ({LARGEST_TOTAL // MEBIBYTE} MiB) are allowed"
            )


def _open_zip(data: bytes) -> zipfile.ZipFile:
    check_size(data)
    if data.startswith(_PICKLE_START):
        raise Refusal(
            "file is in the old PyTorch format (a bare pickle); it must be the zip format: load it "
            "with PyTorch 1.6 or later and save it again with torch.save(state_dict, path)"
        )
    if not data.startswith(_ZIP_START):
        raise Refusal(
            f"file starts with bytes {data[:4].hex() or 'none'}; it must be a zip from torch.save"
        )
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE:
        raise Refusal("zip is damaged or truncated; it must be complete") from None


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if info.filename in entries:
            raise Refusal(f"zip entry {shown(info.filename)} occurs twice; it must be unique")
        entries[info.filename] = info
    return entries


def _prefix(entries: dict[str, zipfile.ZipInfo]) -> str:
    """The top-level folder of the archive; torch.save names it after the file."""
    found = [name for name in entries if name.count("/") == 1 and name.endswith("/data.pkl")]
    if len(found) != 1:
        raise Refusal(f"zip has {len(found)} entries NAME/data.pkl; it must have exactly one")
    return found[0].split("/")[0]


def _state_dict(value: Any) -> dict[str, TensorRef]:
    if not isinstance(value, dict):
        raise Refusal(f"file holds {shown(value)}; it must hold a state_dict")
    if not any(isinstance(item, TensorRef) for item in value.values()):
        inner = [key for key in _WRAPPERS if isinstance(value.get(key), dict)]
        if len(inner) != 1:
            allowed = ", ".join(repr(key) for key in _WRAPPERS)
            raise Refusal(
                f"dictionary holds no tensors and {len(inner)} state_dicts; it must hold tensors "
                f"or exactly one state_dict named one of {allowed}"
            )
        value = value[inner[0]]
    for name, item in value.items():
        if not isinstance(name, str):
            raise Refusal(f"state_dict has key {shown(name)}; it must be text")
        if not isinstance(item, TensorRef):
            raise Refusal(f"state_dict entry {shown(name)} is {shown(item)}; it must be a tensor")
    return dict(value)
