"""The metrics of experiments by their names in files.

The library's table is WaitMetric.swift; a test of the library compares the two.
"""

from __future__ import annotations

from typing import NamedTuple


class Metric(NamedTuple):
    """How a metric is shown; `{threshold}` stands for the threshold of the experiment."""

    unit: str
    """"seconds", "logarithm", "share" or "servers"."""
    title: str
    """The head of a column."""
    panel: str
    """The title of a panel."""


METRICS = {
    "trimmed_mean_10": Metric("seconds", "trimmed 10 %", "trimmed mean, 10 % (s)"),
    "above_bound_10": Metric("seconds", "above bound, 10 %", "above bound, 10 % (s)"),
    "saved_10": Metric("share", "saved, 10 %", "excess saved (10 %)"),
    "trimmed_mean_15": Metric("seconds", "trimmed 15 %", "trimmed mean, 15 % (s)"),
    "above_bound_15": Metric("seconds", "above bound, 15 %", "above bound, 15 % (s)"),
    "saved_15": Metric("share", "saved, 15 %", "excess saved (15 %)"),
    "mean_log": Metric("logarithm", "mean log", "mean of ln(1 + wait/1000 s)"),
    "share_above": Metric("share", "over {threshold} s", "episodes over {threshold} s"),
    "servers_mean": Metric("servers", "mean", "servers, mean"),
    "servers_above_bound": Metric("servers", "above bound", "servers above the bound"),
    "servers_saved": Metric("share", "saved", "excess saved"),
    "servers_p90": Metric("servers", "90th percentile", "servers, 90th percentile"),
}

_COMPARED = ("above_bound", "saved", "servers_above_bound", "servers_saved")


def plain(kind: str) -> tuple[str, ...]:
    """The metrics of a policy alone, which have differences, in an experiment of this kind."""
    return tuple(name for name in _of(kind) if not name.startswith(_COMPARED))


def columns(kind: str) -> tuple[str, ...]:
    """The columns of tables of an experiment of this kind."""
    shown = plain(kind)
    return tuple(
        name
        for name in _of(kind)
        if name in shown or name.endswith("_15") or name.startswith("servers")
    )


def _of(kind: str) -> tuple[str, ...]:
    return tuple(name for name in METRICS if name.startswith("servers") == (kind == "servers"))
