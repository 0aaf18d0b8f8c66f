"""The command behind `spane report`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from spane._command import Parser, fail
from spane._errors import Error
from spane._extras import MissingExtraError


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the page; 0, or 1 with a line on standard error."""
    parser = Parser(
        prog="spane report",
        description="Draw experiments, training runs and searches into one HTML page.",
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="folder")
    parser.add_argument("--output", type=Path, default=Path("report.html"), metavar="file.html")
    parser.add_argument("--figures", type=Path, metavar="folder")
    parser.add_argument("--title")
    given = parser.parse_args(arguments)
    try:
        # Imported here because only the page needs matplotlib, not the rest of spane.report.
        from spane.report.page import page_of

        page = page_of(given.paths, given.title, given.figures)
        page.write(given.output)
        # If the page goes to standard output, nothing else may.
        if given.output != Path("-"):
            print(f"{given.output}: {page.figure_count} figures, {len(page.html()) / 1e6:.1f} MB")
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader closed the pipe. Keep Python from complaining about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    except MissingExtraError as error:
        return fail("Error", f"{sys.executable} cannot draw: {error}", 1)
    except (Error, OSError, ValueError, KeyError) as error:
        return fail("Error", error, 1)
    return 0
