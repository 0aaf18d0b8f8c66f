"""The section of a report on training runs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np

from spane.report import plot
from spane.report.folders import Run
from spane.report.page._html import Page, Row, plain


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
                "Bold: the mean of the seeds. Bands: its 95 % interval over seeds, by Student's t "
                "distribution; two seeds give a very wide one. Thin: each seed.",
            )
        else:
            page.note(f"{', '.join(alike)}: nothing logged yet.")
    for name, runs in groups.items():
        twice = sorted({run.seed or 0 for run in runs if _same_seed(runs, run) > 1})
        if twice:
            page.note(
                f"{name}: several runs have the seed {', '.join(map(str, twice))}; the interval "
                "takes each seed once."
            )
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


def _same_seed(runs: Sequence[Run], run: Run) -> int:
    return sum(other.seed == run.seed for other in runs) if run.seed is not None else 1


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
