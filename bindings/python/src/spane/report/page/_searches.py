"""The section of a report on a search."""

from __future__ import annotations

import numpy as np

from spane.report import plot
from spane.report.folders import Search
from spane.report.page._html import Page, Row, plain


def add_search(page: Page, search: Search) -> None:
    """Adds a search: the results by hyperparameter, and the best trials."""
    page.section(f"Search: {search.path.name}")
    finished = np.flatnonzero(np.isfinite(search.results))
    count = len(search.results)
    seconds = float(np.nansum(search.seconds))
    took = f", {plain(round(seconds))} seconds in total" if seconds > 0 else ""
    page.note(f"{count:,} trials, {len(finished):,} finished{took}. Lower results are better.")
    if np.isfinite(search.untrained).any():
        least = plain(float(np.nanmin(search.untrained)))
        page.note(
            f"Untrained: the best of as many random networks of the same shapes reaches {least}."
        )
    if len(finished) == 0:
        return
    if search.parameters:
        page.figure(
            "Results by hyperparameter",
            plot.hyperparameters(search),
            "All trials. Lines are medians, bars the middle 50 %, stars the three best trials.",
        )
    best = sorted(finished, key=lambda trial: float(search.results[trial]))[:10]
    page.heading("Best trials")
    page.table(
        ["rank", "trial", "result", *search.parameters, "seconds"],
        [
            Row(
                [
                    str(place),
                    search.trials[trial],
                    plain(float(search.results[trial])),
                    *(_setting(values[trial]) for values in search.parameters.values()),
                    _seconds(float(search.seconds[trial])),
                ]
            )
            for place, trial in enumerate(best, 1)
        ],
    )


def _setting(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _seconds(value: float) -> str:
    return "-" if np.isnan(value) else plain(value)
