"""Which trials of a search are done, under way, and left, from what the database holds.

A trial of the search has a number, from which its seed follows. Optuna's trials are attempts at
them: an attempt that failed is followed by another with the same number. Two hosts may begin the
same number at the same moment; then the earlier attempt counts and the later one ends at once. An
attempt that has failed stays so, so a number never has two results.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from optuna.trial import FrozenTrial, TrialState

from spane.search._native import Description

NUMBER = "spane_number"
RESULT = "spane_result"
WEIGHTS = "spane_weights"
ERROR = "spane_error"
DUPLICATE = "spane_duplicate"

MOST_RETRIES = 3
"""After so many more attempts at a trial the search has failed."""


class Ledger:
    """What is known at one moment."""

    def __init__(self, search: Description, attempts: Sequence[FrozenTrial]) -> None:
        self._search = search
        self.counted: dict[int, FrozenTrial] = {}
        """By number, the attempt that counts."""
        self._later: list[FrozenTrial] = []
        failures: Counter[int] = Counter()
        self._errors: dict[int, str] = {}
        for attempt in sorted(attempts, key=lambda attempt: attempt.number):
            number = attempt.user_attrs.get(NUMBER)
            if number is None:
                continue
            if attempt.state == TrialState.FAIL:
                if DUPLICATE not in attempt.user_attrs:
                    failures[number] += 1
                    self._errors[number] = attempt.user_attrs.get(ERROR, "its worker was lost")
            elif number in self.counted:
                self._later.append(attempt)
            else:
                self.counted[number] = attempt
        self._failures = failures

    @staticmethod
    def number(attempt: FrozenTrial) -> int:
        """The number of the trial that an attempt is at."""
        return int(attempt.user_attrs[NUMBER])

    @property
    def finished(self) -> dict[int, FrozenTrial]:
        """By number, the attempts with a result."""
        return {
            number: attempt
            for number, attempt in sorted(self.counted.items())
            if number < self._search.trials and attempt.state.is_finished()
        }

    @property
    def is_complete(self) -> bool:
        return len(self.finished) == self._search.trials

    def waiting(self) -> list[FrozenTrial]:
        """Attempts that someone may begin."""
        limit = self._limit
        return [
            attempt
            for number, attempt in sorted(self.counted.items())
            if attempt.state == TrialState.WAITING and number < limit
        ]

    def duplicates(self) -> list[FrozenTrial]:
        """Attempts that wait although an earlier one counts."""
        return [attempt for attempt in self._later if attempt.state == TrialState.WAITING]

    def missing(self) -> Iterator[int]:
        """Numbers without an attempt that counts, from the lowest."""
        return (number for number in range(self._limit) if number not in self.counted)

    @property
    def _limit(self) -> int:
        # Pruned trials are compared with the first ones, whatever the order in which trials end.
        first = min(self._search.prune_after, self._search.trials)
        is_begun = sum(number < first for number in self.finished) == first
        return self._search.trials if is_begun else first

    def hopeless(self) -> str | None:
        """What is wrong with a trial that has failed too often; None when none has."""
        for number, count in sorted(self._failures.items()):
            if count > MOST_RETRIES and number not in self.counted:
                return f"trial {number} failed {count} times, at last: {self._errors[number]}"
        return None

    def keeps(self, number: int, value: float) -> bool:
        """Whether a result is among the best that are kept, as things stand."""
        column = self._search.columns.index("validation")
        better = 0
        for other, attempt in self.finished.items():
            text = attempt.user_attrs[RESULT][column]
            if other != number and text and (float(text), other) < (value, number):
                better += 1
        return better < self._search.keep
