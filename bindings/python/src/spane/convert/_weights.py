"""Weights with what belongs to them, whatever the file that holds them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spane._showing import shown
from spane.convert._architecture import Architecture, Shapes, attributes, described
from spane.convert._infer import check_names, check_shapes
from spane.convert._refusal import Refusal

FORMAT = "spane-weights"
FORMAT_VERSION = 1
PROVENANCE = "provenance."
"""What stands before the names of provenance entries in `texts`."""

Parameters = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Weights:
    """The content of a weights file. `normalisation` is the cores and GB of one NUMA node."""

    architecture: Architecture
    normalisation: tuple[float, float]
    parameters: Parameters
    """In the order of `architecture.shapes()`."""
    provenance: dict[str, str]

    def parameters_hash(self) -> str:
        """SHA-256 of all parameters."""
        digest = hashlib.sha256()
        for name in self.architecture.shapes():
            digest.update(self.parameters[name].astype("<f4").tobytes())
        return digest.hexdigest()

    def __str__(self) -> str:
        count = sum(values.size for values in self.parameters.values())
        return f"{self.architecture}, {len(self.parameters)} tensors, {count} parameters"


@dataclass(frozen=True)
class Content:
    """What a file holds: tensors, whose values are read after their names and shapes were looked
    at, and the texts that describe them if this package or libspane wrote it."""

    shapes: Shapes
    array: Callable[[str], NDArray[np.float32]]
    texts: dict[str, str] | None

    def parameters(self, architecture: Architecture) -> Parameters:
        """The parameters in order, all finite."""
        return {name: _finite(name, self.array(name)) for name in architecture.shapes()}


def texts_of(weights: Weights) -> dict[str, str]:
    """All but the parameters as texts."""
    cpu, mem = weights.normalisation
    return {
        "format": FORMAT,
        "format_version": str(FORMAT_VERSION),
        **{name: str(value) for name, value in attributes(weights.architecture).items()},
        "normalisation_cpu": repr(float(cpu)),
        "normalisation_mem": repr(float(mem)),
        "parameters_sha256": weights.parameters_hash(),
        **{PROVENANCE + name: text for name, text in weights.provenance.items()},
    }


def weights_of(texts: Mapping[str, str], content: Content) -> Weights:
    """The weights that such texts describe."""
    for name, wanted in (("format", FORMAT), ("format_version", str(FORMAT_VERSION))):
        found = texts.get(name)
        if found != wanted:
            what = "missing" if found is None else shown(found)
            raise Refusal(f"{name} is {what}; it must be {wanted}")
    architecture = described(texts)
    expected = architecture.shapes()
    check_names(content.shapes, list(expected))
    check_shapes(content.shapes, expected)
    weights = Weights(
        architecture,
        (_unit(texts, "normalisation_cpu"), _unit(texts, "normalisation_mem")),
        content.parameters(architecture),
        {
            name[len(PROVENANCE) :]: text
            for name, text in texts.items()
            if name.startswith(PROVENANCE)
        },
    )
    recorded, actual = texts.get("parameters_sha256"), weights.parameters_hash()
    if recorded not in (None, actual):
        raise Refusal(
            f"parameters_sha256 is {shown(recorded)} and the parameters hash to {actual}; the file "
            "was changed after it was written"
        )
    return weights


def _unit(texts: Mapping[str, str], name: str) -> float:
    text = texts.get(name)
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        what = "missing" if text is None else shown(text)
        raise Refusal(f"{name} is {what}; it must be finite and above 0")
    return value


def _finite(name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        where = tuple(int(index) for index in bad[0])
        place = ", ".join(map(str, where))
        raise Refusal(f"tensor '{name}' has {values[where]} at [{place}]; it must be finite")
    return values
