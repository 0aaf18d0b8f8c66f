"""What `spane train` leaves in a folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane.report.folders._json import read_lines

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Steps, and a value at each."""

RUN_LOG = "log.jsonl"
"""The file that every run has in its folder."""


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
