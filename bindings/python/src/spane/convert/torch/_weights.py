"""The "spane-weights" HDF5 format, version 1."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spane.convert._hdf5_file import put_group, put_text, write_file
from spane.convert.torch._architecture import Architecture, Spane, tensor_names

FORMAT = "spane-weights"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Weights:
    """The content of a weights file. `normalisation` is the cores and GB of one NUMA node."""

    architecture: Architecture
    normalisation: tuple[float, float]
    parameters: dict[str, NDArray[np.float32]]
    provenance: dict[str, str]


def write_weights(weights: Weights, path: Path) -> None:
    """Writes weights; an existing file is replaced atomically."""
    write_file(path, lambda file: _write(file, weights))


def _write(file: Any, weights: Weights) -> None:
    put_text(file, "format", FORMAT)
    _integer(file, "format_version", FORMAT_VERSION)
    architecture = weights.architecture
    if isinstance(architecture, Spane):
        put_text(file, "architecture", "spane")
        put_text(file, "aggregators", ",".join(architecture.aggregators))
        names = [
            f"{part}_{size}"
            for part in ("server", "value", "advantage")
            for size in ("width", "depth")
        ]
    else:
        put_text(file, "architecture", "mlp")
        names = ["hidden_width", "hidden_layers", "servers"]
    for name in names:
        _integer(file, name, getattr(architecture, name))
    for name, value in zip(("cpu", "mem"), weights.normalisation):
        file.attrs.create(f"normalisation_{name}", value, dtype="<f8")
    put_text(file, "parameters_sha256", _parameters_hash(weights))
    parameters = put_group(file, "parameters")
    for name, values in weights.parameters.items():
        parameters.create_dataset(name, data=values, dtype="<f4", track_times=False)
    provenance = put_group(file, "provenance")
    for name, text in weights.provenance.items():
        put_text(provenance, name, text)


def _parameters_hash(weights: Weights) -> str:
    digest = hashlib.sha256()
    for name in tensor_names(weights.architecture):
        digest.update(weights.parameters[name].astype("<f4").tobytes())
    return digest.hexdigest()


def _integer(target: Any, name: str, value: int) -> None:
    target.attrs.create(name, value, dtype="<i8")
