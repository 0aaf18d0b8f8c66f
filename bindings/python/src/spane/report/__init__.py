"""One HTML page about experiments, runs and searches; `spane report` makes it.

The page holds its figures and tables and needs no other file and no network.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from spane._errors import Error
from spane.report._experiments import add_experiment
from spane.report._page import Page
from spane.report._runs import add_runs, grouped
from spane.report._searches import add_search
from spane.results import SEARCH_RESULTS, Experiment, Run, Search

__all__ = ["main", "page_of"]


def page_of(paths: Sequence[Path], title: str | None = None, figures: Path | None = None) -> Page:
    """The page about these folders and files, in the order experiments, runs, searches.

    `figures` is a folder into which each figure is written too, as SVG and PNG.
    """
    experiments, runs, searches = [], [], []
    for path in paths:
        if path.is_file() or (path / SEARCH_RESULTS).is_file():
            searches.append(Search.load(path))
        elif (path / "experiment.json").is_file():
            experiments.append(Experiment.load(path))
        elif (path / "log.jsonl").is_file():
            runs.append(Run.load(path))
        else:
            raise FileNotFoundError(
                f"{path}: holds no experiment (experiment.json), no run (log.jsonl) and no search "
                f"({SEARCH_RESULTS})"
            )
    page = Page(title or "libspane report", figures)
    for experiment in experiments:
        add_experiment(page, experiment)
    if runs:
        add_runs(page, grouped(runs))
    for search in searches:
        add_search(page, search)
    return page


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the page; 0, or 1 with a line on standard error."""
    parser = argparse.ArgumentParser(prog="spane report", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="folder")
    parser.add_argument("--output", type=Path, default=Path("report.html"), metavar="file.html")
    parser.add_argument("--figures", type=Path, metavar="folder")
    parser.add_argument("--title")
    given = parser.parse_args(arguments)
    try:
        page = page_of(given.paths, given.title, given.figures)
        page.write(given.output)
        # Only the page goes to standard output when that is what is asked for.
        if given.output != Path("-"):
            print(f"{given.output}: {page.figure_count} figures, {len(page.html()) / 1e6:.1f} MB")
            sys.stdout.flush()
    except BrokenPipeError:
        # A reader that has seen enough; what Python would say of it at its end is not wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + signal.SIGPIPE
    except (Error, OSError, ValueError, KeyError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0
