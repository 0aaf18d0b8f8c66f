"""Reads, plots and reports the results of experiments, training runs and searches.

- `Experiment.load`, `Run.load` and `Search.load` read the output folders of the `spane` command.
- `spane.report.plot` draws figures with matplotlib.
- `spane.report.page` puts everything on one HTML page, as `spane report` and `python3 -m
  spane.report` do.

The last two need matplotlib: pip install 'spane[plot]'. None of them needs libspane.
"""

from spane.report._command import main
from spane.report.folders import (
    Estimate,
    Experiment,
    Run,
    Search,
    ServerCount,
    SummaryRow,
)

__all__ = [
    "Estimate",
    "Experiment",
    "Run",
    "Search",
    "ServerCount",
    "SummaryRow",
    "main",
]
