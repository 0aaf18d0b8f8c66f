"""Builds a page from folders."""

from __future__ import annotations

from collections.abc import Sequence

from spane import _arguments as arguments
from spane.report.folders import (
    EXPERIMENT_MANIFEST,
    RUN_LOG,
    SEARCH_RESULTS,
    Experiment,
    Run,
    Search,
    grouped,
)
from spane.report.page._experiments import add_experiment
from spane.report.page._html import Page
from spane.report.page._runs import add_runs
from spane.report.page._searches import add_search


def page_of(
    paths: Sequence[arguments.Path],
    title: str | None = None,
    figures: arguments.Path | None = None,
) -> Page:
    """The page on these folders and files: experiments first, then runs, then searches.

    If `figures` is given, each figure is also saved to that folder as SVG and PNG.
    """
    experiments, runs, searches = [], [], []
    for each in arguments.items(paths, "paths", "a list of paths"):
        path = arguments.file(each, "paths")
        if path.is_file() or (path / SEARCH_RESULTS).is_file():
            searches.append(Search.load(path))
        elif (path / EXPERIMENT_MANIFEST).is_file():
            experiments.append(Experiment.load(path))
        elif (path / RUN_LOG).is_file():
            runs.append(Run.load(path))
        else:
            raise FileNotFoundError(
                f"{path}: holds no experiment ({EXPERIMENT_MANIFEST}), no run ({RUN_LOG}) and no "
                f"search ({SEARCH_RESULTS})"
            )
    page = Page(
        title or "libspane report",
        None if figures is None else arguments.file(figures, "figures"),
    )
    for experiment in experiments:
        add_experiment(page, experiment)
    if runs:
        add_runs(page, grouped(runs))
    for search in searches:
        add_search(page, search)
    return page
