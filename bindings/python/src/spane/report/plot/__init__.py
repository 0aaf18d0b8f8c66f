"""Plots evaluations, episodes, experiments, runs and searches with matplotlib.

Each function returns a Figure. `python3 -m spane.report.plot waits.csv --output waits.png` plots
the output of `spane evaluate --output`, and with a folder of `spane experiment servers --moves` the
servers needed by the moves, and with folders of `spane train` learning curves; `spane report` makes
a page of whole folders.
"""

import spane.report._matplotlib  # noqa: F401
from spane.report.plot._command import main
from spane.report.plot._episodes import differences_in_time, experiment_waits
from spane.report.plot._members import members
from spane.report.plot._move_counts import move_counts
from spane.report.plot._occupancy import occupancy
from spane.report.plot._runs import learning_curves
from spane.report.plot._search import hyperparameters
from spane.report.plot._server_counts import server_counts
from spane.report.plot._values import experiment_differences, experiment_values
from spane.report.plot._waits import paired_differences, wait_cdf, waits

__all__ = [
    "differences_in_time",
    "experiment_differences",
    "experiment_values",
    "experiment_waits",
    "hyperparameters",
    "learning_curves",
    "main",
    "members",
    "move_counts",
    "occupancy",
    "paired_differences",
    "server_counts",
    "wait_cdf",
    "waits",
]
