"""The command line of a worker."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

import optuna

from spane._command import Parser, fail
from spane.search import _results
from spane.search._ledger import Ledger
from spane.search._native import CommandError, Description, Spane, default_command
from spane.search._storage import Database, Stopping, StorageError
from spane.search._worker import SearchError, Worker

_NAME = "spane search"


def main(arguments: Sequence[str] | None = None) -> int:
    """Takes part in a search; gives the exit status."""
    given = _parser().parse_args(arguments)
    # A database that is away is waited for; what Optuna says of it in the meantime helps nobody.
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    stop = _Stop()
    lock = ["--without-lock"] if given.without_lock else []
    spane = Spane(given.command, given.source, given.output, _options(given))
    try:
        search = spane.describe()
        database = Database(
            given.storage, heartbeat=given.heartbeat, threads=given.threads, stopping=stop.event
        )
        line = _Line(search.trials)
        worker = Worker(spane, search, database, stop.event, lock=lock, progress=line.show)
        study = database.study(worker.study_name)
        count = len(Ledger(search, database.attempts(study)).finished)
        print(
            f"{_NAME}: Optuna hands out the trials of study {worker.study_name} in "
            f"{database.shown}; {count:,} of {search.trials:,} are done, {given.threads} at a time "
            "here",
            file=sys.stderr,
        )
        worker.run(given.threads)
        ledger = Ledger(search, database.attempts(study))
        report = _results.collect(spane, search, ledger, is_locked=not given.without_lock)
        return _end(report, search, ledger, stop)
    except Stopping:
        return 128 + (stop.number or 0)
    except (CommandError, SearchError, StorageError, OSError) as error:
        return fail(_NAME, error, 1)


def _end(report: str, search: Description, ledger: Ledger, stop: _Stop) -> int:
    if ledger.is_complete:
        print(report, end="")
        return 0
    print(
        f"Stopped after {len(ledger.finished):,} of {search.trials:,} trials; what was done is in "
        "the database. To take part again, run the same command."
    )
    return 128 + (stop.number or 0)


class _Stop:
    """Signals as a wish to leave; the second of a kind ends the process at once."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.number: int | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._take)

    def _take(self, number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        self.number = self.number or number
        self.event.set()


class _Line:
    """A line on standard error every half minute, as `spane search` has without a terminal."""

    _INTERVAL = 30.0

    def __init__(self, total: int) -> None:
        self._total = total
        self._next = time.monotonic() + self._INTERVAL

    def show(self, finished: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._INTERVAL
            print(f"trials {finished:,} of {self._total:,}", file=sys.stderr)


def _number(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is too small; it must be at least {least}")
        return value

    read.__name__ = "number"
    return read


def _parser() -> Parser:
    parser = Parser(
        prog=_NAME,
        description="Take part in a search whose trials Optuna hands out through a database.",
    )
    add = parser.add_argument
    add("source", metavar="space.toml", help="configuration and search space")
    add("--storage", required=True, metavar="URL", help="postgresql://... or sqlite:///FILE")
    add("--output", required=True, metavar="FOLDER", help="folder of the search")
    add("--trace", action="append", default=[], metavar="FILE", help="trace to train on")
    add("--trials", type=_number(1), help="number of trials")
    add("--seed", type=_number(0), help="seed of the search")
    add("--keep", type=_number(1), help="number of best trials whose weights are kept")
    add("--threads", type=_number(1), default=_processors(), help="trials at a time on this host")
    add("--heartbeat", type=_number(1), default=30, help="seconds between signs of life")
    add("--without-lock", action="store_true", help="for file systems without locks")
    add("--command", default=default_command(), help="the spane command")
    return parser


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _options(given: argparse.Namespace) -> list[str]:
    options = [word for trace in given.trace for word in ("--trace", trace)]
    for name in ("trials", "seed", "keep"):
        value = getattr(given, name)
        if value is not None:
            options += [f"--{name}", str(value)]
    return options
