"""Plots of an experiment's statistics with their intervals, and of their differences."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from spane.report._metrics import METRICS, columns, plain
from spane.report.folders import Estimate, Experiment, ServerCount, SummaryRow
from spane.report.plot import _style as style
from spane.report.plot._count import chosen_count


def experiment_values(experiment: Experiment, servers: int | None = None) -> Figure:
    """The statistics of each policy with their intervals, one panel per statistic.

    `servers` is required if the experiment has several numbers of servers.
    """
    count = chosen_count(experiment, servers)
    rows = list(count.rows)
    names = [name for name in columns(experiment.kind) if "above_bound" not in name]
    panels = _panels(experiment, count, rows, names)
    for name, axes in panels.items():
        estimates = [row.figures.get(name) for row in rows]
        _whiskers(axes, count, rows, estimates)
        if METRICS[name].unit == "seconds":
            ends = [end for e in estimates if e for end in (e.low, e.value, e.high) if end]
            style.logarithmic_seconds(axes, min(ends, default=1), max(ends, default=10))
        elif name in ("saved_15", "servers_saved"):
            axes.axvline(0, color=style.REFERENCE, linewidth=1)
    figure = next(iter(panels.values())).figure
    assert isinstance(figure, Figure)
    number = f"{len(count.waits.starts):,}"
    figure.suptitle(
        f"{number} windows"
        if experiment.counts_servers
        else f"{number} episodes on {count.servers} servers"
    )
    return figure


def experiment_differences(experiment: Experiment, servers: int | None = None) -> Figure:
    """Differences of each policy's statistics from the baseline's, paired by episode. Intervals
    that exclude zero are drawn in full colour."""
    count = chosen_count(experiment, servers)
    rows = [row for row in count.rows if row.differences]
    panels = _panels(experiment, count, rows, plain(experiment.kind))
    for name, axes in panels.items():
        estimates = [row.differences.get(name) for row in rows]
        _whiskers(axes, count, rows, estimates, fade=True)
        axes.axvline(0, color=style.REFERENCE, linewidth=1)
        if METRICS[name].unit == "seconds":
            axes.xaxis.set_major_formatter(style.SECONDS)
            axes.locator_params(axis="x", nbins=5)
    figure = next(iter(panels.values())).figure
    assert isinstance(figure, Figure)
    where = "windows" if experiment.counts_servers else f"episodes on {count.servers} servers"
    figure.suptitle(f"Differences from {experiment.baseline} in the same {where}")
    return figure


def _panels(
    experiment: Experiment, count: ServerCount, rows: Sequence[SummaryRow], names: Sequence[str]
) -> dict[str, Axes]:
    """One panel per statistic, side by side, with the row names on the left."""
    threshold = style.seconds(experiment.threshold)
    figure = style.figure(2.1 + 2.3 * len(names), 1.5 + 0.34 * max(2, len(rows)))
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for name, axes in zip(names, panels):
        axes.set_title(METRICS[name].panel.format(threshold=threshold), fontsize="medium")
        style.tidy(axes)
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
        if METRICS[name].unit == "share":
            axes.xaxis.set_major_formatter(style.PERCENT)
    first = panels[0]
    first.set_yticks(range(len(rows)), [_label(row) for row in rows])
    for text, row in zip(first.get_yticklabels(), rows):
        text.set_fontweight("bold" if row.kind == "group" else "normal")
        text.set_color("#555555" if row.kind in ("member", "bound") else "#000000")
    first.set_ylim(len(rows) - 0.5, -0.5)
    return dict(zip(names, panels))


def _label(row: SummaryRow) -> str:
    if row.kind == "member" and row.group is not None:
        return row.name[len(row.group) + 1 :] + "  "
    return row.name


def _whiskers(
    axes: Axes,
    count: ServerCount,
    rows: Sequence[SummaryRow],
    estimates: Sequence[Estimate | None],
    fade: bool = False,
) -> None:
    looks = style.looks(count)
    for place, (row, estimate) in enumerate(zip(rows, estimates)):
        if estimate is None:
            continue
        look = looks[row.name]
        has_interval = estimate.low is not None and estimate.high is not None
        alpha = 0.35 if fade and has_interval and not estimate.excludes_zero else 1.0
        if estimate.low is not None and estimate.high is not None:
            axes.hlines(
                place,
                estimate.low,
                estimate.high,
                color=look.colour,
                linewidth=3 if row.kind != "member" else 1.5,
                alpha=0.45 * alpha if not fade else 0.7 * alpha,
            )
        marker = {"group": "D", "bound": "|", "member": "."}.get(row.kind, "o")
        axes.add_line(
            Line2D(
                [estimate.value],
                [place],
                color=look.colour,
                marker=marker,
                markersize=6,
                alpha=alpha,
            )
        )
    axes.autoscale_view()
