"""What came of experiments, training runs and searches, in numbers, figures and one HTML page.

- `Experiment.load`, `Run.load` and `Search.load` read what the `spane` command leaves in folders.
- `spane.report.plot` draws them with matplotlib; each function returns a Figure.
- `spane.report.page` puts them into one HTML page; `spane report` and `python3 -m spane.report` run
  it.

The last two need matplotlib: pip install 'spane[plot]'. libspane itself is not needed.
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
