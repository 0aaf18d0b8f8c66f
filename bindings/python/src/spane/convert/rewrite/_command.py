"""The command that rewrites an HDF5 file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spane._command import Parser, fail
from spane._extras import MissingExtraError
from spane.convert.rewrite._rewrite import rewrite_hdf5

TOOL = "spane.convert.rewrite"


def main(arguments: Sequence[str] | None = None) -> int:
    """Rewrites one file; 0, or 2 with a line on standard error."""
    parser = Parser(
        prog=TOOL,
        description="Copy an HDF5 file of an older format into one with checksums.",
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="OLD.h5", type=Path)
    parser.add_argument("target", metavar="NEW.h5", type=Path)
    given = parser.parse_args(arguments)
    if given.target.exists():
        return fail(TOOL, f"{given.target} exists already; name a new file")
    try:
        rewrite_hdf5(given.source, given.target)
    except MissingExtraError as error:
        return fail(TOOL, error)
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        return fail(TOOL, f"{given.source}: {error}")
    print(f"{TOOL}: wrote {given.target}")
    return 0
