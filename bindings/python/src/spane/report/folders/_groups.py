"""Which runs are seeds of one learner."""

from __future__ import annotations

import re
from collections.abc import Sequence

from spane.report.folders._run import Run


def grouped(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Groups runs whose folder names differ only by a number at the end, and whose configurations
    only by what is no part of the learner: seeds of one configuration.

    Runs with another validation metric, or another configuration, form a separate group.
    """
    groups: dict[str, list[Run]] = {}
    for run in runs:
        stem = re.sub(r"[-_.]?(seed[-_.]?)?\d+$", "", run.name)
        # If the folder name is only a number, use that of the parent folder.
        name = stem or run.path.resolve().parent.name
        if name in groups and groups[name][0].measure != run.measure:
            name = f"{name} ({run.measure})"
        if name in groups and groups[name][0].fingerprint != run.fingerprint:
            name = f"{name}, configuration {run.fingerprint}"
        groups.setdefault(name, []).append(run)
    return groups
