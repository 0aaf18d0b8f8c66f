"""What the `spane` command leaves in folders: experiments, runs and searches.

Everything is read from the JSON and CSV files beside the HDF5 files, so h5py is not needed.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import FormatError
from spane._evaluation import Evaluation

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Steps, and a value at each."""


@dataclass(frozen=True)
class Estimate:
    """A metric and its confidence interval, whose ends are None where there is none."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SummaryRow:
    """The metrics of a policy, a group, a member of a group, or the bound."""

    name: str
    kind: str
    """`policy`, `group`, `member` or `bound`."""
    group: str | None
    figures: Mapping[str, Estimate]
    """By the names in docs/experiments.md, such as `trimmed_mean_10`."""
    differences: Mapping[str, Estimate]
    """From the baseline; empty for the baseline itself and the bound."""
    spread: Mapping[str, Mapping[str, float]]
    """For a group: `lowest`, `median`, `mean` and `highest` of its members."""


@dataclass(frozen=True)
class ServerCount:
    """An experiment on one number of servers."""

    servers: int
    mean_length: float
    block_length: int
    block_count: int
    block_spans: float
    rows: tuple[SummaryRow, ...]
    waits: Evaluation
    """Every wait; the policies without the groups."""

    def row(self, name: str) -> SummaryRow:
        """The row of a policy or a group."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)


@dataclass(frozen=True)
class Experiment:
    """What `spane experiment` left in a folder."""

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
    """By number of servers, in the order in which they were asked for."""

    @classmethod
    def load(cls, folder: arguments.Path) -> Experiment:
        """Reads a folder whose experiment is finished."""
        path = Path(folder)
        manifest = _document(path / "experiment.json", "spane-experiment")
        if not (path / "summary.json").is_file():
            raise FormatError(
                f"{path}: has no summary.json; the experiment is not finished, so give its "
                "command again"
            )
        summary = _document(path / "summary.json", "spane-experiment-summary")
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
                counts=tuple(_count(path, count) for count in summary["clusters"]),
            )
        except (KeyError, TypeError) as error:
            raise FormatError(f"{path / 'summary.json'}: is not complete: {error!r}") from None


@dataclass(frozen=True)
class Run:
    """What a training run left in a folder."""

    path: Path
    config: str
    """The text of config.toml; empty where there is none."""
    metrics: Mapping[str, Curve]
    """What was logged of each step, by name. `validation` is the result of the validations, and
    `validation, N servers` that of each cluster where there are several."""
    measure: str
    """What a validation measures, for instance `mean-log`; results of other measures cannot be
    compared with it. Empty before the run has begun."""
    first_fit: float | None
    """What First Fit comes to in the validation."""
    seconds: float
    """How long the run took, as far as the log says."""

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.path.resolve().name

    @property
    def best(self) -> tuple[float, float] | None:
        """The step and the value of the lowest validation, or None before the first."""
        if "validation" not in self.metrics:
            return None
        steps, values = self.metrics["validation"]
        place = int(np.argmin(values))
        return float(steps[place]), float(values[place])

    @classmethod
    def load(cls, folder: arguments.Path) -> Run:
        """Reads log.jsonl and config.toml. The last line of the log may be cut off, as a run that
        was killed leaves it."""
        path = Path(folder)
        log = path / "log.jsonl"
        points: dict[str, dict[float, float]] = {}
        seconds = 0.0
        measure, first_fit = "", None
        for entry in _lines(log):
            if entry.get("event") == "start":
                measure = _measure(entry)
                first_fit = _validation(entry, "first_fit").get("validation")
            step = _number(entry.get("step"))
            if step is None:
                continue
            seconds = max(seconds, _number(entry.get("seconds")) or 0.0)
            if entry.get("event") == "validation":
                numbers = _validation(entry, "result")
            elif entry.get("event") == "step":
                numbers = _numbers(entry)
            else:
                continue
            for name, value in numbers.items():
                points.setdefault(name, {})[step] = value
        config = path / "config.toml"
        return cls(
            path=path,
            config=config.read_text(encoding="utf-8") if config.is_file() else "",
            metrics={name: _curve(values) for name, values in points.items()},
            measure=measure,
            first_fit=first_fit,
            seconds=seconds,
        )


