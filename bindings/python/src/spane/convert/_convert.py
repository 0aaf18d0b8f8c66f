"""Converts weights from one kind of file to another."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane._showing import shown
from spane.convert._architecture import ACTIVATIONS, AGGREGATORS, UNITS
from spane.convert._bytes import read_bytes
from spane.convert._infer import Unseen, infer
from spane.convert._refusal import OutputRefusal, Refusal
from spane.convert._weights import Content, Weights, weights_of

_CPU, _MEM = 40.0, 90.0


@dataclass(frozen=True)
class WeightsOptions:
    """What a file of tensors alone does not record, and what to do with the new file."""

    aggregators: tuple[str, ...] | None = None
    """Any of mean, max and std, in the order in which the network concatenates them. None means
    mean; only spane and afterstate networks have them."""
    activation: str | None = None
    """Of a potential: relu, softsign or tanh."""
    units: str | None = None
    """Of a potential: trained-node (what None means) or own-node."""
    cpu: float | None = None
    """Cores of one NUMA node, by which inputs are divided. None means 40."""
    mem: float | None = None
    """GB of one NUMA node, by which inputs are divided. None means 90."""
    licence: str | None = None
    """Of the weights; None for what the file says, or "unknown"."""
    note: str | None = None
    """None for what the file says, or an empty one."""
    force: bool = False
    """Whether to overwrite an existing output file."""

    def __post_init__(self) -> None:
        if self.aggregators is not None:
            names = arguments.instance(self.aggregators, tuple, "aggregators", " or None")
            _check_aggregators(names)
        for name, choices in (("activation", ACTIVATIONS), ("units", UNITS)):
            if getattr(self, name) is not None:
                arguments.choice(getattr(self, name), choices, name)
        for name in ("cpu", "mem"):
            if getattr(self, name) is None:
                continue
            value = arguments.real(getattr(self, name), name)
            if not (math.isfinite(value) and value > 0):
                raise InvalidArgumentError(f"{name} is {value:g}; it must be finite and above 0")
        for name in ("licence", "note"):
            if getattr(self, name) is not None:
                arguments.instance(getattr(self, name), str, name, " or None")

    def of_network(self) -> list[str]:
        """The options given that say what the network is."""
        names = ("aggregators", "activation", "units", "cpu", "mem")
        return [name for name in names if getattr(self, name) is not None]


def _check_aggregators(names: tuple[str, ...]) -> None:
    if len(set(names)) != len(names) or not set(names) <= set(AGGREGATORS):
        raise InvalidArgumentError(
            f"aggregators is {shown(','.join(map(str, names)))}; it must be one or more of "
            f"{', '.join(AGGREGATORS)}, each at most once"
        )


@dataclass(frozen=True)
class _Format:
    """A kind of file, and how it is read and written."""

    name: str
    endings: tuple[str, ...]
    read: Callable[[Path], Content]
    write: Callable[[Weights, Path], None]


# Imported on use: each needs other packages.
def _read_hdf5(path: Path) -> Content:
    from spane.convert._weights_file import read_weights

    return read_weights(path)


def _write_hdf5(weights: Weights, path: Path) -> None:
    from spane.convert._weights_file import write_weights

    write_weights(weights, path)


def _read_torch(path: Path) -> Content:
    from spane.convert.torch._file import TorchFile

    return TorchFile(read_bytes(path)).content()


def _write_torch(weights: Weights, path: Path) -> None:
    from spane.convert.torch._writer import write_torch

    write_torch(weights, path)


def _read_onnx(path: Path) -> Content:
    from spane.convert.onnx._file import read_onnx

    return read_onnx(read_bytes(path))


def _write_onnx(weights: Weights, path: Path) -> None:
    from spane.convert.onnx._file import write_onnx

    write_onnx(weights, path)


HDF5 = _Format("weights", (".h5", ".hdf5"), _read_hdf5, _write_hdf5)
TORCH = _Format("torch", (".pt", ".pth", ".th"), _read_torch, _write_torch)
ONNX = _Format("onnx", (".onnx",), _read_onnx, _write_onnx)
_FORMATS = (HDF5, TORCH, ONNX)


def convert_weights(
    source: arguments.Path, target: arguments.Path, options: WeightsOptions | None = None
) -> str:
    """Converts weights and returns a one-line description of the network.

    The endings say what the files are: .h5 for weights of libspane, .onnx, and .pt, .pth or .th for
    a PyTorch state_dict. Raises `Refusal` if the content of `source` is not acceptable, and
    `OutputRefusal` if `target` cannot be written.
    """
    source_path = arguments.file(source, "source")
    target_path = arguments.file(target, "target")
    formats = _format(source_path, Refusal), _format(target_path, OutputRefusal)
    return convert(source_path, target_path, options, *formats)


def convert_torch(
    source: arguments.Path, target: arguments.Path, options: WeightsOptions | None = None
) -> str:
    """Converts a PyTorch state_dict to weights of libspane, whatever the endings; otherwise as
    `convert_weights`."""
    source_path = arguments.file(source, "source")
    return convert(source_path, arguments.file(target, "target"), options, TORCH, HDF5)


def convert(
    source: Path,
    target: Path,
    options: WeightsOptions | None,
    reader: _Format,
    writer: _Format,
) -> str:
    """Converts a file of one kind to one of another."""
    if options is None:
        options = WeightsOptions()
    arguments.instance(options, WeightsOptions, "options", " or None")
    _check_target(source, target, options.force)
    weights = read(source, options, reader)
    _check_target(source, target, options.force)
    writer.write(weights, target)
    return str(weights)


def weights_at(path: arguments.Path, options: WeightsOptions | None = None) -> Weights:
    """The weights in a file of any kind."""
    where = arguments.file(path, "path")
    return read(where, options or WeightsOptions(), _format(where, Refusal))


def read(source: Path, options: WeightsOptions, reader: _Format) -> Weights:
    content = reader.read(source)
    given = {
        name: _unicode(text)
        for name, text in (("licence", options.licence), ("note", options.note))
        if text is not None
    }
    if content.texts is not None:
        spoken = options.of_network()
        if spoken:
            raise Refusal(
                f"file says what its network is; --{spoken[0]} is for files of tensors alone"
            )
        weights = weights_of(content.texts, content)
        weights.provenance.update(given)
        return weights
    unseen = Unseen(options.aggregators, options.activation, options.units)
    architecture = infer(content.shapes, unseen)
    provenance = {
        "tool": f"spane.convert.{reader.name}",
        "source": _unicode(source.name),
        "source_sha256": hashlib.sha256(read_bytes(source)).hexdigest(),
        "licence": "unknown",
        "note": "",
        **given,
    }
    cpu = _CPU if options.cpu is None else options.cpu
    mem = _MEM if options.mem is None else options.mem
    return Weights(architecture, (cpu, mem), content.parameters(architecture), provenance)


def _format(path: Path, refusal: type[Refusal]) -> _Format:
    ending = path.suffix.lower()
    for one in _FORMATS:
        if ending in one.endings:
            return one
    known = ", ".join(ending for one in _FORMATS for ending in one.endings)
    raise refusal(f"file name ends in {shown(path.suffix)}; it must end in one of {known}")


def _check_target(source: Path, target: Path, force: bool) -> None:
    if target.is_dir():
        raise OutputRefusal("output is a directory; it must be a file")
    if target.exists() and source.exists() and target.samefile(source):
        raise OutputRefusal("output is the input file itself; choose another")
    if not force and (target.exists() or target.is_symlink()):
        raise OutputRefusal("output exists already; --force replaces it")


def _unicode(text: str) -> str:
    """Command-line arguments may hold bytes that are not UTF-8, but HDF5 strings must be UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
