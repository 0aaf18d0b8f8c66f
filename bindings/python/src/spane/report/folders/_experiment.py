"""The output of `spane experiment`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spane import _arguments as arguments
from spane._errors import FormatError
from spane._evaluation import Evaluation
from spane.report.folders._json import read_document

EXPERIMENT_MANIFEST = "experiment.json"
"""The file that marks the folder of an experiment."""


@dataclass(frozen=True)
class Estimate:
    """An estimate and its confidence interval; the ends are None if there is no interval."""

    value: float
    low: float | None
    high: float | None

    @property
    def excludes_zero(self) -> bool:
        """Whether there is an interval and it does not contain zero."""
        if self.low is None or self.high is None:
            return False
        return not self.low <= 0 <= self.high


@dataclass(frozen=True)
class SummaryRow:
    """The statistics of a policy, a group, a member of a group, or the lower bound."""

    name: str
    kind: str
    """`policy`, `group`, `member` or `bound`."""
    group: str | None
    figures: Mapping[str, Estimate]
    """By name as in docs/experiments.md, such as `trimmed_mean_10`."""
    differences: Mapping[str, Estimate]
    """Differences from the baseline; empty for the baseline itself and the lower bound."""
    spread: Mapping[str, Mapping[str, float]]
    """For a group: `lowest`, `median`, `mean` and `highest` of its members."""
    moved: Mapping[str, float] | None = None
    """What was moved, by name as in docs/experiments.md; None where nothing may be."""
    saved_by_moves: Mapping[str, Estimate] = field(default_factory=dict)
    """With several numbers of moves, how much lower figures are than with the first of them."""


@dataclass(frozen=True)
class ServerCount:
    """An experiment at one number of servers."""

    servers: int
    mean_length: float
    block_length: int
    block_count: int
    block_spans: float
    rows: tuple[SummaryRow, ...]
    waits: Evaluation
    """The wait of every episode, for all policies but not for groups; where servers are counted,
    how many are needed for every window."""
    moves: int | None = None
    """The most moves that make room for a VM; None if moves were not asked for."""

    def row(self, name: str) -> SummaryRow:
        """The row of a policy or a group."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)


@dataclass(frozen=True)
class Experiment:
    """An experiment that `spane experiment` has run."""

    path: Path
    kind: str
    manifest: Mapping[str, Any]
    """The content of experiment.json."""
    baseline: str
    threshold: float
    confidence: float
    resamples: int
    seed: int
    counts: tuple[ServerCount, ...]
    """One entry per number of servers, in the order requested; where servers are counted, one per
    number of moves."""

    @property
    def counts_servers(self) -> bool:
        """Whether it compares the servers that the policies need, by window, and not waits."""
        return self.kind == "servers"

    @classmethod
    def load(cls, folder: arguments.Path) -> Experiment:
        """Reads the folder of a finished experiment."""
        path = arguments.file(folder, "folder")
        manifest = read_document(path / EXPERIMENT_MANIFEST, "spane-experiment")
        if shard := manifest.get("shard"):
            raise FormatError(
                f"{path}: is shard {shard['number']} of {shard['count']} of an experiment; "
                "spane merge makes the whole of all shards"
            )
        if not (path / "summary.json").is_file():
            raise FormatError(
                f"{path}: has no summary.json; the experiment is not finished: run its command "
                "again to resume it"
            )
        summary = read_document(path / "summary.json", "spane-experiment-summary")
        try:
            return cls(
                path=path,
                kind=manifest["experiment"],
                manifest=manifest,
                baseline=summary["baseline"],
                threshold=summary["threshold"],
                confidence=summary["confidence"],
                resamples=summary["resamples"],
                seed=summary["seed"],
                counts=tuple(
                    _count(path, count, manifest["experiment"]) for count in summary["clusters"]
                ),
            )
        except (KeyError, TypeError) as error:
            raise FormatError(f"{path / 'summary.json'}: is incomplete: {error!r}") from None


def _count(path: Path, entry: Mapping[str, Any], kind: str) -> ServerCount:
    moves = entry.get("moves")
    table = f"waits-{entry['servers']}.csv"
    if kind == "servers":
        table = "servers.csv" if moves is None else f"servers-moves-{moves}.csv"
    return ServerCount(
        servers=entry["servers"],
        mean_length=entry["mean_length"],
        block_length=entry["block_length"],
        block_count=entry["block_count"],
        block_spans=entry["block_spans"],
        rows=tuple(
            SummaryRow(
                name=row["name"],
                kind=row["kind"],
                group=row.get("group"),
                figures=_estimates(row["figures"]),
                differences=_estimates(row["differences"]),
                spread=row["spread"],
                moved=row.get("moves"),
                saved_by_moves=_estimates(row.get("saved_by_moves", {})),
            )
            for row in entry["rows"]
        ),
        waits=Evaluation.load_csv(path / table),
        moves=moves,
    )


def _estimates(entries: Mapping[str, Mapping[str, float]]) -> dict[str, Estimate]:
    return {
        name: Estimate(entry["value"], entry.get("low"), entry.get("high"))
        for name, entry in entries.items()
    }
