"""Convert a PyTorch state_dict file to a spane weights file, without PyTorch.

python3 -m spane.convert.torch IN.th OUT.h5 [--aggregators mean] [--cpu 40 --mem 90]
"""

from __future__ import annotations

import argparse
import hashlib
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from spane.convert._architecture import AGGREGATORS, Architecture, Spane, infer
from spane.convert._refusal import OutputRefusal, Refusal, shown
from spane.convert._torch_file import LARGEST_FILE, TorchFile

TOOL = "spane.convert.torch"


@dataclass(frozen=True)
class Options:
    """What the file cannot say itself. `aggregators` None means mean where it applies."""

    aggregators: tuple[str, ...] | None = None
    cpu: float = 40.0
    mem: float = 90.0
    licence: str = "unknown"
    note: str = ""
    force: bool = False


def convert(source: Path, target: Path, options: Options) -> str:
    """Convert one file and say in a line what was written.

    Raises `Refusal` for the content of `source`, `OutputRefusal` for an occupied `target`.
    """
    # Imported late: without h5py the command can still say what to install.
    from spane.convert._weights_file import Weights, write_weights

    _check_target(source, target, options.force)
    with source.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    torch_file = TorchFile(data)
    shapes = {name: tensor.shape for name, tensor in torch_file.tensors.items()}
    architecture = infer(shapes, options.aggregators)
    parameters = {name: _finite(name, torch_file.array(name)) for name in shapes}
    provenance = {
        "tool": TOOL,
        "source": _unicode(source.name),
        "source_sha256": hashlib.sha256(data).hexdigest(),
        "licence": _unicode(options.licence),
        "note": _unicode(options.note),
    }
    normalisation = (options.cpu, options.mem)
    _check_target(source, target, options.force)
    write_weights(Weights(architecture, normalisation, parameters, provenance), target)
    count = sum(values.size for values in parameters.values())
    return f"{_describe(architecture)}, {len(parameters)} tensors, {count} parameters"


def _check_target(source: Path, target: Path, force: bool) -> None:
    if target.is_dir():
        raise OutputRefusal("output is a directory, must be a file")
    if target.exists() and source.exists() and target.samefile(source):
        raise OutputRefusal("output is the input itself, must be another file")
    if not force and (target.exists() or target.is_symlink()):
        raise OutputRefusal("output exists, must not exist unless --force is given")


def _finite(name: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        where = tuple(int(index) for index in bad[0])
        place = ", ".join(map(str, where))
        raise Refusal(f"tensor '{name}' has {values[where]} at [{place}], must be finite")
    return values


def _unicode(text: str) -> str:
    """Arguments may hold bytes that are not UTF-8; HDF5 text must be."""
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


def _aggregators(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if len(set(names)) != len(names) or not set(names) <= set(AGGREGATORS):
        raise argparse.ArgumentTypeError(
            f"value {shown(text)}, must be a comma-separated choice of {', '.join(AGGREGATORS)}, "
            "each at most once"
        )
    return names


def _capacity(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"value {shown(text)}, must be a positive finite number")
    return value


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, like every other error; the usage is under --help."""
        self.exit(2, f"{TOOL}: {' '.join(message.split())}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=TOOL,
        description="Convert a PyTorch state_dict file to a spane weights file, without PyTorch.",
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="IN.th", type=Path)
    parser.add_argument("target", metavar="OUT.h5", type=Path)
    parser.add_argument(
        "--aggregators",
        metavar="LIST",
        type=_aggregators,
        help="of mean, max, std, comma-separated in the order the network concatenates them "
        "(default mean; not for an mlp network)",
    )
    parser.add_argument(
        "--cpu", type=_capacity, default=40.0, help="cores of one NUMA node (default 40)"
    )
    parser.add_argument(
        "--mem", type=_capacity, default=90.0, help="GB of one NUMA node (default 90)"
    )
    parser.add_argument("--licence", default="unknown", help="of the weights (default unknown)")
    parser.add_argument("--note", default="", help="free text kept in the file")
    parser.add_argument("--force", action="store_true", help="replace an existing OUT.h5")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    names = ("aggregators", "cpu", "mem", "licence", "note", "force")
    options = Options(**{name: getattr(given, name) for name in names})
    try:
        written = convert(given.source, given.target, options)
    except ModuleNotFoundError as error:
        if error.name != "h5py":
            raise
        return _fail("h5py is not installed, must be (pip: 'spane[h5]'; Debian: python3-h5py)")
    except OutputRefusal as error:
        return _fail(f"{_printable(given.target)}: {error}")
    except Refusal as error:
        return _fail(f"{_printable(given.source)}: {error}")
    except OSError as error:
        # All but the reading concerns the output, or the temporary file beside it.
        about_source = error.filename is not None and Path(error.filename) == given.source
        path = given.source if about_source else given.target
        return _fail(f"{_printable(path)}: {error.strerror or error}, must be accessible")
    print(f"{TOOL}: wrote {_printable(given.target)}: {written}")
    return 0


def _printable(path: Path) -> str:
    """A path on one line, whatever bytes its name has."""
    text = str(path)
    return text if text.isprintable() else ascii(text)


def _fail(message: str) -> int:
    print(f"{TOOL}: {' '.join(message.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
