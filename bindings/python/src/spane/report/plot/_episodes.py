"""Plots of an experiment's waits, episode by episode."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from spane._evaluation import Evaluation
from spane.report.folders import Experiment, ServerCount
from spane.report.plot import _style as style
from spane.report.plot._count import chosen_count, require_waits
from spane.report.plot._waits import cdf, differences


def experiment_waits(experiment: Experiment, servers: int | None = None) -> Figure:
    """The distribution of total waits, and of the differences from the baseline."""
    require_waits(experiment)
    count = chosen_count(experiment, servers)
    baseline = _baseline_policy(experiment, count)
    looks = style.looks(count)
    figure = style.figure(12, 4.8)
    left, right = figure.subplots(1, 2)
    cdf(left, count.waits, looks)
    differences(right, count.waits, baseline, looks)
    return figure


def differences_in_time(experiment: Experiment, servers: int | None = None) -> Figure:
    """Each policy's difference from the baseline, by episode in the order of their starts.

    Bands show the blocks of the bootstrap. A few of them often decide the mean.
    """
    require_waits(experiment)
    count = chosen_count(experiment, servers)
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
        axes.set_title(f"{name} minus {baseline}", loc="left", fontsize="medium")
        style.tidy(axes)
    rows[-1].set_xlabel("first VM of the episode")
    figure.supylabel("total wait, difference (s)")
    return figure


def _baseline_policy(experiment: Experiment, count: ServerCount) -> str:
    """The baseline; First Fit if the baseline is a group, which has no waits of its own."""
    waits: Evaluation = count.waits
    return experiment.baseline if experiment.baseline in waits.policies else "first-fit"
