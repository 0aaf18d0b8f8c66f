"""Which trials of a search are done, under way and left."""

from __future__ import annotations

from typing import Any

import pytest

optuna = pytest.importorskip("optuna")

from optuna.trial import FrozenTrial, TrialState  # noqa: E402

from spane.search._ledger import DUPLICATE, ERROR, NUMBER, RESULT, Ledger  # noqa: E402
from spane.search._native import Description  # noqa: E402


def search(**changed: Any) -> Description:
    settings: dict[str, Any] = {
        **{"fingerprint": "", "method": "random", "trials": 3, "seed": 1, "keep": 1},
        **{"prune_after": 0, "columns": ("validation",), "space": ()},
    }
    return Description(**{**settings, **changed})


def attempts(*entries: tuple[int, TrialState, dict[str, Any]]) -> list[FrozenTrial]:
    made = []
    for place, (number, state, attributes) in enumerate(entries):
        value = 1.0 if state == TrialState.COMPLETE else None
        attempt = optuna.create_trial(
            state=state, value=value, user_attrs={NUMBER: number, **attributes}
        )
        attempt.number = place
        made.append(attempt)
    return made


DONE, WAITING, RUNNING, FAIL = (
    TrialState.COMPLETE,
    TrialState.WAITING,
    TrialState.RUNNING,
    TrialState.FAIL,
)


def test_the_first_attempt_that_has_not_failed_counts() -> None:
    made = attempts((0, FAIL, {}), (0, RUNNING, {}), (0, WAITING, {}), (1, WAITING, {}))
    ledger = Ledger(search(), made)
    assert ledger.counted[0] is made[1]
    assert ledger.duplicates() == [made[2]]
    assert ledger.waiting() == [made[3]]
    assert list(ledger.missing()) == [2]
    assert not ledger.is_complete


def test_a_search_is_complete_when_every_number_has_a_result() -> None:
    made = attempts((2, DONE, {}), (0, TrialState.PRUNED, {}), (1, FAIL, {}), (1, DONE, {}))
    ledger = Ledger(search(), made)
    assert ledger.is_complete
    assert list(ledger.finished) == [0, 1, 2]
    # Trials beyond those that are asked for are left alone, and more may be asked for later.
    assert list(Ledger(search(trials=2), made).finished) == [0, 1]
    assert list(Ledger(search(trials=5), made).missing()) == [3, 4]


def test_later_trials_wait_for_those_they_are_compared_with() -> None:
    made = attempts((0, DONE, {}), (1, RUNNING, {}), (2, WAITING, {}))
    assert Ledger(search(prune_after=2), made).waiting() == []
    assert list(Ledger(search(prune_after=2), made[:2]).missing()) == []
    assert Ledger(search(prune_after=1), made).waiting() == [made[2]]


def test_a_trial_that_always_fails_ends_the_search() -> None:
    error = {ERROR: "no memory (on a:1)"}
    made = attempts(*[(1, FAIL, error)] * 3, (1, FAIL, {DUPLICATE: True}))
    assert Ledger(search(), made).hopeless() is None
    made = attempts(*[(1, FAIL, error)] * 4)
    assert (
        Ledger(search(), made).hopeless() == "trial 1 failed 4 times, at last: no memory (on a:1)"
    )


def test_the_best_are_kept() -> None:
    made = attempts((0, DONE, {RESULT: ["5.0"]}), (1, DONE, {RESULT: [""]}))
    ledger = Ledger(search(), made)
    assert ledger.keeps(0, 5.0)
    assert ledger.keeps(2, 4.0)
    # Of equals the first.
    assert not ledger.keeps(2, 5.0)
