"""The folder of the results, which every worker writes from the database."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from spane.search._ledger import RESULT, WEIGHTS, Ledger
from spane.search._native import Description, Spane
from spane.search._space import source_of
from spane.search._storage import write


def collect(spane: Spane, search: Description, ledger: Ledger, *, is_locked: bool = True) -> str:
    """Writes what is known into the folder; gives the report."""
    lines = [
        "\t".join(
            [
                *attempt.user_attrs[RESULT],
                *(source_of(attempt.params[dimension.name]) for dimension in search.space),
            ]
        )
        for attempt in ledger.finished.values()
    ]
    spane.output.mkdir(parents=True, exist_ok=True)
    with _alone(spane.output) if is_locked else contextlib.nullcontext():
        # Workers that share a folder take turns; the lock is that of `spane search` itself.
        report = spane.collect(lines, ["--without-lock"])
        for number, attempt in ledger.finished.items():
            text = attempt.user_attrs.get(WEIGHTS)
            value = attempt.user_attrs[RESULT][search.columns.index("validation")]
            if text and value and ledger.keeps(number, float(value)):
                write(text, spane.output / f"trial-{number}.h5")
    return report


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
