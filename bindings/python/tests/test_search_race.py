"""Two workers never have the same attempt."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("optuna")

from spane.search._storage import Database

WORKERS = 3
ATTEMPTS = 24


def opened(url: str) -> Database:
    return Database(url, heartbeat=60, threads=2, stopping=threading.Event())


def take(url: str, attempts: list[int], begin: Barrier, taken: Any) -> None:
    """A process that tries to begin every attempt, each at the time when the others do too."""
    database = opened(url)
    mine = []
    for attempt in attempts:
        begin.wait(30)
        if database.begin(attempt):
            mine.append(attempt)
    taken.put(mine)


def test_processes_with_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/search.db"
    database = opened(url)
    study = database.study("race")
    attempts = [database.add(study, number) for number in range(ATTEMPTS)]
    context = multiprocessing.get_context("fork")
    begin, taken = context.Barrier(WORKERS), context.Queue()
    workers = [
        context.Process(target=take, args=(url, attempts, begin, taken), daemon=True)
        for _ in range(WORKERS)
    ]
    for worker in workers:
        worker.start()
    found = [taken.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    # Each once, and not all by one of them.
    assert sorted(attempt for mine in found for attempt in mine) == attempts
    assert all(len(mine) < ATTEMPTS for mine in found)


def test_threads_with_sqlite(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}/search.db")
    study = database.study("race")
    attempts = [database.add(study, number) for number in range(ATTEMPTS // 2)]
    taken: list[int] = []

    def work() -> None:
        taken.extend(attempt for attempt in attempts if database.begin(attempt))

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == attempts
