"""Plots of hyperparameter searches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane.report.folders import Search
from spane.report.plot import _style as style

_MOST_CHOICES = 12


def hyperparameters(search: Search) -> Figure:
    """The result of every trial (lower is better) against each hyperparameter.

    Discrete values are columns of points with median and quartiles; values drawn from a range are a
    scatter plot. Stars mark the three best trials.
    """
    arguments.instance(search, Search, "search")
    names = list(search.parameters)
    finished = np.isfinite(search.results)
    if not names or not finished.any():
        raise InvalidArgumentError("the search has no finished trials that differ")
    columns = min(len(names), 4)
    rows = -(-len(names) // columns)
    figure = style.figure(max(5.0, 3.1 * columns), 0.5 + 2.9 * rows)
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False)
    results = search.results[finished]
    best = np.argsort(results, kind="stable")[:3]
    for name, axes in zip(names, panels.ravel()):
        values = [value for value, kept in zip(search.parameters[name], finished) if kept]
        places = _places(axes, values, results)
        axes.plot(
            places[best],
            results[best],
            "*",
            color=style.COLOURS[1],
            markersize=10,
            markeredgecolor="white",
            markeredgewidth=0.5,
            zorder=4,
        )
        axes.set_xlabel(name)
        style.tidy(axes)
        axes.grid(axis="x", visible=False)
    for axes in panels.ravel()[len(names) :]:
        axes.set_visible(False)
    if results.min() > 0 and results.max() / results.min() > 10:
        panels[0, 0].set_yscale("log")
        panels[0, 0].yaxis.set_minor_formatter(style.UNLABELLED)
    if np.abs(results).max() >= 1000:
        panels[0, 0].yaxis.set_major_formatter(style.SECONDS)
    for axes in panels[:, 0]:
        axes.set_ylabel("result (lower is better)")
    return figure


def _places(
    axes: Axes, values: Sequence[float | str], results: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draws the trials and returns their x coordinates."""
    numbers = all(isinstance(value, float) for value in values)
    choices = sorted(set(values)) if numbers else sorted(set(values), key=str)
    if numbers and len(choices) > _MOST_CHOICES:
        places = np.array(values, dtype=float)
        axes.plot(places, results, ".", color=style.COLOURS[0], alpha=0.5, markersize=5)
        if places.min() > 0 and places.max() / places.min() > 30:
            axes.set_xscale("log")
        return places
    # A fixed seed, so that the same search always gives the same plot.
    spread = np.random.default_rng(1).uniform(-0.22, 0.22, len(values))
    column = np.array([choices.index(value) for value in values])
    places = column + spread
    axes.plot(places, results, ".", color=style.COLOURS[0], alpha=0.45, markersize=5)
    for index in range(len(choices)):
        here = results[column == index]
        low, middle, high = np.quantile(here, [0.25, 0.5, 0.75])
        axes.vlines(index, low, high, color="#000000", linewidth=5, alpha=0.4, zorder=3)
        axes.hlines(middle, index - 0.32, index + 0.32, color="#000000", linewidth=1.8, zorder=3)
    axes.set_xticks(range(len(choices)), [_text(choice) for choice in choices])
    if max(len(_text(choice)) for choice in choices) * len(choices) > 28:
        axes.tick_params(axis="x", labelrotation=30)
    axes.set_xlim(-0.6, len(choices) - 0.4)
    return places


def _text(choice: float | str) -> str:
    return choice if isinstance(choice, str) else f"{choice:g}"
