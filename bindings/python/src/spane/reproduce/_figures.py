"""The figures of the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from spane.report import plot
from spane.report.page._experiments import MEMBERS
from spane.reproduce._plan import PRESETS, SEEDS
from spane.reproduce._results import Results


@dataclass(frozen=True)
class MadeFigure:
    """A figure and what it is drawn from."""

    title: str
    caption: str
    makes: tuple[str, ...]
    """The steps that it is drawn from."""
    draw: Callable[[Results], Figure]


def _waits(title: str, experiment: str, servers: int) -> MadeFigure:
    return MadeFigure(
        f"Waits by policy: {title}",
        "Each metric with its 95 % interval, a block bootstrap over time.",
        (experiment,),
        lambda results: plot.experiment_values(results.experiment(experiment), servers),
    )


def _flexibility(title: str, experiment: str) -> MadeFigure:
    return MadeFigure(
        f"Flexibility: {title}",
        "The same weights on other numbers of servers. Left: 100 % is First Fit, 0 % the lower "
        "bound that no policy can beat; whiskers are 95 % intervals. Right: total wait per "
        "episode. Thin lines are the members of a group.",
        (experiment,),
        lambda results: plot.server_counts(results.experiment(experiment)),
    )


def _members(title: str, experiment: str, servers: int) -> MadeFigure:
    return MadeFigure(
        f"Seeds of each learner and the untrained control: {title}",
        MEMBERS,
        (experiment,),
        lambda results: plot.members(results.experiment(experiment), servers),
    )


def _curves(title: str, names: Sequence[str], seeds: Sequence[int] = SEEDS) -> MadeFigure:
    folders = {name: [f"runs/{name}-{seed}" for seed in seeds] for name in names}
    return MadeFigure(
        f"Learning curves: {title}",
        "Bold: the mean of the seeds. Bands: its 95 % interval over seeds, by Student's t "
        "distribution. Thin: each seed.",
        tuple(folder for group in folders.values() for folder in group),
        lambda results: plot.learning_curves(
            {name: [results.run(folder) for folder in group] for name, group in folders.items()}
        ),
    )


FIGURES = (
    _waits("the shipped trace, 5 servers", "results/shipped", 5),
    _flexibility("the shipped trace", "results/shipped"),
    _members("the shipped trace, 5 servers", "results/shipped", 5),
    _curves("some seconds on the shipped trace", ["short"], (1, 2, 3)),
    _waits("rules and networks, 5 servers", "results/rules", 5),
    _flexibility("the published networks", "results/published"),
    _flexibility("potentials", "results/servers"),
    _members("5 servers", "results/wait", 5),
    _curves("the paper's learner and its variants", PRESETS),
    *(_curves(name, [name]) for name in ("potential", "potential-synthetic", "potential-azure")),
)
"""All figures, in their order on the page."""
