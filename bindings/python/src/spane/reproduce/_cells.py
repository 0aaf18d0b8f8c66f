"""A cell as it stands on the page, beside what was computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

Computed = Union[Sequence[float], str]
"""The numbers of a cell in their order, or its whole text."""

# Not the 2 of "l2", and not the minus of "44-50".
_NUMBER = re.compile(r"(?<![\w.])[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])[+-]?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Outcome:
    """What became of a cell."""

    state: str
    """`equal`, `differs` or `missing`."""
    documented: str
    computed: str
    """The documented cell with the computed numbers in it; empty where they are missing."""


def compare(documented: str, computed: Computed | None) -> Outcome:
    """Compares as many digits as the page prints, which may leave out the last numbers."""
    if computed is None:
        return Outcome("missing", documented, "")
    if isinstance(computed, str):
        state = "equal" if computed == documented else "differs"
        return Outcome(state, documented, computed)
    found = list(_NUMBER.finditer(documented))
    if not found or len(found) > len(computed):
        return Outcome("differs", documented, " ".join(f"{value:g}" for value in computed))
    pieces, at, equal = [], 0, True
    for match, value in zip(found, computed):
        text = match.group()
        digits = len(text.partition(".")[2])
        shown = (
            f"{value:{'+' if text.startswith('+') else ''}{',' if ',' in text else ''}.{digits}f}"
        )
        # A value in the middle between two roundings may be printed as either.
        equal &= abs(value - float(text.replace(",", ""))) <= 0.5 * 10.0**-digits + 1e-9
        pieces += [documented[at : match.start()], shown]
        at = match.end()
    whole = "".join([*pieces, documented[at:]])
    return (
        Outcome("equal", documented, documented) if equal else Outcome("differs", documented, whole)
    )
