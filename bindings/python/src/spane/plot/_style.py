"""What the pictures have in common."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

# Can be told apart by colour-blind readers (Okabe and Ito).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
LINES = ("-", "--", "-.", ":")
BOUND = "#777777"


def figure(width: float, height: float) -> Figure:
    """A figure that belongs to no window."""
    return Figure(figsize=(width, height), layout="constrained")


def tidy(axes: Axes) -> None:
    """A quiet frame and grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)


def colour(index: int) -> str:
    """The colour of the policy with this number."""
    return COLOURS[index % len(COLOURS)]


def line(index: int) -> str:
    """The kind of line of the policy with this number; other colours come around again."""
    return LINES[index // len(COLOURS) % len(LINES)]


def seconds(value: float, _: object = None) -> str:
    """A short label for an amount of seconds."""
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if size >= 1e3 else f"{value:g}"


SECONDS = FuncFormatter(seconds)
