"""Median pruning as `spane search` does it."""

from __future__ import annotations

import math
import statistics

import optuna
from optuna.pruners import BasePruner
from optuna.trial import FrozenTrial

from spane.search._ledger import NUMBER


class FirstTrialsPruner(BasePruner):
    """Ends a trial whose best result so far is worse than the median of the first trials' best.

    Unlike Optuna's MedianPruner it does not depend on the order in which trials end.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        if trial.user_attrs[NUMBER] < self._count:
            return False
        judges = [
            other.intermediate_values
            for other in study.get_trials(deepcopy=False)
            if other.state.is_finished()
            and other.state != optuna.trial.TrialState.FAIL
            and other.user_attrs.get(NUMBER, self._count) < self._count
        ]
        best = math.inf
        for step, value in sorted(trial.intermediate_values.items()):
            best = min(best, value)
            others = [_best(values, step) for values in judges]
            known = [value for value in others if value is not None]
            if known and best > statistics.median(known):
                return True
        return False


def _best(values: dict[int, float], last: int) -> float | None:
    return min((value for step, value in values.items() if step <= last), default=None)
