"""Plots the usage of servers over time."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import ShapeMismatchError
from spane._play import Episode
from spane.report.plot import _style as style

_COLUMNS = 600


def occupancy(episode: Episode, title: str | None = None) -> Figure:
    """Two heat maps, for cores and memory: one row per NUMA node, time on the x axis.

    Between placements the last known state is shown.
    """
    arguments.instance(episode, Episode, "episode")
    if episode.used.ndim != 4 or len(episode.used) != len(episode.clock):
        raise ShapeMismatchError(
            f"used has shape {episode.used.shape}; it must be ({len(episode.clock)}, servers, "
            "nodes, 2)"
        )
    _, servers, nodes, kinds = episode.used.shape
    begin, end = float(episode.clock[0]), float(episode.clock[-1])
    times, used = _sampled(episode, begin, end)
    figure = style.figure(10, max(3.5, 1.2 + 0.34 * servers * nodes))
    rows = figure.subplots(kinds, 1, sharex=True, squeeze=False)[:, 0]
    for kind, axes in enumerate(rows):
        image = axes.imshow(
            used[:, :, :, kind].reshape(len(times), servers * nodes).T,
            aspect="auto",
            interpolation="nearest",
            cmap="viridis",
            vmin=0,
            vmax=1,
            extent=(0, max(end - begin, 1) / 3600, servers * nodes - 0.5, -0.5),
        )
        for server in range(1, servers):
            axes.axhline(server * nodes - 0.5, color="white", linewidth=1)
        step = max(1, servers // 10)
        axes.set_yticks([nodes * server + (nodes - 1) / 2 for server in range(0, servers, step)])
        axes.set_yticklabels([str(server) for server in range(0, servers, step)])
        axes.set_ylabel(f"server ({('cores', 'GB')[kind]})")
    rows[-1].set_xlabel("hours since the start of the episode")
    rows[0].set_title(
        title or f"{len(episode.clock):,} VMs, total wait {episode.total_wait:,.0f} s"
    )
    bar = figure.colorbar(image, ax=list(rows), label="share in use", fraction=0.03, pad=0.01)
    bar.ax.yaxis.set_major_formatter(style.PERCENT)
    return figure


def _sampled(
    episode: Episode, begin: float, end: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Samples the state at evenly spaced times."""
    times = np.linspace(begin, end, _COLUMNS)
    seen = np.searchsorted(episode.clock, times, side="right") - 1
    return times, episode.used[np.clip(seen, 0, None)]
