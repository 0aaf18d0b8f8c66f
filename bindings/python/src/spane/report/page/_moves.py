"""The tables of a report on experiments with several numbers of moves."""

from __future__ import annotations

from spane.report import plot
from spane.report.folders import Experiment
from spane.report.page import _cells as cells
from spane.report.page._html import Page, Row

_HEADER = ["moves", "servers, mean", "90th percentile", "fewer servers"]
_MOVED = {
    "moves/1,000 VMs": "moves_per_1000_vms",
    "moves/day": "moves_per_day",
}


def add_moves(page: Page, experiment: Experiment) -> None:
    """Adds a figure, and a table for each policy and group with a line for each number of moves."""
    page.figure(
        "Servers needed by the moves that make room for a VM",
        plot.move_counts(experiment),
        "Left: lower is better; the dotted line is the lower bound for every policy and any moves.",
    )
    for shown in experiment.counts[0].rows:
        if shown.kind not in ("policy", "group"):
            continue
        page.heading(f"{shown.name}: servers needed by the moves that make room for a VM")
        page.table(
            [*_HEADER, *_MOVED, "GB moved/GB"],
            [_row(experiment, shown.name, place) for place in range(len(experiment.counts))],
        )
    page.note(
        f"fewer servers: than with up to {experiment.counts[0].moves} moves, in the same windows. "
        "GB moved/GB: what goes from server to server, of the memory that is placed."
    )


def _row(experiment: Experiment, name: str, place: int) -> Row:
    count = experiment.counts[place]
    row = count.row(name)
    moved = row.moved or {}
    saved = row.saved_by_moves.get("servers_mean")
    return Row(
        [
            str(count.moves),
            *(
                cells.figure_cell(figure, row.figures.get(figure))
                for figure in ("servers_mean", "servers_p90")
            ),
            "" if saved is None else cells.figure_cell("servers_mean", saved),
            *(f"{moved.get(key, 0):,.1f}" for key in _MOVED.values()),
            f"{moved.get('gb_moved_per_gb_placed', 0):.2%}",
        ]
    )
