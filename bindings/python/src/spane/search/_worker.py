"""A worker: takes trials from the database and trains them until all are done."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import threading
import warnings
from collections.abc import Callable, Sequence

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.trial import FrozenTrial

from spane.search import _space as space
from spane.search._ledger import DUPLICATE, ERROR, RESULT, WEIGHTS, Ledger
from spane.search._native import CommandError, Description, Spane, Training, TrialStopped
from spane.search._pruner import FirstTrialsPruner
from spane.search._storage import Database, Stopping, encode

_LONGEST_LOOK = 5.0
"""Seconds between looks at a database in which there is nothing to do."""


class SearchError(Exception):
    """The search cannot end."""


class _Lost(Exception):
    """The attempt was given up, and belongs to another worker."""


class Worker:
    """The trials of this host, several at a time."""

    def __init__(
        self,
        spane: Spane,
        search: Description,
        database: Database,
        stopping: threading.Event,
        *,
        lock: Sequence[str] = (),
        progress: Callable[[int], object] = lambda finished: None,
    ) -> None:
        self._spane, self._search, self._database = spane, search, database
        self._stopping, self._lock_options, self._progress = stopping, list(lock), progress
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._guard = threading.Lock()
        self._running: dict[int, Training | None] = {}
        self._failure: Exception | None = None

    @property
    def study_name(self) -> str:
        """Follows from what the search is, so that only the same search shares trials."""
        return f"spane-{self._search.fingerprint[:16]}"

    def run(self, threads: int) -> None:
        """Trains until all trials are done everywhere, or the worker is to stop."""
        done = threading.Event()
        heart = threading.Thread(target=self._beat, args=(done,), name="spane heartbeat")
        workers = [
            threading.Thread(target=self._work, name=f"spane worker {index}")
            for index in range(threads)
        ]
        heart.start()
        try:
            for worker in workers:
                worker.start()
            self._join(workers)
        finally:
            self._stopping.set()
            self._join(workers)
            done.set()
            heart.join()
        if self._failure is not None:
            raise self._failure

    def _join(self, workers: Sequence[threading.Thread]) -> None:
        for worker in workers:
            # In steps, since signals are handled between them.
            while worker.is_alive():
                worker.join(0.2)
                if self._stopping.is_set():
                    self._stop_trials()

    def _stop_trials(self) -> None:
        with self._guard:
            for training in self._running.values():
                if training is not None:
                    training.stop()

    def _beat(self, done: threading.Event) -> None:
        while not done.wait(self._database.heartbeat):
            with self._guard:
                attempts = list(self._running)
            for attempt in attempts:
                self._database.beat(attempt)

    def _work(self) -> None:
        try:
            study = self._database.study(self.study_name)
            study.pruner = FirstTrialsPruner(self._search.prune_after)
            look = 0.05
            while not self._stopping.is_set():
                self._database.give_up_lost(study)
                ledger = Ledger(self._search, self._database.attempts(study))
                if ledger.is_complete:
                    return
                attempt = self._claim(study, ledger)
                if attempt is not None:
                    look = 0.05
                    self._train(study, attempt)
                    continue
                if (reason := ledger.hopeless()) is not None:
                    raise SearchError(reason)
                self._stopping.wait(look)
                look = min(_LONGEST_LOOK, 2 * look)
        except Stopping:
            return
        except Exception as error:
            with self._guard:
                self._failure = self._failure or error
            # The other trials of this host save their state and go to others.
            self._stopping.set()

    # Which trial

    def _claim(self, study: optuna.Study, ledger: Ledger) -> FrozenTrial | None:
        """Takes an attempt that waits, or a new one; None when all are under way."""
        for duplicate in ledger.duplicates():
            self._database.fail(duplicate._trial_id, **{DUPLICATE: True})
        for attempt in ledger.waiting():
            if self._database.begin(attempt._trial_id):
                return attempt
        number = next(ledger.missing(), None)
        if number is None:
            return None
        identifier = self._database.add(study, number)
        ledger = Ledger(self._search, self._database.attempts(study))
        attempt = ledger.counted[number]
        if attempt._trial_id != identifier:
            self._database.fail(identifier, **{DUPLICATE: True})
            return self._claim(study, ledger)
        return attempt if self._database.begin(identifier) else self._claim(study, ledger)

    # One trial

    def _train(self, study: optuna.Study, attempt: FrozenTrial) -> None:
        identifier = attempt._trial_id
        number: int = Ledger.number(attempt)
        with self._guard:
            self._running[identifier] = None
        try:
            self._database.note(identifier, spane_worker=self._name)
            study.sampler = space.sampler(self._search, number)
            trial = self._database.patiently(lambda: optuna.Trial(study, identifier))
            values = self._suggest(trial) if self._search.learns else []
            training = self._spane.train(number, values, self._lock_options)
            with self._guard:
                self._running[identifier] = training
            fields = training.run(
                begun=lambda sources: self._take_note(trial, sources),
                validated=lambda step, value: self._is_pruned(trial, number, step, value),
            )
            self._finish(study, identifier, number, fields, training)
        except (TrialStopped, Stopping):
            with contextlib.suppress(Stopping):
                self._database.give_back(identifier)
        except _Lost:
            pass
        except CommandError as error:
            self._database.fail(identifier, **{ERROR: f"{error} (on {self._name})"})
            raise CommandError(f"trial {number}: {error}") from None
        finally:
            with self._guard:
                del self._running[identifier]

    def _suggest(self, trial: optuna.Trial) -> list[str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return self._database.patiently(lambda: space.suggest(trial, self._search.space))

    def _take_note(self, trial: optuna.Trial, sources: list[str]) -> None:
        """Tells Optuna the values that follow from the number of the trial."""
        if isinstance(trial.study.sampler, space.Given):
            trial.study.sampler.values = {
                dimension.name: space.parse(dimension, source)
                for dimension, source in zip(self._search.space, sources)
            }
            self._suggest(trial)

    def _is_pruned(self, trial: optuna.Trial, number: int, step: int, value: float) -> bool:
        if not self._database.report(trial._trial_id, step, value):
            raise _Lost
        if number < self._search.prune_after or self._search.prune_after == 0:
            return False
        study = trial.study
        # Not trial.should_prune(), which does not see what was reported past the trial.
        return study.pruner.prune(study, self._database.attempt(trial._trial_id))

    def _finish(
        self,
        study: optuna.Study,
        identifier: int,
        number: int,
        fields: list[str],
        training: Training,
    ) -> None:
        columns = dict(zip(self._search.columns, fields))
        value = float(columns["validation"] or "nan")
        weights = training.take_weights()
        ledger = Ledger(self._search, self._database.attempts(study))
        # The result comes last: an attempt that is done has all that belongs to it.
        if weights is not None and ledger.keeps(number, value):
            self._database.note(identifier, **{WEIGHTS: encode(weights)})
        self._database.note(identifier, **{RESULT: fields})
        has_value = columns["status"] != "pruned" and not math.isnan(value)
        if self._database.finish(identifier, value if has_value else None):
            ledger = Ledger(self._search, self._database.attempts(study))
            self._progress(len(ledger.finished))
