"""Pictures of experiments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from spane._errors import InvalidArgumentError
from spane._evaluation import Evaluation
from spane.plot import _style as style
from spane.plot._metrics import COLUMNS, METRICS, PLAIN
from spane.plot._waits import cdf, differences
from spane.results import Estimate, Experiment, ServerCount, SummaryRow


def experiment_values(experiment: Experiment, servers: int | None = None) -> Figure:
    """The metrics of each policy with their intervals, one panel a metric.

    `servers` is needed where the experiment has several numbers of them.
    """
    count = _chosen(experiment, servers)
    rows = list(count.rows)
    names = [name for name in COLUMNS if not name.startswith("above_bound")]
    panels = _panels(experiment, count, rows, names)
    for name, axes in panels.items():
        estimates = [row.figures.get(name) for row in rows]
        _whiskers(axes, count, rows, estimates)
        if METRICS[name].unit == "seconds":
            ends = [end for e in estimates if e for end in (e.low, e.value, e.high) if end]
            style.logarithmic_seconds(axes, min(ends, default=1), max(ends, default=10))
        elif name == "saved_15":
            axes.axvline(0, color=style.REFERENCE, linewidth=1)
    figure = next(iter(panels.values())).figure
    assert isinstance(figure, Figure)
    figure.suptitle(f"{len(count.waits.starts):,} episodes on {count.servers} servers")
    return figure


def experiment_differences(experiment: Experiment, servers: int | None = None) -> Figure:
    """What each policy's metrics are above those of the baseline, paired by episode. An interval
    without zero is drawn in full colour."""
    count = _chosen(experiment, servers)
    rows = [row for row in count.rows if row.differences]
    panels = _panels(experiment, count, rows, PLAIN)
    for name, axes in panels.items():
        estimates = [row.differences.get(name) for row in rows]
        _whiskers(axes, count, rows, estimates, fade=True)
        axes.axvline(0, color=style.REFERENCE, linewidth=1)
        if METRICS[name].unit == "seconds":
            axes.xaxis.set_major_formatter(style.SECONDS)
            axes.locator_params(axis="x", nbins=5)
    figure = next(iter(panels.values())).figure
    assert isinstance(figure, Figure)
    figure.suptitle(
        f"Differences from {experiment.baseline} in the same episodes on {count.servers} servers"
    )
    return figure


def experiment_waits(experiment: Experiment, servers: int | None = None) -> Figure:
    """How the episodes' waits are distributed, and how they differ from the baseline's."""
    count = _chosen(experiment, servers)
    baseline = _baseline_policy(experiment, count)
    looks = style.looks(count)
    figure = style.figure(12, 4.8)
    left, right = figure.subplots(1, 2)
    cdf(left, count.waits, looks)
    differences(right, count.waits, baseline, looks)
    return figure


def differences_in_time(experiment: Experiment, servers: int | None = None) -> Figure:
    """Each policy's waits less the baseline's, episode by episode in the order of their starts.

    Bands show the blocks of the bootstrap. What decides a mean stands in a few of them.
    """
    count = _chosen(experiment, servers)
    baseline = _baseline_policy(experiment, count)
    looks = style.looks(count)
    waits = count.waits
    shown = [name for name in waits.policies if name != baseline]
    order = np.argsort(waits.starts, kind="stable")
    starts = waits.starts[order]
    figure = style.figure(11, 0.9 + 1.5 * max(1, len(shown)))
    rows = figure.subplots(max(1, len(shown)), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    change = {name: (waits[name] - waits[baseline])[order] for name in shown}
    least = 1000.0
    for name, axes in zip(shown, rows):
        for block in range(0, len(starts), 2 * count.block_length):
            end = min(block + count.block_length, len(starts)) - 1
            axes.axvspan(starts[block], starts[end], color="#000000", alpha=0.05, linewidth=0)
        axes.vlines(
            starts, 0, change[name], color=looks[name].colour, linewidth=0.7, rasterized=True
        )
        axes.axhline(0, color=style.BOUND, linewidth=0.8)
        axes.set_yscale("symlog", linthresh=least)
        top = max((np.abs(values).max() for values in change.values()), default=least)
        decade = 10 ** np.ceil(np.log10(max(top, 10 * least)))
        axes.set_ylim(-1.5 * decade, 1.5 * decade)
        powers = 10.0 ** np.arange(4, np.log10(decade) + 1, 2 if decade > 1e6 else 1)
        axes.set_yticks([*-powers, 0, *powers])
        axes.yaxis.set_major_formatter(style.SECONDS)
        axes.set_title(f"{name} less {baseline}", loc="left", fontsize="medium")
        style.tidy(axes)
    rows[-1].set_xlabel("first VM of the episode")
    figure.supylabel("total wait, difference (s)")
    return figure


def server_counts(experiment: Experiment) -> Figure:
    """Where each policy stands between the bound and First Fit, and how long it waits, by the
    number of servers. Whiskers are intervals, thin lines the members of a group."""
    counts = sorted(experiment.counts, key=lambda count: count.servers)
    if len(counts) < 2:
        raise InvalidArgumentError("the experiment has one number of servers; a curve needs 2")
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
    left.set_ylabel("excess over the bound, as a share of First Fit's")
    left.set_title("Between the bound and First Fit (trimmed means, 15 %)")
    right.set_yscale("log")
    right.yaxis.set_major_formatter(style.SECONDS)
    right.yaxis.set_minor_formatter(style.SECONDS)
    right.tick_params(axis="y", which="minor", labelsize="x-small")
    right.set_ylabel("total wait of an episode (s)")
    right.set_title("Trimmed mean (10 %)")
    for axes in (left, right):
        axes.set_xticks(places, [str(count.servers) for count in counts])
        axes.set_xlabel("servers")
        style.tidy(axes)
    handles, labels = right.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=min(6, len(labels)), frameon=False
    )
    return figure


def _left(estimate: Estimate | None) -> Estimate | None:
    """The share that is left of First Fit's excess, from the share that is saved."""
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


def _chosen(experiment: Experiment, servers: int | None) -> ServerCount:
    known = [count.servers for count in experiment.counts]
    if servers is None and len(known) == 1:
        return experiment.counts[0]
    if servers not in known:
        raise InvalidArgumentError(f"servers is {servers}; it must be one of {known}")
    return experiment.counts[known.index(servers)]


def _baseline_policy(experiment: Experiment, count: ServerCount) -> str:
    """The baseline, or First Fit where it is a group, which has no waits of its own."""
    waits: Evaluation = count.waits
    return experiment.baseline if experiment.baseline in waits.policies else "first-fit"


def _panels(
    experiment: Experiment, count: ServerCount, rows: Sequence[SummaryRow], names: Sequence[str]
) -> dict[str, Axes]:
    """One panel a metric, side by side, with the rows' names at the left."""
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
        alpha = 1.0
        if fade and estimate.low is not None and estimate.high is not None:
            alpha = 0.35 if estimate.low <= 0 <= estimate.high else 1.0
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
