"""Reads the numbers of cells from the working folder."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spane._errors import FormatError
from spane.report.folders import Estimate, Experiment, Run, ServerCount, SummaryRow
from spane.reproduce._cells import Computed
from spane.reproduce._runner import Runner
from spane.reproduce._step import Step

Reader = Callable[["Results", str], Computed]
"""What a column holds, for the policy or the number of servers of a row."""


class NotMadeError(Exception):
    """What a cell is read from has not been made."""


class Results:
    """What the finished steps made; a file is read once."""

    def __init__(self, runner: Runner, steps: Sequence[Step], episodes: Path | None) -> None:
        """`episodes` is the folder of the published waits by episode."""
        self.folder = runner.folder
        self.episodes = episodes
        self._made = {
            name for step in steps if runner.is_finished(step) for name in (step.makes, *step.also)
        }
        self.experiment = cache(lambda name: Experiment.load(self.path(name)))
        self.run = cache(lambda name: Run.load(self.path(name)))
        self.text = cache(lambda name: self.path(name).read_text(encoding="utf-8"))
        self.rows = cache(lambda name: _rows(self.path(name)))

    def path(self, name: str) -> Path:
        """The path of what a finished step made."""
        if name not in self._made:
            raise NotMadeError(name)
        return self.folder / name

    def count(self, experiment: str, servers: int | None = None) -> ServerCount:
        """An experiment at one number of servers; None for one that counts them."""
        for count in self.experiment(experiment).counts:
            if servers in (None, count.servers):
                return count
        raise FormatError(f"{self.folder / experiment}: has no {servers} servers")


def value(experiment: str, metric: str, servers: int | None = None, scale: float = 1) -> Reader:
    """A metric of a policy, or of a group's mean."""

    def read(results: Results, policy: str) -> Computed:
        return [_row(results.count(experiment, servers), policy).figures[metric].value * scale]

    return read


def with_difference(experiment: str, metric: str, servers: int | None = None) -> Reader:
    """The metric of a policy, and the interval of its difference from the baseline."""

    def read(results: Results, policy: str) -> Computed:
        row = _row(results.count(experiment, servers), policy)
        return [row.figures[metric].value, *_ends(row.differences.get(metric))]

    return read


def less_baseline(
    experiment: str, metric: str, servers: int | None = None, scale: float = 1
) -> Reader:
    """The difference from the baseline with its interval; of the baseline and the bound, the
    metric itself."""

    def read(results: Results, policy: str) -> Computed:
        row = _row(results.count(experiment, servers), policy)
        if not row.differences:
            return [row.figures[metric].value * scale]
        difference = row.differences[metric]
        return [number * scale for number in (difference.value, *_ends(difference))]

    return read


def seeds(experiment: str, metric: str, servers: int, scale: float = 1) -> Reader:
    """The metric of each member of a group; of a policy alone, its own."""

    def read(results: Results, policy: str) -> Computed:
        count = results.count(experiment, servers)
        members = [row for row in count.rows if row.group == policy and row.kind == "member"]
        return [row.figures[metric].value * scale for row in members or [_row(count, policy)]]

    return read


def median(experiment: str, metric: str, servers: int, scale: float = 1) -> Reader:
    """The median over the members of a group; of a policy alone, its own metric."""
    every = seeds(experiment, metric, servers, scale)
    return lambda results, policy: [float(np.median([float(x) for x in every(results, policy)]))]


def by_servers(
    reader: Callable[[str, str, int, float], Reader],
    experiment: str,
    policy: str,
    scale: float = 1e-3,
    larger: str | None = None,
) -> Reader:
    """Waits of a policy where rows are numbers of servers; `larger` has those above nine."""

    def read(results: Results, servers: str) -> Computed:
        number = int(servers)
        folder = larger if larger is not None and number > 9 else experiment
        return reader(folder, "trimmed_mean_10", number, scale)(results, policy)

    return read


def refused(name: str) -> Reader:
    """Cores refused on simulated fleets: the mean of the first policy, and of the others the
    difference with its interval, on how many fleets they are worse, and of how many."""

    def read(results: Results, policy: str) -> Computed:
        rows = results.rows(f"{name}.csv")
        if policy == rows[0]["policy"]:
            return [100 * float(_refusals(rows, policy).mean())]
        return _less_first(results.text(f"{name}.txt"), policy)

    return read


