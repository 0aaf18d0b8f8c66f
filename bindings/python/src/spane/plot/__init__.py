"""Pictures of evaluations and episodes, with matplotlib. Each function returns a Figure.

`python3 -m spane.plot waits.csv --output waits.png` draws what `spane evaluate --output` wrote.
"""

try:
    import matplotlib as _matplotlib  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError("matplotlib is not installed; pip install 'spane[plot]'") from error

from spane.plot._occupancy import occupancy
from spane.plot._waits import paired_differences, wait_cdf, waits

__all__ = ["occupancy", "paired_differences", "wait_cdf", "waits"]
