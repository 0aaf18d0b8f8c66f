"""The "spane-weights" HDF5 file, version 1: the schema, and writing it whole or not at all."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from spane._architecture import Architecture, Spane

FORMAT = "spane-weights"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Weights:
    """Everything a weights file says. `normalisation` is the cores and GB of one NUMA node."""

    architecture: Architecture
    normalisation: tuple[float, float]
    parameters: dict[str, NDArray[np.float32]]
    provenance: dict[str, str]


def write_weights(weights: Weights, path: Path) -> None:
    """Write to a neighbour first and rename it, so `path` never holds half a file."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        # Exclusive creation follows no link, and the usual permissions apply.
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        with h5py.File(temporary, "w", libver="earliest") as file:
            _write(file, weights)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write(file: Any, weights: Weights) -> None:
    _text(file, "format", FORMAT)
    _integer(file, "format_version", FORMAT_VERSION)
    architecture = weights.architecture
    if isinstance(architecture, Spane):
        _text(file, "architecture", "spane")
        _text(file, "aggregators", ",".join(architecture.aggregators))
        names = [
            f"{part}_{size}"
            for part in ("server", "value", "advantage")
            for size in ("width", "depth")
        ]
    else:
        _text(file, "architecture", "mlp")
        names = ["hidden_width", "hidden_layers", "servers"]
    for name in names:
        _integer(file, name, getattr(architecture, name))
    for name, value in zip(("cpu", "mem"), weights.normalisation):
        file.attrs.create(f"normalisation_{name}", value, dtype="<f8")
    parameters = file.create_group("parameters")
    for name, values in weights.parameters.items():
        parameters.create_dataset(name, data=values, dtype="<f4", track_times=False)
    provenance = file.create_group("provenance")
    for name, text in weights.provenance.items():
        _text(provenance, name, text)


def _integer(target: Any, name: str, value: int) -> None:
    target.attrs.create(name, value, dtype="<i8")


def _text(target: Any, name: str, value: str) -> None:
    target.attrs.create(name, value, dtype=h5py.string_dtype("utf-8"))
