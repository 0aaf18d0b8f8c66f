"""The command that converts a PyTorch file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from spane._command import Parser, fail
from spane._errors import InvalidArgumentError
from spane._extras import MissingExtraError
from spane.convert._refusal import OutputRefusal, Refusal
from spane.convert.torch._convert import TOOL, TorchOptions, convert_torch

_OPTIONS = [field.name for field in fields(TorchOptions)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Converts one file; 0, or 2 with a line on standard error."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        options = TorchOptions(**{name: getattr(given, name) for name in _OPTIONS})
    except InvalidArgumentError as error:
        parser.error(str(error))
    try:
        written = convert_torch(given.source, given.target, options)
    except MissingExtraError as error:
        return fail(TOOL, error)
    except OutputRefusal as error:
        return fail(TOOL, f"{_printable(given.target)}: {error}")
    except Refusal as error:
        return fail(TOOL, f"{_printable(given.source)}: {error}")
    except OSError as error:
        # Anything that is not about reading the source is about the output or its temporary file.
        about_source = error.filename is not None and Path(error.filename) == given.source
        path = given.source if about_source else given.target
        return fail(TOOL, f"{_printable(path)}: {error.strerror or error}")
    print(f"{TOOL}: wrote {_printable(given.target)}: {written}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=TOOL,
        description="Convert a PyTorch state_dict file to a spane weights file, without PyTorch.",
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="IN.th", type=Path)
    parser.add_argument("target", metavar="OUT.h5", type=Path)
    parser.add_argument(
        "--aggregators",
        metavar="LIST",
        type=_names,
        help="of mean, max, std, comma-separated in the order the network concatenates them "
        "(default mean; not for an mlp network)",
    )
    parser.add_argument(
        "--cpu", type=float, default=40.0, help="cores of one NUMA node (default 40)"
    )
    parser.add_argument("--mem", type=float, default=90.0, help="GB of one NUMA node (default 90)")
    parser.add_argument("--licence", default="unknown", help="of the weights (default unknown)")
    parser.add_argument("--note", default="", help="free text kept in the file")
    parser.add_argument("--force", action="store_true", help="replace an existing OUT.h5")
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _printable(path: Path) -> str:
    """The path on one line, even if its name has control characters."""
    text = str(path)
    return text if text.isprintable() else ascii(text)
