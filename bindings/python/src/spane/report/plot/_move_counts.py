"""Plots of the servers that are needed against the number of moves."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane.report.folders import Experiment, SummaryRow
from spane.report.plot import _style as style


def move_counts(experiment: Experiment) -> Figure:
    """The servers that each policy needs by the most moves that make room for a VM, and what those
    moves come to. The grey line is the lower bound, however many moves."""
    arguments.instance(experiment, Experiment, "experiment")
    counts = sorted(experiment.counts, key=lambda count: count.moves or 0)
    if len(counts) < 2 or any(count.moves is None for count in counts):
        raise InvalidArgumentError("the experiment has one number of moves; a curve needs two")
    looks = style.looks(counts[0])
    figure = style.figure(10, 3.8)
    left, right = figure.subplots(1, 2)
    for shown in counts[0].rows:
        if shown.kind == "member":
            continue
        rows = [count.row(shown.name) for count in counts]
        look = looks[shown.name]
        _curve(left, [row.figures["servers_mean"].value for row in rows], look, shown)
        if shown.kind != "bound":
            _curve(right, [_moved(row) for row in rows], look, shown)
    left.set_ylabel("servers, mean of the windows")
    left.set_title("Servers needed")
    right.set_ylabel("moves per 1,000 VMs")
    right.set_title("What it takes")
    for axes in (left, right):
        axes.set_xticks(range(len(counts)), [str(count.moves) for count in counts])
        axes.set_xlabel("moves for a VM, at most")
        style.tidy(axes)
    handles, labels = left.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=min(3, len(labels)), frameon=False
    )
    return figure


def _moved(row: SummaryRow) -> float:
    return (row.moved or {}).get("moves_per_1000_vms", 0.0)


def _curve(axes: Axes, values: list[float], look: style.Look, row: SummaryRow) -> None:
    axes.plot(
        range(len(values)),
        values,
        color=look.colour,
        linestyle=look.line,
        linewidth=look.width,
        marker=None if row.kind == "bound" else "o",
        markersize=4,
        label=row.name,
    )
