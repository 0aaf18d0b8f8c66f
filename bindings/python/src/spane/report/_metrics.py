"""The metrics of experiments by their names in files.

The library's table is WaitMetric.swift; a test of the library compares the two.
"""

from __future__ import annotations

from typing import NamedTuple


class Metric(NamedTuple):
    """How a metric is shown; `{threshold}` stands for the threshold of the experiment."""

    unit: str
    """"seconds", "logarithm" or "share"."""
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
}

PLAIN = tuple(name for name in METRICS if not name.startswith(("above_bound", "saved")))
"""Those of a policy's waits alone, which have differences."""

COLUMNS = tuple(name for name in METRICS if name in PLAIN or name.endswith("_15"))
"""The columns of tables."""
