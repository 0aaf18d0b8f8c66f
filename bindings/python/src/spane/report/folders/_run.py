"""The output of `spane train`."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane.report.folders._json import read_lines

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Steps and the value at each of them."""

RUN_LOG = "log.jsonl"
"""The file that marks the folder of a training run."""

_NO_PART_OF_THE_LEARNER = re.compile(
    r"#|(?:seed|threads|log_every|checkpoint_seconds|keep_validated) *="
)
"""Lines of config.toml that are comments, or by which seeds of one learner may differ."""


@dataclass(frozen=True)
class Run:
    """A training run."""

    path: Path
    config: str
    """The content of config.toml; empty if there is none."""
    metrics: Mapping[str, Curve]
    """Learning curves by name. `validation` is the validation result; with several clusters,
    `validation, N servers` is that of each of them."""
    measure: str
    """The validation metric, for instance `mean-log`; only results of the same metric are
    comparable. Empty before the run starts."""
    first_fit: float | None
    """The validation result of First Fit."""
    seconds: float
    """The duration of the run according to its log."""

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.path.resolve().name

    @property
    def seed(self) -> int | None:
        """The seed of the configuration; None if there is none."""
        found = re.search(r"^seed *= *(\d+) *$", self.config, re.MULTILINE)
        return int(found.group(1)) if found else None

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that runs have in common whose configurations differ only by the seed
        and by what does not change the result; empty without a configuration."""
        lines = (line.strip() for line in self.config.splitlines())
        kept = [line for line in lines if line and not _NO_PART_OF_THE_LEARNER.match(line)]
        return hashlib.sha256("\n".join(kept).encode()).hexdigest()[:8] if kept else ""

    @property
    def best(self) -> tuple[float, float] | None:
        """The step and value of the best (lowest) validation; None before the first one."""
        if "validation" not in self.metrics:
            return None
        steps, values = self.metrics["validation"]
        place = int(np.argmin(values))
        return float(steps[place]), float(values[place])

    @classmethod
    def load(cls, folder: arguments.Path) -> Run:
        """Reads log.jsonl and config.toml. The last line of the log may be incomplete, as after a
        run was killed."""
        path = arguments.file(folder, "folder")
        log = path / RUN_LOG
        points: dict[str, dict[float, float]] = {}
        seconds = 0.0
        measure, first_fit = "", None
        for entry in read_lines(log):
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


def _numbers(entry: Mapping[str, Any]) -> dict[str, float]:
    """The learner's metrics by name."""
    numbers = {name: _number(value) for name, value in entry.items()}
    return {
        name: value
        for name, value in numbers.items()
        if value is not None and name not in ("step", "seconds")
    }


def _validation(entry: Mapping[str, Any], field: str) -> dict[str, float]:
    """The validation result and, with several clusters, the result on each of them."""
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
    """The metric and, unless it is the mean, how results on several clusters are combined."""
    words = [str(entry.get(name, "")) for name in ("metric", "combination")]
    return ", ".join(word for word in words if word not in ("", "mean"))


def _number(value: object) -> float | None:
    """The value if it is a finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _curve(points: Mapping[float, float]) -> Curve:
    steps = sorted(points)
    return np.array(steps), np.array([points[step] for step in steps])