def refused_mean(name: str) -> Reader:
    """The mean of the cores refused over all fleets."""
    return lambda results, policy: [
        100 * float(_refusals(results.rows(f"{name}.csv"), policy).mean())
    ]


def refused_on(name: str, kind: str, load: str) -> Reader:
    """The mean over the fleets of one kind and load."""

    def read(results: Results, policy: str) -> Computed:
        rows = [
            row
            for row in results.rows(f"{name}.csv")
            if row["kind"] == kind and float(row["load"]) == float(load)
        ]
        return [100 * float(_refusals(rows, policy).mean())]

    return read


def less_first(name: str) -> Reader:
    """The difference from the first policy over all fleets, with its interval."""
    return lambda results, policy: _less_first(results.text(f"{name}.txt"), policy)


def evaluated(name: str) -> Reader:
    """The trimmed mean of `spane evaluate --json`."""

    def read(results: Results, policy: str) -> Computed:
        document = json.loads(results.text(name))
        if policy == "lower bound":
            return [float(document["bound_trimmed_mean"])]
        (found,) = [each for each in document["policies"] if each["policy"] == policy]
        return [float(found["trimmed_mean"])]

    return read


def equal_episodes(name: str) -> Reader:
    """How many episodes of a published network have the published total wait, and of how many."""

    def read(results: Results, policy: str) -> Computed:
        if results.episodes is None:
            raise NotMadeError("EPISODES is not given")
        published = results.episodes / f"{policy.partition('_')[0]}.txt"
        wanted = [float(line) for line in published.read_text(encoding="utf-8").split()]
        ours = [float(row[policy]) for row in results.rows(name)]
        if len(ours) != len(wanted):
            raise FormatError(f"{published}: has {len(wanted)} lines for {len(ours)} episodes")
        return [sum(a == b for a, b in zip(ours, wanted)), len(wanted)]

    return read


def tuned_rule(results: Results, seed: str) -> Computed:
    """The rule that `spane tune` found: the last of its table."""
    name = f"results/tune-{seed}.txt"
    table = results.text(name).partition("Best known rule")[0]
    return str(_found(name, r"(?s:.*)^([\w.*,+-]+\+spread) ", table).group(1))


def tuned_difference(results: Results, seed: str) -> Computed:
    """That rule less the known one, with its interval."""
    name = f"results/tune-{seed}.txt"
    number = r"([+-]?[\d.]+)"
    interval = rf"less that\s+is\s+{number} \(95 % interval {number} … {number}\)"
    return [float(part) for part in _found(name, interval, results.text(name)).groups()]


def _found(name: str, pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise FormatError(f"{name}: does not say what `spane tune` says: {pattern}")
    return found


def _ends(estimate: Estimate | None) -> list[float]:
    if estimate is None or estimate.low is None or estimate.high is None:
        return []
    return [estimate.low, estimate.high]


def _row(count: ServerCount, policy: str) -> SummaryRow:
    try:
        return count.row(policy)
    except KeyError:
        raise FormatError(f"the results have no policy {policy}") from None


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _refusals(rows: Sequence[dict[str, str]], policy: str) -> NDArray[np.float64]:
    shares = [
        float(row["refused_cores"]) / float(row["cores"]) for row in rows if row["policy"] == policy
    ]
    if not shares:
        raise FormatError(f"no fleet was played by {policy}")
    return np.array(shares)


def _less_first(text: str, policy: str) -> list[float]:
    """What the last table of `spane experiment fleets` says of this policy."""
    number = r"([+-]?[\d.]+)"
    found = re.search(
        rf"^{re.escape(policy)} +{number} %[ *]+(\d+) +(\d+) +(\d+) *\n +{number} % … {number} %",
        text[text.index("Less ") :],
        re.MULTILINE,
    )
    if found is None:
        raise FormatError(f"the results do not compare {policy}")
    difference, _, worse, fleets, low, high = (float(part) for part in found.groups())
    return [difference, low, high, worse, fleets]
