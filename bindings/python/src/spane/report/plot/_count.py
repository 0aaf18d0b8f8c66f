"""Selects one number of servers of an experiment."""

from __future__ import annotations

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError
from spane.report.folders import Experiment, ServerCount


def chosen_count(experiment: Experiment, servers: int | None) -> ServerCount:
    """The experiment at this number of servers; None if it has only one."""
    arguments.instance(experiment, Experiment, "experiment")
    known = [count.servers for count in experiment.counts]
    if servers is None and len(known) == 1:
        return experiment.counts[0]
    if servers not in known:
        raise InvalidArgumentError(f"servers is {servers}; it must be one of {known}")
    return experiment.counts[known.index(servers)]


def require_waits(experiment: Experiment) -> None:
    """Refuses an experiment that counts servers and has no waits."""
    arguments.instance(experiment, Experiment, "experiment")
    if experiment.counts_servers:
        raise InvalidArgumentError(
            f"experiment counts servers ({experiment.path}); this figure needs one that compares "
            "waits"
        )
