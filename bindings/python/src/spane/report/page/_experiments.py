"""The section of a report on an experiment."""

from __future__ import annotations

from dataclasses import replace

from spane.report import plot
from spane.report._metrics import columns, plain
from spane.report.folders import Experiment, ServerCount, SummaryRow
from spane.report.page import _cells as cells
from spane.report.page._html import Cell, Page, Row
from spane.report.page._moves import add_moves

MEMBERS = (
    "Dots: the members of each group. Diamonds: their mean with its 95 % interval over members, by "
    "Student's t distribution: what to expect of other seeds. Lines: policies in no group, and "
    "the lower bound."
)


def add_experiment(page: Page, experiment: Experiment) -> None:
    """Adds an experiment: what was compared, the figures and the tables."""
    titles = {"wait-time": "Wait time", "flexibility": "Flexibility", "servers": "Servers needed"}
    title = titles.get(experiment.kind, experiment.kind)
    page.section(f"{title}: {experiment.path.resolve().name}")
    _facts(page, experiment)
    if experiment.counts_servers and len(experiment.counts) > 1:
        add_moves(page, experiment)
        for count in experiment.counts:
            with page.folded(f"Up to {count.moves} moves"):
                _count(page, replace(experiment, counts=(count,)), count)
    elif len(experiment.counts) > 1:
        page.figure(
            "Waits by the number of servers",
            plot.server_counts(experiment),
            "Left: 100 % is First Fit, 0 % the lower bound that no policy can beat; whiskers are "
            f"{experiment.confidence:.0%} intervals. Right: total wait per episode. Thin lines are "
            "the members of a group.",
        )
        for name in ("trimmed_mean_10", "saved_15"):
            _overview(page, experiment, name)
        for count in experiment.counts:
            with page.folded(f"{count.servers} servers"):
                _count(page, experiment, count)
    else:
        for count in experiment.counts:
            _count(page, experiment, count)
    with page.folded("What was compared, from experiment.json"):
        _policies(page, experiment)


def _servers(experiment: Experiment) -> str:
    manifest = experiment.manifest
    if "fleet" in manifest:
        return f"{manifest['fleet']['description']}; sha256 {manifest['fleet']['sha256']}"
    numbers = ", ".join(str(count.servers) for count in experiment.counts)
    return (
        f"{'as many as needed' if experiment.counts_servers else numbers}; each with 2 NUMA "
        f"nodes of {manifest['node_cpu']:g} cores and {manifest['node_mem']:g} GB; VMs "
        f"above {manifest['split_above']:g} GB are split"
    )


def _facts(page: Page, experiment: Experiment) -> None:
    manifest = experiment.manifest
    trace, starts = manifest["trace"], manifest["starts"]
    page.facts(
        [
            ("trace", f"{trace['source']} (licence: {trace['licence']}), sha256 {trace['sha256']}"),
            (
                "windows" if experiment.counts_servers else "episodes",
                f"{starts['count']:,} starts from {starts['given']}, length {manifest['length']}",
            ),
            ("servers", _servers(experiment)),
            ("baseline", experiment.baseline),
            (
                "intervals",
                f"{experiment.confidence:.0%}, block bootstrap over time, {experiment.resamples:,} "
                f"resamples, seed {experiment.seed}",
            ),
            ("made with", f"spane {manifest['spane_version']}"),
        ]
    )


def _policies(page: Page, experiment: Experiment) -> None:
    rows = [
        Row(
            [
                p["name"],
                p.get("group") or "",
                Cell(p.get("file") or "heuristic", p.get("sha256") or ""),
            ]
        )
        for p in experiment.manifest["policies"]
    ]
    page.table(["policy", "group", "weights, sha256"], rows)
    starts = experiment.manifest["starts"]
    page.note(
        f"Starts: sha256 {starts['sha256']}. Trace file: {experiment.manifest['trace']['file']}."
    )


