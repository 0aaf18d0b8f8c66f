"""Converts a state_dict file to a weights file."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane._showing import shown
from spane.convert._refusal import OutputRefusal, Refusal
from spane.convert.torch._architecture import AGGREGATORS, Architecture, Spane, infer
from spane.convert.torch._file import LARGEST_FILE, TorchFile

TOOL = "spane.convert.torch"


@dataclass(frozen=True)
class TorchOptions:
    """What the state_dict file does not record."""

    aggregators: tuple[str, ...] | None = None
    """Any of mean, max and std, in the order in which the network concatenates them. None means
    mean; an MLP has none."""
    cpu: float = 40.0
    """Cores of one NUMA node, by which inputs are divided."""
    mem: float = 90.0
    """GB of one NUMA node, by which inputs are divided."""
    licence: str = "unknown"
    note: str = ""
    force: bool = False
    """Whether to overwrite an existing output file."""

    def __post_init__(self) -> None:
        if self.aggregators is not None:
            names = arguments.instance(self.aggregators, tuple, "aggregators", " or None")
            _check_aggregators(names)
        for name in ("cpu", "mem"):
            value = arguments.real(getattr(self, name), name)
            if not (math.isfinite(value) and value > 0):
                raise InvalidArgumentError(f"{name} is {value:g}; it must be finite and above 0")
        for name in ("licence", "note"):
            arguments.instance(getattr(self, name), str, name)


def _check_aggregators(names: tuple[str, ...]) -> None:
    if len(set(names)) != len(names) or not set(names) <= set(AGGREGATORS):
        raise InvalidArgumentError(
            f"aggregators is {shown(','.join(map(str, names)))}; it must be one or more of "
            f"{', '.join(AGGREGATORS)}, each at most once"
        )


def convert_torch(
    source: arguments.Path, target: arguments.Path, options: TorchOptions | None = None
) -> str:
    """Converts one file and returns a one-line description of the network.

    Raises `Refusal` if the content of `source` is not acceptable, and `OutputRefusal` if `target`
    cannot be written.
    """
    source_path = arguments.file(source, "source")
    target_path = arguments.file(target, "target")
    if options is None:
        options = TorchOptions()
    arguments.instance(options, TorchOptions, "options", " or None")
    # Imported here so that the command can say what to install when h5py is missing.
    from spane.convert.torch._weights import Weights, write_weights

    _check_target(source_path, target_path, options.force)
    with source_path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    torch_file = TorchFile(data)
    shapes = {name: tensor.shape for name, tensor in torch_file.tensors.items()}
    architecture = infer(shapes, options.aggregators)
    parameters = {name: _finite(name, torch_file.array(name)) for name in shapes}
    provenance = {
        "tool": TOOL,
        "source": _unicode(source_path.name),
        "source_sha256": hashlib.sha256(data).hexdigest(),
        "licence": _unicode(options.licence),
        "note": _unicode(options.note),
    }
    normalisation = (options.cpu, options.mem)
    _check_target(source_path, target_path, options.force)
    write_weights(Weights(architecture, normalisation, parameters, provenance), target_path)
    count = sum(values.size for values in parameters.values())
    return f"{_describe(architecture)}, {len(parameters)} tensors, {count} parameters"


def _check_target(source: Path, target: Path, force: bool) -> None:
    if target.is_dir():
        raise OutputRefusal("output is a directory; it must be a file")
    if target.exists() and source.exists() and target.samefile(source):
        raise OutputRefusal("output is the input file itself; choose another")
    if not force and (target.exists() or target.is_symlink()):
        raise OutputRefusal("output exists already; --force replaces it")


def _finite(name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        where = tuple(int(index) for index in bad[0])
        place = ", ".join(map(str, where))
        raise Refusal(f"tensor '{name}' has {values[where]} at [{place}]; it must be finite")
    return values


def _unicode(text: str) -> str:
    """Command-line arguments may hold bytes that are not UTF-8, but HDF5 strings must be UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _describe(architecture: Architecture) -> str:
    if isinstance(architecture, Spane):
        a = architecture
        return (
            f"spane, aggregators {','.join(a.aggregators)}, "
            f"server {a.server_width}x{a.server_depth}, value {a.value_width}x{a.value_depth}, "
            f"advantage {a.advantage_width}x{a.advantage_depth}"
        )
    return (
        f"mlp, hidden {architecture.hidden_width}x{architecture.hidden_layers}, "
        f"servers {architecture.servers}"
    )
