"""The common style of all plots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from spane.report.folders import ServerCount

# A palette that is safe for colour-blind readers (Okabe and Ito).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
LINES = ("-", "--", "-.", ":")
BOUND = "#777777"
REFERENCE = "#222222"


@dataclass(frozen=True)
class Look:
    """How a policy or a group is drawn on all figures."""

    colour: str
    line: str = "-"
    width: float = 1.6
    alpha: float = 1.0
    label: bool = True
    """Whether it appears in legends; members of a group do not."""


def figure(width: float, height: float) -> Figure:
    """A figure without a window."""
    return Figure(figsize=(width, height), layout="constrained")


def tidy(axes: Axes) -> None:
    """Removes the upper and right spines and adds a faint grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)


def colour(index: int) -> str:
    """The colour of the policy with this index."""
    return COLOURS[index % len(COLOURS)]


def line(index: int) -> str:
    """The line style of the policy with this index; it changes when the colours repeat."""
    return LINES[index // len(COLOURS) % len(LINES)]


def looks(count: ServerCount) -> dict[str, Look]:
    """How each row of an experiment is drawn: members are thin, in the colour of their group."""
    found: dict[str, Look] = {}
    index = 0
    for row in count.rows:
        if row.kind == "bound":
            found[row.name] = Look(BOUND, ":")
        elif row.kind == "member" and row.group is not None:
            group = found[row.group]
            found[row.name] = Look(group.colour, group.line, 0.9, 0.55, label=False)
        elif row.name == "first-fit":
            found[row.name] = Look(REFERENCE)
        else:
            found[row.name] = Look(colour(index), line(index))
            index += 1
    return found


def seconds(value: float, _: object = None) -> str:
    """A short label for a number of seconds."""
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if size >= 1e3 else f"{value:g}"


SECONDS = FuncFormatter(seconds)
UNLABELLED = FuncFormatter(lambda *_: "")
"""For minor ticks."""
PERCENT = FuncFormatter(lambda value, _: f"{value:.0%}")


def logarithmic_seconds(axes: Axes, low: float, high: float) -> None:
    """Makes the x axis logarithmic from `low` to `high` seconds, with few, readable labels."""
    axes.set_xscale("log")
    low, high = max(low, 1e-3), max(high, 1e-2)
    axes.set_xlim(low / 1.15, high * 1.15)
    steps = (1, 2, 5) if high / low < 30 else (1, 3) if high / low < 300 else (1,)
    decades = 10.0 ** np.arange(np.floor(np.log10(low)) - 1, np.ceil(np.log10(high)) + 1)
    ticks = [step * decade for decade in decades for step in steps]
    axes.set_xticks([tick for tick in ticks if low / 1.15 <= tick <= high * 1.15])
    axes.xaxis.set_major_formatter(SECONDS)
    axes.xaxis.set_minor_formatter(UNLABELLED)
