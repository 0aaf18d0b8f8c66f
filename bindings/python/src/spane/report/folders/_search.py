"""The output of `spane search`, or a CSV table of trials."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import FormatError

SEARCH_RESULTS = "results.csv"
"""The file that marks the folder of a search."""

_NO_PARAMETERS = {
    *("trial", "seed", "seconds", "step", "steps", "status", "state", "folder", "file"),
    *("untrained", "first_fit", "validations"),
}


@dataclass(frozen=True)
class Search:
    """The trials of a hyperparameter search, one row per trial."""

    path: Path
    trials: tuple[str, ...]
    """The name of each trial; its row number if the file has no names."""
    parameters: Mapping[str, tuple[float | str, ...]]
    """The values of each hyperparameter by trial; constant ones are omitted."""
    results: NDArray[np.float64]
    """(trials,); the result of each, lower is better; NaN if the trial failed."""
    seconds: NDArray[np.float64]
    """(trials,); the duration of each; NaN if unknown."""
    untrained: NDArray[np.float64]
    """(trials,); the result with random, untrained weights; NaN if unknown."""

    @classmethod
    def load(cls, file: arguments.Path, result: str = "validation") -> Search:
        """Reads the folder of a search, or a CSV file with a header.

        `result` is the column with the results. `trial`, `seed`, `seconds` and columns about the
        state of a trial are not hyperparameters.
        """
        path = arguments.file(file, "file")
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


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _column(rows: list[dict[str, str]], name: str) -> NDArray[np.float64]:
    """The numbers of a column; NaN where there is none."""
    values = [_value(row.get(name, "")) for row in rows]
    return np.array([value if isinstance(value, float) else math.nan for value in values])
