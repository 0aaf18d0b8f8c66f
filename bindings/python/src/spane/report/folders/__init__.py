"""Reads the output folders of the `spane` command: experiments, training runs and searches.

Only JSON and CSV files are read, so neither h5py nor matplotlib is needed.
"""

from spane.report.folders._experiment import (
    EXPERIMENT_MANIFEST,
    Estimate,
    Experiment,
    ServerCount,
    SummaryRow,
)
from spane.report.folders._groups import grouped
from spane.report.folders._run import RUN_LOG, Curve, Run
from spane.report.folders._search import SEARCH_RESULTS, Search

__all__ = [
    "EXPERIMENT_MANIFEST",
    "RUN_LOG",
    "SEARCH_RESULTS",
    "Curve",
    "Estimate",
    "Experiment",
    "Run",
    "Search",
    "ServerCount",
    "SummaryRow",
    "grouped",
]
