"""The part of a report that is about an experiment."""

from __future__ import annotations

from spane import plot
from spane.plot._metrics import COLUMNS, METRICS, PLAIN
from spane.report._page import Cell, Page
from spane.results import Estimate, Experiment, ServerCount, SummaryRow


def add_experiment(page: Page, experiment: Experiment) -> None:
    """An experiment: what was compared, its metrics as figures and tables."""
    title = {"wait-time": "Wait time", "flexibility": "Flexibility"}.get(
        experiment.kind, experiment.kind
    )
    page.section(f"{title}: {experiment.path.resolve().name}")
    _facts(page, experiment)
    if len(experiment.counts) > 1:
        page.figure(
            "Waits by the number of servers",
            plot.server_counts(experiment),
            "Left: 100 % is First Fit and 0 % the bound that no policy can beat; whiskers are "
            f"{experiment.confidence:.0%} intervals. Right: total wait of an episode. Thin lines "
            "are the members of a group.",
        )
        for name in ("trimmed_mean_10", "saved_15"):
            _overview(page, experiment, name)
        for count in experiment.counts:
            with page.folded(f"{count.servers} servers"):
                _count(page, experiment, count)
    else:
        _count(page, experiment, experiment.counts[0])
    with page.folded("What was compared, as experiment.json has it"):
        _policies(page, experiment)


def _servers(experiment: Experiment) -> str:
    manifest = experiment.manifest
    if "fleet" in manifest:
        return f"{manifest['fleet']['description']}; sha256 {manifest['fleet']['sha256']}"
    return (
        f"{', '.join(str(count.servers) for count in experiment.counts)}; each of 2 NUMA "
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
                "episodes",
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
        (
            "policy",
            [
                (p["name"], ""),
                (p.get("group") or "", ""),
                (p.get("file") or "heuristic", p.get("sha256") or ""),
            ],
            (),
        )
        for p in experiment.manifest["policies"]
    ]
    page.table(["policy", "group", "weights, sha256"], rows)
    starts = experiment.manifest["starts"]
    page.note(
        f"Starts: sha256 {starts['sha256']}. Trace file: {experiment.manifest['trace']['file']}."
    )


def _count(page: Page, experiment: Experiment, count: ServerCount) -> None:
    page.note(
        f"{len(count.waits.starts):,} episodes of {count.mean_length:,.1f} VMs (mean). The "
        f"bootstrap draws {count.block_count} blocks of {count.block_length} episodes, each block "
        f"{count.block_spans:.1f} times as long as an episode."
        + (" Blocks so short make the intervals too narrow." if count.block_spans < 2 else "")
    )
    header = ["policy", *(_title(name, experiment) for name in COLUMNS)]
    page.table(
        header,
        [
            (
                row.kind,
                [(_name(row), ""), *(_cell(name, row.figures.get(name)) for name in COLUMNS)],
                (),
            )
            for row in count.rows
        ],
    )
    page.note(
        "Total wait of an episode in seconds; ranges are intervals. saved: the share of First "
        "Fit's excess over the bound that is saved."
    )
    page.figure(
        f"Metrics on {count.servers} servers",
        plot.experiment_values(experiment, count.servers),
        "Each metric with its interval. The intervals of two policies may overlap although one is "
        "surely better: the differences below are what to compare policies by.",
    )
    if any(row.differences for row in count.rows):
        _differences(page, experiment, count)
    spreads = [row for row in count.rows if row.kind == "group"]
    if spreads:
        page.heading("Members of groups")
        page.table(["", *header[1:]], [line for row in spreads for line in _spread(row)])
    page.figure(
        f"Waits on {count.servers} servers",
        plot.experiment_waits(experiment, count.servers),
        "Left: the share of episodes that wait at most so long; further left and up is better. "
        "Right: the differences from the baseline, sorted; below zero is better.",
    )
    if len(count.waits.policies) > 1:
        page.figure(
            f"Differences along the trace on {count.servers} servers",
            plot.differences_in_time(experiment, count.servers),
            "Episodes in the order of their starts; below zero is better. Bands are the blocks of "
            "the bootstrap: few of them decide a mean.",
        )


def _differences(page: Page, experiment: Experiment, count: ServerCount) -> None:
    page.heading(f"Less {experiment.baseline} in the same episodes")
    page.table(
        ["policy", *(_title(name, experiment) for name in PLAIN)],
        [
            (
                row.kind,
                [
                    (_name(row), ""),
                    *(_cell(name, row.differences[name], signed=True) for name in PLAIN),
                ],
                [False, *(_is_sure(row.differences[name]) for name in PLAIN)],
            )
            for row in count.rows
            if row.differences
        ],
    )
    page.note("Bold: the interval leaves zero out.")
    page.figure(
        f"Differences on {count.servers} servers",
        plot.experiment_differences(experiment, count.servers),
        f"Left of zero is better than {experiment.baseline}. Pale: the interval has zero in it.",
    )


def _spread(row: SummaryRow) -> list[tuple[str, list[Cell], tuple[bool, ...]]]:
    lines: list[tuple[str, list[Cell], tuple[bool, ...]]] = []
    for which in ("lowest", "median", "mean", "highest"):
        cells = [
            (_number(name, row.spread[name][which]) if name in row.spread else "-", "")
            for name in COLUMNS
        ]
        lines.append(("policy", [(f"{row.name}, {which}", ""), *cells], ()))
    return lines


def _overview(page: Page, experiment: Experiment, name: str) -> None:
    shown = [row for row in experiment.counts[0].rows if row.kind != "member"]
    shown = [row for row in shown if row.kind != "bound" or name in row.figures]
    page.heading(
        {
            "trimmed_mean_10": "Total wait in seconds, trimmed mean (10 %)",
            "saved_15": "Share of First Fit's excess over the bound that is saved (15 %)",
        }[name]
    )
    page.table(
        ["servers", *(row.name for row in shown)],
        [
            (
                "policy",
                [
                    (str(count.servers), ""),
                    *(_cell(name, count.row(row.name).figures.get(name)) for row in shown),
                ],
                (),
            )
            for count in experiment.counts
        ],
    )


def _title(name: str, experiment: Experiment) -> str:
    return METRICS[name].title.format(threshold=f"{experiment.threshold:,.0f}")


def _name(row: SummaryRow) -> str:
    return f"{row.name} (group)" if row.kind == "group" else row.name


def _cell(name: str, estimate: Estimate | None, signed: bool = False) -> Cell:
    if estimate is None:
        return "-", ""
    sign = "+" if signed and estimate.value > 0 else ""
    if estimate.low is None or estimate.high is None:
        return sign + _number(name, estimate.value), ""
    low, high = (_number(name, end, rough=True) for end in (estimate.low, estimate.high))
    return sign + _number(name, estimate.value), f"{low} … {high}"


def _number(name: str, value: float, rough: bool = False) -> str:
    unit = METRICS[name].unit
    if unit == "logarithm":
        return f"{value:.2f}" if rough else f"{value:.3f}"
    if unit == "share":
        return f"{100 * value:.1f}" if rough else f"{100 * value:.1f} %"
    return f"{value:,.0f}" if rough else f"{value:,.1f}"


def _is_sure(estimate: Estimate) -> bool:
    if estimate.low is None or estimate.high is None:
        return False
    return not estimate.low <= 0 <= estimate.high