@dataclass(frozen=True)
class Search:
    """The trials of a search for hyper-parameters: one row a trial."""

    path: Path
    trials: tuple[str, ...]
    """What the file calls each trial; the number of its row where the file does not say."""
    parameters: Mapping[str, tuple[float | str, ...]]
    """What each trial had, by hyper-parameter; those that never change are left out."""
    results: NDArray[np.float64]
    """(trials,); what came of each; lower is better. Not a number where a trial failed."""
    seconds: NDArray[np.float64]
    """(trials,); how long each took; not a number where the file does not say."""
    untrained: NDArray[np.float64]
    """(trials,); the result of random weights; not a number where the file does not say."""

    @classmethod
    def load(cls, file: arguments.Path, result: str = "validation") -> Search:
        """Reads the folder of a search, or a CSV file with a header.

        `result` is the column of what came of a trial;
        `trial`, `seed`, `seconds` and columns about the state of a trial are no hyper-parameters.
        """
        path = Path(file)
        table = path / SEARCH_RESULTS if path.is_dir() else path
        with table.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            rows = list(reader)
            names = list(reader.fieldnames or [])
        if result not in names:
            raise FormatError(
                f"{table}: has no column {result}; it has {', '.join(names) or 'none'}"
            )
        kept = {
            name: tuple(_value(row[name]) for row in rows)
            for name in names
            if name != result and name not in _NO_PARAMETERS
        }
        return cls(
            path=path,
            trials=tuple(row.get("trial") or str(number) for number, row in enumerate(rows)),
            parameters={name: values for name, values in kept.items() if len(set(values)) > 1},
            results=_column(rows, result),
            seconds=_column(rows, "seconds"),
            untrained=_column(rows, "untrained"),
        )


SEARCH_RESULTS = "results.csv"
"""The file in the folder of a search."""

_NO_PARAMETERS = {
    *("trial", "seed", "seconds", "step", "steps", "status", "state", "folder", "file"),
    *("untrained", "first_fit", "validations"),
}


def _document(path: Path, kind: str) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FormatError(f"{path}: is not JSON: {error}") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != kind or document.get("format_version") != 1:
        raise FormatError(f"{path}: its format is {found}; it must be {kind}, version 1")
    return dict(document)


def _count(path: Path, entry: Mapping[str, Any]) -> ServerCount:
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
            )
            for row in entry["rows"]
        ),
        waits=Evaluation.load_csv(path / f"waits-{entry['servers']}.csv"),
    )


def _estimates(entries: Mapping[str, Mapping[str, float]]) -> dict[str, Estimate]:
    return {
        name: Estimate(entry["value"], entry.get("low"), entry.get("high"))
        for name, entry in entries.items()
    }


def _lines(path: Path) -> Iterable[Mapping[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            if number == len(lines):
                return
            raise FormatError(f"{path}:{number}: is not JSON") from None
        if isinstance(entry, dict):
            yield entry


def _numbers(entry: Mapping[str, Any]) -> dict[str, float]:
    """The figures of the learner by name."""
    numbers = {name: _number(value) for name, value in entry.items()}
    return {
        name: value
        for name, value in numbers.items()
        if value is not None and name not in ("step", "seconds")
    }


def _validation(entry: Mapping[str, Any], field: str) -> dict[str, float]:
    """The result of a validation and, where there are several clusters, that of each."""
    result = entry.get(field)
    if not isinstance(result, dict):
        return {}
    numbers = {name: _number(value) for name, value in result.items()}
    several = len(numbers) > 2
    return {
        "validation" if name == "value" else f"validation, {name.replace('_', ' ')}": value
        for name, value in numbers.items()
        if value is not None and (several or name == "value")
    }


def _measure(entry: Mapping[str, Any]) -> str:
    """The metric and, where it is no mean over the clusters, how they are combined."""
    words = [str(entry.get(name, "")) for name in ("metric", "combination")]
    return ", ".join(word for word in words if word not in ("", "mean"))


def _number(value: object) -> float | None:
    """A finite number; nothing else can be drawn."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _curve(points: Mapping[float, float]) -> Curve:
    steps = sorted(points)
    return np.array(steps), np.array([points[step] for step in steps])


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _column(rows: list[dict[str, str]], name: str) -> NDArray[np.float64]:
    """The numbers of a column; not a number where there is none."""
    values = [_value(row.get(name, "")) for row in rows]
    return np.array([value if isinstance(value, float) else math.nan for value in values])
