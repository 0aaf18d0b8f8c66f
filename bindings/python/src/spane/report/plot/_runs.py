"""Plots of training runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane.report.folders import Curve, Run
from spane.report.plot import _style as style
from spane.report.plot._student import student_t

_MOST_PANELS = 8
_POINTS = 400


def learning_curves(groups: Mapping[str, Sequence[Run]]) -> Figure:
    """Logged metrics by step, one panel per metric, validation first.

    The runs of a group are seeds of one learner: thin lines, with their mean in bold and its 95 %
    interval over seeds as a band, by Student's t distribution. Runs with the same seed count once.
    Metrics with many values are smoothed. A dotted line shows First Fit's validation result if it
    is the same for all runs.
    """
    if not isinstance(groups, Mapping):
        raise arguments.wrong_type(groups, "groups", "a mapping from names to lists of Runs")
    for group, runs in groups.items():
        for run in arguments.items(runs, f"groups[{group!r}]", "a list of Runs"):
            arguments.instance(run, Run, f"groups[{group!r}]", " in each place")
    names = _metrics(groups)
    if not names:
        raise InvalidArgumentError("the runs have not logged any metrics yet")
    columns = min(len(names), 3 if len(names) > 4 else 2)
    rows = -(-len(names) // columns)
    figure = style.figure(max(6.5, 4.6 * columns), 0.6 + 3.2 * rows)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for name, axes in zip(names, panels):
        for index, (group, runs) in enumerate(groups.items()):
            _draw(axes, group, _by_seed(runs, name), index)
        if name == "validation":
            _name_validation(axes, [run for runs in groups.values() for run in runs])
        else:
            axes.set_title(name, fontsize="medium")
        axes.set_xlabel("step")
        axes.xaxis.set_major_formatter(style.SECONDS)
        _scale(axes)
        style.tidy(axes)
    for axes in panels[len(names) :]:
        axes.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    if labels:
        columns = min(4, len(labels))
        figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)
    return figure


def _name_validation(axes: Axes, runs: Sequence[Run]) -> None:
    measures = {run.measure for run in runs}
    measure = measures.pop() if len(measures) == 1 else ""
    axes.set_title(f"validation: {measure}" if measure else "validation", fontsize="medium")
    marks = {run.first_fit for run in runs if run.first_fit is not None}
    if len(marks) == 1:
        axes.axhline(marks.pop(), color="black", linestyle=":", linewidth=1, label="First Fit")


def _metrics(groups: Mapping[str, Sequence[Run]]) -> list[str]:
    """The metrics to plot: validation first, validation on single clusters last, and the others by
    how many runs have them."""
    counts: dict[str, int] = {}
    for runs in groups.values():
        for run in runs:
            for name, (steps, _) in run.metrics.items():
                if len(steps) > 1 or name.startswith("validation"):
                    counts[name] = counts.get(name, 0) + 1
    names = sorted(
        counts,
        key=lambda name: (name != "validation", name.startswith("validation"), -counts[name]),
    )
    return names[:_MOST_PANELS]


def _draw(axes: Axes, group: str, curves: Sequence[Curve], index: int) -> None:
    if not curves:
        return
    colour, line = style.colour(index), style.line(index)
    label = group if len(curves) == 1 else f"{group} ({len(curves)} seeds)"
    smooth = [_smooth(curve) for curve in curves]
    if len(smooth) == 1:
        steps, values = smooth[0]
        marker = "o" if len(steps) < 40 else None
        axes.plot(
            steps, values, color=colour, linestyle=line, label=label, marker=marker, markersize=3
        )
        return
    for steps, values in smooth:
        axes.plot(steps, values, color=colour, linewidth=0.7, alpha=0.35)
    steps, table = _table(smooth)
    counts = (~np.isnan(table)).sum(axis=0)
    mean = np.nanmean(table, axis=0)
    several = counts > 1
    if several.any():
        spread = np.nanstd(table[:, several], axis=0, ddof=1) / np.sqrt(counts[several])
        wide = spread * [student_t(int(count) - 1) for count in counts[several]]
        axes.fill_between(
            steps[several],
            mean[several] - wide,
            mean[several] + wide,
            color=colour,
            alpha=0.13,
            linewidth=0,
        )
    axes.plot(steps, mean, color=colour, linestyle=line, linewidth=2, label=label)


def _by_seed(runs: Sequence[Run], name: str) -> list[Curve]:
    """The curves of this metric, one for each seed: the same seed again tells nothing new."""
    curves: dict[object, Curve] = {}
    for run in runs:
        if name in run.metrics:
            curves.setdefault(run.path if run.seed is None else run.seed, run.metrics[name])
    return list(curves.values())


def _table(curves: Sequence[Curve]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The curves interpolated at common steps; NaN before a curve starts and after it ends.

    Only steps covered by at least two curves are kept, so that every mean is one of several.
    """
    steps = np.unique(np.concatenate([steps for steps, _ in curves]))
    if len(steps) > _POINTS:
        steps = np.linspace(steps[0], steps[-1], _POINTS)
    table = np.array(
        [np.interp(steps, at, values, left=np.nan, right=np.nan) for at, values in curves]
    )
    kept = (~np.isnan(table)).sum(axis=0) >= 2
    return (steps[kept], table[:, kept]) if kept.any() else (steps[:1], table[:, :1])


def _smooth(curve: Curve) -> Curve:
    """Averages neighbours if there are more points than a plot can show."""
    steps, values = curve
    size = len(steps) // 150
    if size < 2:
        return curve
    count = len(steps) // size * size
    return steps[:count].reshape(-1, size).mean(1), values[:count].reshape(-1, size).mean(1)


def _scale(axes: Axes) -> None:
    """Makes the y axis logarithmic if values are positive and span more than a factor of 30."""
    drawn = [np.asarray(line.get_ydata(), dtype=float) for line in axes.lines]
    values = np.concatenate(drawn) if drawn else np.array([1.0])
    values = values[np.isfinite(values)]
    if len(values) and values.min() > 0 and values.max() / values.min() > 30:
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(style.UNLABELLED)
    elif len(values):
        # The interval of two seeds is so wide that the curves would be flat beside it.
        low, high = axes.get_ylim()
        room = 0.5 * (values.max() - values.min()) or 1
        axes.set_ylim(max(low, values.min() - room), min(high, values.max() + room))
    if len(values) and np.abs(values).max() >= 1000:
        axes.yaxis.set_major_formatter(style.SECONDS)
