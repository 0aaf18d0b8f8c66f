"""Plots of an experiment against the number of servers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane.report.folders import Estimate, Experiment, SummaryRow
from spane.report.plot import _style as style


def server_counts(experiment: Experiment) -> Figure:
    """Each policy's position between the lower bound and First Fit, and its waits, by number of
    servers. Whiskers are intervals; thin lines are the members of a group."""
    arguments.instance(experiment, Experiment, "experiment")
    counts = sorted(experiment.counts, key=lambda count: count.servers)
    if len(counts) < 2:
        raise InvalidArgumentError("the experiment has one number of servers; a curve needs two")
    looks = style.looks(counts[0])
    figure = style.figure(12.5, 5)
    left, right = figure.subplots(1, 2)
    places = np.arange(len(counts))
    shown = [row for row in counts[0].rows if row.kind in ("policy", "group")]
    for row in counts[0].rows:
        look = looks[row.name]
        offset = 0.0
        if row in shown:
            offset = 0.5 * ((shown.index(row) + 0.5) / len(shown) - 0.5)
        if row.kind != "bound" and row.name != "first-fit":
            share = [_left(count.row(row.name).figures.get("saved_15")) for count in counts]
            _curve(left, places, offset, share, look, row)
        wait = [count.row(row.name).figures["trimmed_mean_10"] for count in counts]
        _curve(right, places, offset, wait, look, row, whiskers=False)
    left.axhline(1, color=style.REFERENCE, linewidth=1.6)
    left.text(len(counts) - 0.55, 1, "First Fit", va="bottom", ha="right", fontsize="small")
    left.axhline(0, color=style.BOUND, linestyle=":", linewidth=1.6)
    left.text(len(counts) - 0.55, 0, "lower bound", va="bottom", ha="right", fontsize="small")
    left.yaxis.set_major_formatter(style.PERCENT)
    left.set_ylabel("excess over the lower bound, relative to First Fit")
    left.set_title("Between the lower bound and First Fit (trimmed means, 15 %)")
    right.set_yscale("log")
    right.yaxis.set_major_formatter(style.SECONDS)
    right.yaxis.set_minor_formatter(style.SECONDS)
    right.tick_params(axis="y", which="minor", labelsize="x-small")
    right.set_ylabel("total wait per episode (s)")
    right.set_title("Trimmed mean (10 %)")
    for axes in (left, right):
        axes.set_xticks(places, [str(count.servers) for count in counts])
        axes.set_xlabel("servers")
        style.tidy(axes)
    handles, labels = right.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=3 if max(map(len, labels)) > 20 else min(6, len(labels)),
        frameon=False,
    )
    return figure


def _left(estimate: Estimate | None) -> Estimate | None:
    """Turns the share of First Fit's excess that is saved into the share that is left."""
    if estimate is None:
        return None
    low, high = estimate.low, estimate.high
    return Estimate(
        1 - estimate.value,
        None if high is None else 1 - high,
        None if low is None else 1 - low,
    )


def _curve(
    axes: Axes,
    places: NDArray[np.int64],
    offset: float,
    estimates: Sequence[Estimate | None],
    look: style.Look,
    row: SummaryRow,
    whiskers: bool = True,
) -> None:
    values = [np.nan if e is None else e.value for e in estimates]
    x = places + (offset if whiskers else 0)
    is_thin = row.kind == "member"
    axes.plot(
        x,
        values,
        color=look.colour,
        linestyle=look.line,
        linewidth=look.width,
        alpha=look.alpha,
        marker=None if is_thin else "o",
        markersize=4,
        label=None if is_thin else row.name,
    )
    if whiskers and not is_thin:
        for place, estimate in zip(x, estimates):
            if estimate is not None and estimate.low is not None and estimate.high is not None:
                axes.vlines(
                    place, estimate.low, estimate.high, color=look.colour, linewidth=1, alpha=0.6
                )
