"""The "spane-weights" HDF5 format, version 1."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from spane._showing import shown
from spane.convert._architecture import attributes
from spane.convert._bytes import LARGEST_FILE, check_size, read_bytes
from spane.convert._hdf5_file import is_group, open_bytes, put_group, put_text, write_file
from spane.convert._refusal import Refusal
from spane.convert._weights import FORMAT, FORMAT_VERSION, PROVENANCE, Content, Weights


def read_weights(path: Path) -> Content:
    """The tensors of a file and what its attributes say."""
    data = read_bytes(path)
    check_size(data)
    try:
        file = open_bytes(data)
    except OSError:
        raise Refusal("file is not in HDF5; it must be a weights file") from None
    with file:
        if not is_group(file.get("parameters")):
            raise Refusal("group /parameters is missing; it must be a weights file")
        texts = _texts(file)
        if is_group(file.get("provenance")):
            for name, text in _texts(file["provenance"]).items():
                texts[PROVENANCE + name] = text
        shapes = {}
        for name, dataset in file["parameters"].items():
            if is_group(dataset) or dataset.dtype != np.dtype("<f4"):
                raise Refusal(f"/parameters/{name} is {_kind(dataset)}; it must be float32")
            shapes[name] = dataset.shape
        if sum(map(math.prod, shapes.values())) > LARGEST_FILE // 4:
            raise Refusal(f"parameters take more than {LARGEST_FILE} bytes; no network does")
        arrays = {name: file["parameters"][name][()] for name in shapes}
        return Content(shapes, arrays.__getitem__, texts)


def _kind(item: Any) -> str:
    return "a group" if is_group(item) else shown(str(item.dtype))


def _texts(item: Any) -> dict[str, str]:
    found = {}
    for name, value in item.attrs.items():
        if isinstance(value, bytes):
            found[name] = value.decode("utf-8", "replace")
        elif isinstance(value, (float, np.floating)):
            found[name] = repr(float(value))
        else:
            found[name] = str(value)
    return found


def write_weights(weights: Weights, path: Path) -> None:
    """Writes weights; an existing file is replaced atomically."""
    write_file(path, lambda file: _write(file, weights))


def _write(file: Any, weights: Weights) -> None:
    put_text(file, "format", FORMAT)
    _integer(file, "format_version", FORMAT_VERSION)
    for name, value in attributes(weights.architecture).items():
        if isinstance(value, int):
            _integer(file, name, value)
        else:
            put_text(file, name, value)
    for name, unit in zip(("cpu", "mem"), weights.normalisation):
        file.attrs.create(f"normalisation_{name}", unit, dtype="<f8")
    put_text(file, "parameters_sha256", weights.parameters_hash())
    parameters = put_group(file, "parameters")
    for name, values in weights.parameters.items():
        parameters.create_dataset(name, data=values, dtype="<f4", track_times=False)
    provenance = put_group(file, "provenance")
    for name, text in weights.provenance.items():
        put_text(provenance, name, text)


def _integer(target: Any, name: str, value: int) -> None:
    target.attrs.create(name, value, dtype="<i8")
