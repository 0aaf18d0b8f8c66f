"""The section of a report on training runs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

import numpy as np

from spane.report import plot
from spane.report.folders import Run
from spane.report.page._html import Page, Row, plain


def grouped(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Groups runs whose folder names differ only by a number at the end: seeds of one learner.

    Runs with another validation metric form a separate group.
    """
    groups: dict[str, list[Run]] = {}
    for run in runs:
        stem = re.sub(r"[-_.]?(seed[-_.]?)?\d+$", "", run.name)
        # If the folder name is only a number, use that of the parent folder.
        name = stem or run.path.resolve().parent.name
        same = groups.get(name)
        if same and same[0].measure != run.measure:
            name = f"{name} ({run.measure})"
        groups.setdefault(name, []).append(run)
    return groups


def add_runs(page: Page, groups: Mapping[str, Sequence[Run]]) -> None:
    """Adds training runs: learning curves, best validations and configurations."""
    page.section("Training runs")
    page.table(
        [
            *("runs", "seeds", "validation", "First Fit"),
            *("best: lowest", "median", "highest", "seconds per run"),
        ],
        [_best(name, runs) for name, runs in groups.items()],
    )
    # Curves of the same metric are comparable and share a figure.
    for measure in dict.fromkeys(runs[0].measure for runs in groups.values()):
        alike = {name: runs for name, runs in groups.items() if runs[0].measure == measure}
        if any(run.metrics for runs in alike.values() for run in runs):
            page.figure(
                f"Learning curves: {measure}" if measure else "Learning curves",
                plot.learning_curves(alike),
                "Bold: the median of the seeds. Bands: from the lowest to the highest seed.",
            )
        else:
            page.note(f"{', '.join(alike)}: nothing logged yet.")
    for name, runs in groups.items():
        with page.folded(f"{name}: runs and configuration"):
            page.table(
                ["folder", "best validation", "at step", "seconds"], [_run(run) for run in runs]
            )
            shown: set[str] = set()
            for run in runs:
                if run.config and run.config not in shown:
                    shown.add(run.config)
                    page.note(f"config.toml of {run.name}")
                    page.text(run.config)


def _best(name: str, runs: Sequence[Run]) -> Row:
    best = [run.best[1] for run in runs if run.best is not None]
    values = [np.min(best), np.median(best), np.max(best)] if best else []
    cells = [plain(value) for value in values] or ["-"] * 3
    seconds = plain(float(np.median([run.seconds for run in runs])))
    first_fit = "-" if runs[0].first_fit is None else plain(runs[0].first_fit)
    return Row([name, str(len(runs)), runs[0].measure or "-", first_fit, *cells, seconds])


def _run(run: Run) -> Row:
    step, value = ("-", "-") if run.best is None else (plain(run.best[0]), plain(run.best[1]))
    return Row([os.fspath(run.path), value, step, plain(run.seconds)])
