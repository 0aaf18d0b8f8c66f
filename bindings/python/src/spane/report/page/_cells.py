"""The cells of an experiment's tables."""

from __future__ import annotations

from spane.report._metrics import METRICS
from spane.report.folders import Estimate, Experiment, SummaryRow
from spane.report.page._html import Cell


def column_title(name: str, experiment: Experiment) -> str:
    """The column heading of a statistic."""
    return METRICS[name].title.format(threshold=f"{experiment.threshold:,.0f}")


def row_name(row: SummaryRow) -> str:
    """The first cell of a row."""
    return f"{row.name} (group)" if row.kind == "group" else row.name


def figure_cell(name: str, estimate: Estimate | None) -> Cell:
    """An estimate with its interval below."""
    if estimate is None:
        return Cell("-")
    text = figure_text(name, estimate.value)
    if estimate.low is None or estimate.high is None:
        return Cell(text)
    low, high = (figure_text(name, end, rough=True) for end in (estimate.low, estimate.high))
    return Cell(text, f"{low} … {high}")


def difference_cell(name: str, estimate: Estimate) -> Cell:
    """A signed difference, bold if its interval excludes zero."""
    cell = figure_cell(name, estimate)
    sign = "+" if estimate.value > 0 else ""
    return Cell(sign + cell.text, cell.small, estimate.excludes_zero)


def figure_text(name: str, value: float, rough: bool = False) -> str:
    """A statistic as text; `rough` gives fewer digits, for the ends of intervals."""
    unit = METRICS[name].unit
    if unit == "logarithm":
        return f"{value:.2f}" if rough else f"{value:.3f}"
    if unit == "share":
        return f"{100 * value:.1f}" if rough else f"{100 * value:.1f} %"
    if unit == "servers":
        return f"{value:,.2f}"
    return f"{value:,.0f}" if rough else f"{value:,.1f}"
