"""Policies beside each other, with confidence intervals."""

from __future__ import annotations

from ctypes import POINTER, byref, cast
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import check
from spane._library import library
from spane._long_call import LongCall, Progress
from spane._structs import ComparisonInfo, ComparisonOptions, sized
from spane._structs import Estimate as EstimateStruct

METRICS = ("trimmed_mean_10", "trimmed_mean_15", "mean_log", "share_above")
"""What waits are compared by, as in `spane experiment`; in the order of C."""

BOUND = "lower bound"
"""The name of the row of the bound."""


class Estimate(NamedTuple):
    """A figure and its confidence interval."""

    value: float
    low: float
    """NaN where there are too few episodes for an interval."""
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


class Compared(NamedTuple):
    """What a policy comes to."""

    policy: str
    figure: Estimate
    """The metric."""
    difference: Estimate | None
    """That less the baseline's in the same resamples; None for the baseline and the bound."""


class Comparison(NamedTuple):
    """One row per policy and one for the lower bound; `print` shows a table."""

    metric: str
    baseline: str
    confidence: float
    block_length: int
    """Episodes that the bootstrap draws together."""
    blocks: int
    """Whole blocks that the episodes make."""
    spans: float
    """How many times what an episode covers a block covers; below 2 intervals are too narrow."""
    rows: tuple[Compared, ...]

    def row(self, policy: str) -> Compared:
        """The row of one policy."""
        for row in self.rows:
            if row.policy == policy:
                return row
        raise KeyError(policy)

    def __str__(self) -> str:
        interval = f"{self.confidence:.0%} interval".replace("%", " %")
        table = [["", self.metric, interval, f"less {self.baseline}", interval]]
        # Waits are in seconds; shares and logarithms are small numbers.
        digits = 1 if self.metric.startswith("trimmed") else 3
        for row in self.rows:
            cells = [row.policy, *_cells(row.figure, ",", digits)]
            if row.difference is not None:
                star = " *" if row.difference.is_sure else "  "
                value, ends = _cells(row.difference, "+,", digits)
                cells += [value + star, ends]
            table.append(cells)
        return _aligned(table)


def compare(
    policies: tuple[str, ...],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    bounds: NDArray[np.float64],
    waits: NDArray[np.float64],
    *,
    baseline: str | None,
    metric: str,
    confidence: float,
    threshold: float,
    block_length: arguments.Index | None,
    resamples: arguments.Index,
    seed: arguments.Index,
    threads: arguments.Index,
    progress: Progress | None,
) -> Comparison:
    """See `Evaluation.compare`."""
    names = [*policies, BOUND]
    chosen = names[0] if baseline is None else arguments.choice(baseline, names, "baseline")
    place = METRICS.index(arguments.choice(metric, METRICS, "metric"))
    options = sized(ComparisonOptions)
    options.threads = arguments.int32(threads, "threads")
    options.confidence = arguments.real(confidence, "confidence")
    options.threshold = arguments.real(threshold, "threshold")
    options.block_length = (
        0 if block_length is None else arguments.int64(block_length, "block_length")
    )
    options.resamples = arguments.int64(resamples, "resamples")
    options.seed = arguments.uint64(seed, "seed")
    rows = np.ascontiguousarray(np.vstack([waits.reshape(len(policies), -1), bounds[None, :]]))
    starts, lengths = np.ascontiguousarray(starts), np.ascontiguousarray(lengths)
    figures, differences = np.zeros((2, len(rows), len(METRICS), 3))
    info = sized(ComparisonInfo)
    call = LongCall(progress)

    def work() -> None:
        status = library().spane_compare_waits(
            byref(options),
            *map(arguments.address, (starts, lengths)),
            len(starts),
            arguments.address(rows),
            len(rows),
            names.index(chosen),
            call.told,
            *(
                cast(arguments.address(out), POINTER(EstimateStruct))
                for out in (figures, differences)
            ),
            byref(info),
        )
        check(status)

    call.run(work)
    return Comparison(
        metric,
        chosen,
        options.confidence,
        info.block_length,
        info.blocks,
        info.spans,
        tuple(
            Compared(
                name,
                _estimate(figures[index, place]),
                None if name in (chosen, BOUND) else _estimate(differences[index, place]),
            )
            for index, name in enumerate(names)
        ),
    )


def _estimate(values: NDArray[np.float64]) -> Estimate:
    return Estimate(*values.tolist())


def _cells(estimate: Estimate, form: str, digits: int) -> list[str]:
    ends = f"{estimate.low:{form}.{digits}f} … {estimate.high:{form}.{digits}f}"
    return [f"{estimate.value:{form}.{digits}f}", ends if estimate.low == estimate.low else "-"]


def _aligned(table: list[list[Any]]) -> str:
    widths = [max(len(row[i]) for row in table if i < len(row)) for i in range(len(table[0]))]
    lines = []
    for row in table:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
