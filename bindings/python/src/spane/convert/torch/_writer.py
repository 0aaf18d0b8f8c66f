"""Writes a state_dict as torch.save does: a zip archive with one pickle and raw values.

What describes the tensors is an entry of its own, at which PyTorch does not look.
"""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

from spane._replacing import replacement
from spane.convert._weights import Parameters, Weights, texts_of
from spane.convert.torch._file import TEXTS

_FOLDER = "archive"
# The earliest that zip knows: the same weights give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def write_torch(weights: Weights, path: Path) -> None:
    """Writes weights; an existing file is replaced atomically."""
    values = {name: array.astype("<f4") for name, array in weights.parameters.items()}
    entries = {
        "data.pkl": _pickled(values),
        "byteorder": b"little",
        **{f"data/{key}": array.tobytes() for key, array in enumerate(values.values())},
        "version": b"3\n",
        TEXTS: json.dumps(texts_of(weights), ensure_ascii=False, indent=1).encode(),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(f"{_FOLDER}/{name}", _TIME), data)
    with replacement(path) as temporary:
        temporary.write_bytes(content.getvalue())


def _pickled(tensors: Parameters) -> bytes:
    """The pickle of a state_dict, opcode by opcode: the classes that it names are PyTorch's."""
    parts = [pickle.PROTO, b"\x02", *_EMPTY_ORDERED, pickle.MARK]
    for key, (name, values) in enumerate(tensors.items()):
        steps = [stride // values.itemsize for stride in values.strides]
        parts += [
            *_text(name),
            *_name("torch._utils", "_rebuild_tensor_v2"),
            pickle.MARK,
            # The storage, then offset, shape, strides, whether it needs a gradient, and hooks.
            pickle.MARK,
            *_text("storage"),
            *_name("torch", "FloatStorage"),
            *_text(str(key)),
            *_text("cpu"),
            *_integer(values.size),
            pickle.TUPLE,
            pickle.BINPERSID,
            *_integer(0),
            *_integers(values.shape),
            *_integers(steps),
            pickle.NEWFALSE,
            *_EMPTY_ORDERED,
            pickle.TUPLE,
            pickle.REDUCE,
        ]
    return b"".join([*parts, pickle.SETITEMS, pickle.STOP])


def _name(module: str, name: str) -> list[bytes]:
    return [pickle.GLOBAL, f"{module}\n{name}\n".encode()]


def _text(value: str) -> list[bytes]:
    data = value.encode()
    return [pickle.BINUNICODE, struct.pack("<I", len(data)), data]


def _integer(value: int) -> list[bytes]:
    return [pickle.BININT, struct.pack("<i", value)]


def _integers(values: Iterable[int]) -> list[bytes]:
    parts = [part for value in values for part in _integer(value)]
    return [pickle.MARK, *parts, pickle.TUPLE]


_EMPTY_ORDERED = [*_name("collections", "OrderedDict"), pickle.EMPTY_TUPLE, pickle.REDUCE]
