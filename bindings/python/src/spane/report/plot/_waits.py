"""Plots of total waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane._evaluation import Evaluation
from spane.report.plot import _style as style


def waits(result: Evaluation, baseline: str | None = None) -> Figure:
    """`wait_cdf` and, with two or more policies, `paired_differences` side by side."""
    if len(arguments.instance(result, Evaluation, "result").policies) < 2:
        return wait_cdf(result)
    figure = style.figure(12, 4.5)
    left, right = figure.subplots(1, 2)
    cdf(left, result)
    differences(right, result, _chosen(result, baseline))
    return figure


def wait_cdf(result: Evaluation) -> Figure:
    """The cumulative distribution of total waits for each policy and the lower bound.

    Further left and further up is better.
    """
    arguments.instance(result, Evaluation, "result")
    figure = style.figure(6.5, 4.5)
    cdf(figure.subplots(), result)
    return figure


def paired_differences(result: Evaluation, baseline: str | None = None) -> Figure:
    """Each policy's sorted differences from a baseline, paired by episode.

    Below zero the policy is better than the baseline, which is the first policy by default.
    """
    figure = style.figure(6.5, 4.5)
    differences(figure.subplots(), result, _chosen(result, baseline))
    return figure


def _chosen(result: Evaluation, baseline: str | None) -> str:
    if len(arguments.instance(result, Evaluation, "result").policies) < 2:
        raise InvalidArgumentError("the result has fewer than two policies to compare")
    chosen = result.policies[0] if baseline is None else baseline
    return arguments.choice(chosen, result.policies, "baseline")


def cdf(axes: Axes, result: Evaluation, looks: Mapping[str, style.Look] | None = None) -> None:
    share = _share(len(result.starts))
    looks = _plain(result) if looks is None else looks
    for name, values in zip(result.policies, result.waits):
        axes.step(np.sort(values), share, where="post", **_line(looks[name], name))
    axes.step(
        np.sort(result.bounds),
        share,
        where="post",
        color=style.BOUND,
        linestyle=":",
        label="lower bound",
    )
    # Waits span several orders of magnitude, and some are zero.
    least = _least(result.waits)
    axes.set_xscale("symlog", linthresh=least)
    axes.set_xlim(left=0)
    decades = least * 10.0 ** np.arange(16)
    axes.set_xticks([0, *decades[decades <= result.waits.max(initial=least)]])
    axes.set_ylim(0, 1)
    axes.xaxis.set_major_formatter(style.SECONDS)
    axes.set_xlabel("total wait per episode (s)")
    axes.set_ylabel("share of episodes")
    axes.set_title(f"Total waits of {len(result.starts):,} episodes")
    _legend(axes, 2)
    style.tidy(axes)


def differences(
    axes: Axes,
    result: Evaluation,
    baseline: str,
    looks: Mapping[str, style.Look] | None = None,
) -> None:
    share = _share(len(result.starts))
    looks = _plain(result) if looks is None else looks
    reference = result[baseline]
    least = []
    for name, values in zip(result.policies, result.waits):
        if name == baseline:
            continue
        difference = np.sort(values - reference)
        least.append(_least(np.abs(difference)))
        better, worse = (difference < 0).mean(), (difference > 0).mean()
        label = f"{name}: {better:.0%} better, {worse:.0%} worse"
        axes.plot(share, difference, **_line(looks[name], label))
    axes.axhline(0, color=style.BOUND, linewidth=1)
    axes.set_yscale("symlog", linthresh=max(least))
    axes.set_xlim(0, 1)
    axes.yaxis.set_major_formatter(style.SECONDS)
    axes.set_xlabel("share of episodes, sorted by difference")
    axes.set_ylabel(f"total wait minus that of {baseline} (s)")
    axes.set_title(f"Paired differences from {baseline}")
    _legend(axes, 2)
    style.tidy(axes)


def _plain(result: Evaluation) -> dict[str, style.Look]:
    """A different colour for each policy."""
    return {
        name: style.Look(style.colour(index), style.line(index))
        for index, name in enumerate(result.policies)
    }


def _legend(axes: Axes, columns: int) -> None:
    """Puts the legend below the plot, as curves can pass through any corner."""
    if axes.get_legend_handles_labels()[1]:
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.14),
            ncols=columns,
            frameon=False,
            fontsize="small",
        )


def _line(look: style.Look, label: str) -> dict[str, Any]:
    return {
        "color": look.colour,
        "linestyle": look.line,
        "linewidth": look.width,
        "alpha": look.alpha,
        "label": label,
    }


def _share(count: int) -> NDArray[np.float64]:
    return np.arange(1, count + 1) / max(1, count)


def _least(values: NDArray[Any]) -> float:
    """A lower limit for logarithmic axes: a power of ten near the smallest nonzero values."""
    positive = values[values > 0]
    if positive.size == 0:
        return 1.0
    return float(10.0 ** np.floor(np.log10(np.quantile(positive, 0.1))))
