"""Plots the members of groups: what another seed changes."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from spane._errors import InvalidArgumentError
from spane.report._metrics import METRICS
from spane.report.folders import Experiment
from spane.report.plot import _style as style
from spane.report.plot._count import chosen_count
from spane.report.plot._student import student_t


def members(experiment: Experiment, servers: int | None = None) -> Figure:
    """A metric of each member of each group as a dot, and their mean with its 95 % interval over
    members, by Student's t distribution; lines are policies in no group, and the lower bound.

    `servers` is required if the experiment has several numbers of servers.
    """
    count = chosen_count(experiment, servers)
    groups = [row.name for row in count.rows if row.kind == "group"]
    if not groups:
        raise InvalidArgumentError(f"{experiment.path}: has no group of policies")
    name = "servers_mean" if experiment.counts_servers else "trimmed_mean_10"
    looks = style.looks(count)
    figure = style.figure(9, 1.6 + 0.42 * len(groups))
    axes = figure.subplots()
    ends = []
    for place, group in enumerate(groups):
        values = [row.figures[name].value for row in count.rows if row.group == group]
        colour = looks[group].colour
        axes.plot(values, [place] * len(values), "o", color=colour, alpha=0.6, markersize=5)
        mean, half = float(np.mean(values)), 0.0
        if len(values) > 1:
            spread = float(np.std(values, ddof=1)) / np.sqrt(len(values))
            half = spread * student_t(len(values) - 1)
            axes.hlines(place, mean - half, mean + half, color=colour, linewidth=3, alpha=0.35)
        axes.plot([mean], [place], "D", color=colour, markersize=7)
        ends += [mean - half, mean + half, *values]
    for row in count.rows:
        if row.kind in ("policy", "bound"):
            value = row.figures[name].value
            look = looks[row.name]
            axes.axvline(
                value, color=look.colour, linestyle=look.line, linewidth=1.4, label=row.name
            )
            ends.append(value)
    axes.set_yticks(range(len(groups)), groups)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    if METRICS[name].unit == "seconds":
        positive = [end for end in ends if end > 0]
        style.logarithmic_seconds(axes, min(positive, default=1), max(positive, default=10))
    axes.set_title(METRICS[name].panel)
    style.tidy(axes)
    figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize="small")
    return figure
