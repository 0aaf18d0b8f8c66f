"""Pictures of evaluations, episodes, experiments, runs and searches, with matplotlib.

Each function returns a Figure. `python3 -m spane.plot waits.csv --output waits.png` draws what
`spane evaluate --output` wrote; `spane report` draws whole folders.
"""

try:
    import matplotlib as _matplotlib  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("matplotlib is not installed; pip install 'spane[plot]'") from error

from spane.plot._experiments import (
    differences_in_time,
    experiment_differences,
    experiment_values,
    experiment_waits,
    server_counts,
)
from spane.plot._occupancy import occupancy
from spane.plot._runs import learning_curves
from spane.plot._search import hyperparameters
from spane.plot._waits import paired_differences, wait_cdf, waits

__all__ = [
    "differences_in_time",
    "experiment_differences",
    "experiment_values",
    "experiment_waits",
    "hyperparameters",
    "learning_curves",
    "occupancy",
    "paired_differences",
    "server_counts",
    "wait_cdf",
    "waits",
]
