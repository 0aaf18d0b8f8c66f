"""Results of an evaluation."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from ctypes import byref, c_double
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._comparison import Comparison, compare
from spane._errors import FormatError, check
from spane._library import library
from spane._long_call import Progress
from spane._moves import Moves

_COLUMNS = ["start", "length", "bound"]


class Row(NamedTuple):
    """Total wait per episode of one policy, in seconds."""

    policy: str
    trimmed_mean: float
    mean: float
    median: float
    largest: float


class Summary(NamedTuple):
    """One row per policy and one for the lower bound; `print` shows a table."""

    fraction: float
    rows: tuple[Row, ...]

    def row(self, policy: str) -> Row:
        """The row of one policy."""
        for row in self.rows:
            if row.policy == policy:
                return row
        raise KeyError(policy)

    def __str__(self) -> str:
        width = max(len(row.policy) for row in self.rows)
        head = f"{'':<{width}}  {'trimmed mean':>14}  {'mean':>14}  {'median':>14}  {'largest':>14}"
        lines = [
            f"{row.policy:<{width}}  " + "  ".join(f"{value:>14,.2f}" for value in row[1:])
            for row in self.rows
        ]
        return "\n".join([head, *lines])


@dataclass(frozen=True)
class Evaluation:
    """Total waits in seconds, one episode per start."""

    policies: tuple[str, ...]
    """The names of the policies."""
    starts: NDArray[np.int64]
    """(episodes,); index of the first VM."""
    lengths: NDArray[np.int64]
    """(episodes,); number of VMs placed."""
    bounds: NDArray[np.float64]
    """(episodes,); lower bound that no policy can beat."""
    waits: NDArray[np.float64]
    """(policies, episodes)"""
    fleet_metrics: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    """(policies, episodes) by name, see `spane.fleet_metrics`; empty unless samples were taken."""
    moves: Moves | None = None
    """What was moved; None unless moves were allowed."""

    def __getitem__(self, policy: str) -> NDArray[np.float64]:
        """The waits of one policy."""
        if policy not in self.policies:
            raise KeyError(policy)
        waits: NDArray[np.float64] = self.waits[self.policies.index(policy)]
        return waits

    def summary(self, fraction: float = 0.1) -> Summary:
        """Summary statistics of each policy. The trimmed mean drops the lowest and highest
        int(episodes * fraction) episodes."""
        named = [("lower bound", self.bounds), *zip(self.policies, self.waits)]
        return Summary(fraction, tuple(_row(name, waits, fraction) for name, waits in named))

    def compare(
        self,
        baseline: str | None = None,
        metric: str = "trimmed_mean_10",
        *,
        confidence: float = 0.95,
        threshold: float = 500_000.0,
        block_length: arguments.Index | None = None,
        resamples: arguments.Index = 5000,
        seed: arguments.Index = 1,
        threads: arguments.Index = 0,
        progress: Progress | None = None,
    ) -> Comparison:
        """Each policy's metric and how much it is above the baseline's (the first policy's), with
        confidence intervals: the numbers of `spane experiment wait-time` for the same waits.

        The metric is "trimmed_mean_10", "trimmed_mean_15" (seconds), "mean_log" (of 1 + wait /
        1000 s) or "share_above", the share of episodes that wait longer than `threshold` seconds.
        The intervals come from a block bootstrap over time that draws `block_length` episodes
        together (None for what suits them), `resamples` times, the same for all policies. The
        result does not depend on `threads` (0 for all processors). `progress` is told resamples.
        """
        return compare(
            self.policies,
            self.starts,
            self.lengths,
            self.bounds,
            self.waits,
            baseline=baseline,
            metric=metric,
            confidence=confidence,
            threshold=threshold,
            block_length=block_length,
            resamples=resamples,
            seed=seed,
            threads=threads,
            progress=progress,
        )

    def save_csv(self, path: arguments.Path) -> None:
        """Writes the same file as `spane evaluate --output`."""
        with arguments.file(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*_COLUMNS, *self.policies])
            for index, start in enumerate(self.starts):
                numbers = [self.bounds[index], *self.waits[:, index]]
                texts = [repr(float(number)) for number in numbers]
                writer.writerow([start, self.lengths[index], *texts])

    @classmethod
    def load_csv(cls, path: arguments.Path) -> Evaluation:
        """Reads a file written by `save_csv` or `spane evaluate --output`."""
        with arguments.file(path).open(newline="", encoding="utf-8") as file:
            lines = list(csv.reader(file))
        if not lines or lines[0][:3] != _COLUMNS:
            raise FormatError(f"{path}: the first line must begin with {','.join(_COLUMNS)}")
        policies = tuple(lines[0][3:])
        for number, line in enumerate(lines[1:], 2):
            if len(line) != len(lines[0]):
                raise FormatError(
                    f"{path}:{number}: has {len(line)} columns; it must have {len(lines[0])}"
                )
        try:
            table = np.array(lines[1:], dtype=object).reshape(-1, len(lines[0]))
            integers = table[:, :2].astype(np.int64)
            numbers = table[:, 2:].astype(np.float64)
        except ValueError as error:
            raise FormatError(f"{path}: {error}") from None
        columns = np.ascontiguousarray(numbers.T)
        return cls(policies, integers[:, 0].copy(), integers[:, 1].copy(), columns[0], columns[1:])


def trimmed_mean(values: Any, fraction: float = 0.1) -> float:
    """The mean without the lowest and highest int(n * fraction) of the n values (float64)."""
    numbers = arguments.given(values, np.float64, (None,), "values")
    share, mean = arguments.real(fraction, "fraction"), c_double()
    where = arguments.address(numbers)
    check(library().spane_trimmed_mean(where, len(numbers), share, byref(mean)))
    return mean.value


def _row(name: str, waits: NDArray[np.float64], fraction: float) -> Row:
    if len(waits) == 0:
        return Row(name, *([float("nan")] * 4))
    mean = trimmed_mean(np.ascontiguousarray(waits), fraction)
    return Row(name, mean, float(waits.mean()), float(np.median(waits)), float(waits.max()))