def _count(page: Page, experiment: Experiment, count: ServerCount) -> None:
    names = columns(experiment.kind)
    unit = "window" if experiment.counts_servers else "episode"
    page.note(
        f"{len(count.waits.starts):,} {unit}s of {count.mean_length:,.1f} VMs (mean). The "
        f"bootstrap draws {count.block_count} blocks of {count.block_length} {unit}s, each block "
        f"{count.block_spans:.1f} times as long as one {unit}."
        + (" Intervals are too narrow with blocks so short." if count.block_spans < 2 else "")
    )
    header = ["policy", *(cells.column_title(name, experiment) for name in names)]
    page.table(
        header,
        [
            Row(
                [
                    cells.row_name(row),
                    *(cells.figure_cell(name, row.figures.get(name)) for name in names),
                ],
                row.kind,
            )
            for row in count.rows
        ],
    )
    page.note(
        (
            "The fewest servers on which no VM waits or is refused"
            if experiment.counts_servers
            else "Total wait per episode in seconds"
        )
        + "; ranges are intervals. saved: the share of First Fit's excess over the lower bound "
        "that the policy saves."
    )
    page.figure(
        f"Statistics{_on(experiment, count)}",
        plot.experiment_values(experiment, count.servers),
        "Each statistic with its interval. Two intervals may overlap although one policy is "
        "clearly better: compare policies by the differences below.",
    )
    if any(row.differences for row in count.rows):
        _differences(page, experiment, count)
    spreads = [row for row in count.rows if row.kind == "group"]
    if spreads:
        page.heading("Members of groups")
        page.table(["", *header[1:]], [line for row in spreads for line in _spread(row, names)])
        page.figure(
            f"Members of groups{_on(experiment, count)}",
            plot.members(experiment, count.servers),
            MEMBERS,
        )
    if not experiment.counts_servers:
        _waits(page, experiment, count)


def _on(experiment: Experiment, count: ServerCount) -> str:
    return "" if experiment.counts_servers else f" on {count.servers} servers"


def _waits(page: Page, experiment: Experiment, count: ServerCount) -> None:
    page.figure(
        f"Waits on {count.servers} servers",
        plot.experiment_waits(experiment, count.servers),
        "Left: cumulative distribution of total waits; further left and up is better. Right: "
        "sorted differences from the baseline; below zero is better.",
    )
    if len(count.waits.policies) > 1:
        page.figure(
            f"Differences along the trace on {count.servers} servers",
            plot.differences_in_time(experiment, count.servers),
            "Episodes in the order of their starts; below zero is better. Bands are the blocks of "
            "the bootstrap: a few of them often decide the mean.",
        )


def _differences(page: Page, experiment: Experiment, count: ServerCount) -> None:
    names = plain(experiment.kind)
    unit = "windows" if experiment.counts_servers else "episodes"
    page.heading(f"Difference from {experiment.baseline} in the same {unit}")
    page.table(
        ["policy", *(cells.column_title(name, experiment) for name in names)],
        [
            Row(
                [
                    cells.row_name(row),
                    *(cells.difference_cell(name, row.differences[name]) for name in names),
                ],
                row.kind,
            )
            for row in count.rows
            if row.differences
        ],
    )
    page.note("Bold: the interval excludes zero.")
    page.figure(
        f"Differences{_on(experiment, count)}",
        plot.experiment_differences(experiment, count.servers),
        f"Left of zero is better than {experiment.baseline}. Pale: the interval contains zero.",
    )


def _spread(row: SummaryRow, names: tuple[str, ...]) -> list[Row]:
    rows = []
    for which in ("lowest", "median", "mean", "highest"):
        texts = [
            cells.figure_text(name, row.spread[name][which]) if name in row.spread else "-"
            for name in names
        ]
        rows.append(Row([f"{row.name}, {which}", *texts]))
    return rows


def _overview(page: Page, experiment: Experiment, name: str) -> None:
    shown = [row for row in experiment.counts[0].rows if row.kind != "member"]
    shown = [row for row in shown if row.kind != "bound" or name in row.figures]
    page.heading(
        {
            "trimmed_mean_10": "Total wait in seconds, trimmed mean (10 %)",
            "saved_15": "Share of First Fit's excess over the lower bound that is saved (15 %)",
        }[name]
    )
    page.table(
        ["servers", *(row.name for row in shown)],
        [
            Row(
                [
                    str(count.servers),
                    *(
                        cells.figure_cell(name, count.row(row.name).figures.get(name))
                        for row in shown
                    ),
                ]
            )
            for count in experiment.counts
        ],
    )
