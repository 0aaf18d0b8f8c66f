"""The commands that convert weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path

from spane._command import Parser, fail
from spane._errors import InvalidArgumentError
from spane._extras import MissingExtraError
from spane.convert._architecture import ACTIVATIONS, UNITS
from spane.convert._convert import WeightsOptions, convert_torch, convert_weights
from spane.convert._refusal import OutputRefusal, Refusal

_OPTIONS = [field.name for field in fields(WeightsOptions)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Converts one file by the endings of its names; 0, or 2 with a line on standard error."""
    parser = _parser(
        "spane.convert",
        "IN",
        "OUT",
        "Convert weights between libspane (.h5), PyTorch (.pt, .pth, .th) and ONNX (.onnx).",
    )
    return _run(parser, convert_weights, arguments)


def torch_main(arguments: Sequence[str] | None = None) -> int:
    """Converts a PyTorch file; 0, or 2 with a line on standard error."""
    parser = _parser(
        "spane.convert.torch",
        "IN.th",
        "OUT.h5",
        "Convert a PyTorch state_dict file to a spane weights file, without PyTorch.",
    )
    return _run(parser, convert_torch, arguments)


def _run(
    parser: Parser,
    convert: Callable[[Path, Path, WeightsOptions], str],
    arguments: Sequence[str] | None,
) -> int:
    tool, given = parser.prog, parser.parse_args(arguments)
    try:
        options = WeightsOptions(**{name: getattr(given, name) for name in _OPTIONS})
    except InvalidArgumentError as error:
        parser.error(str(error))
    try:
        written = convert(given.source, given.target, options)
    except MissingExtraError as error:
        return fail(tool, error)
    except OutputRefusal as error:
        return fail(tool, f"{_printable(given.target)}: {error}")
    except Refusal as error:
        return fail(tool, f"{_printable(given.source)}: {error}")
    except OSError as error:
        # Anything that is not about reading the source is about the output or its temporary file.
        about_source = error.filename is not None and Path(error.filename) == given.source
        path = given.source if about_source else given.target
        return fail(tool, f"{_printable(path)}: {error.strerror or error}")
    print(f"{tool}: wrote {_printable(given.target)}: {written}")
    return 0


def _parser(tool: str, source: str, target: str, description: str) -> Parser:
    parser = Parser(prog=tool, description=description, allow_abbrev=False)
    parser.add_argument("source", metavar=source, type=Path)
    parser.add_argument("target", metavar=target, type=Path)
    of_tensors = parser.add_argument_group("for a file of tensors alone")
    of_tensors.add_argument(
        "--aggregators",
        metavar="LIST",
        type=_names,
        help="of mean, max, std, comma-separated in the order the network concatenates them "
        "(default mean; for spane and afterstate networks)",
    )
    of_tensors.add_argument("--activation", choices=ACTIVATIONS, help="of a potential")
    of_tensors.add_argument("--units", choices=UNITS, help=f"of a potential (default {UNITS[0]})")
    of_tensors.add_argument("--cpu", type=float, help="cores of one NUMA node (default 40)")
    of_tensors.add_argument("--mem", type=float, help="GB of one NUMA node (default 90)")
    parser.add_argument("--licence", help="of the weights (default what IN says, or unknown)")
    parser.add_argument("--note", help="free text kept in the file (default what IN says)")
    parser.add_argument("--force", action="store_true", help=f"replace an existing {target}")
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _printable(path: Path) -> str:
    """The path on one line, even if its name has control characters."""
    text = str(path)
    return text if text.isprintable() else ascii(text)
