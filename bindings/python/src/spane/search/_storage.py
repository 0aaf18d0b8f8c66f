"""The database of a search, which may be away for a while."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import optuna
import sqlalchemy
from optuna.exceptions import ExperimentalWarning, StorageInternalError
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from spane.search._ledger import MOST_RETRIES, NUMBER

Result = TypeVar("Result")

_AWAY = (StorageInternalError, SQLAlchemyError)
_SILENCES = 3
"""After so many heartbeats that did not come a worker counts as lost."""
_PATIENCE = 900.0
"""Seconds for which a worker waits for a database that is away."""
_FIRST_PATIENCE = 10.0


class StorageError(Exception):
    """The database cannot be used."""


class Stopping(Exception):
    """The worker is to leave."""


class Database:
    """Where the attempts at trials are kept. Its methods wait for a database that is away."""

    def __init__(
        self, url: str, *, heartbeat: int, threads: int, stopping: threading.Event
    ) -> None:
        self.heartbeat = heartbeat
        self._stopping = stopping
        self._quiet_until = 0.0
        self._looked = -1e9
        self._lock = threading.Lock()
        parsed, options = _parse(url)
        self.shown = parsed.render_as_string(hide_password=True)
        """The address without its password."""
        is_file = parsed.get_backend_name() == "sqlite"
        self._lock_file = f"{parsed.database}.lock" if is_file else None
        # One connection for each trial, one for the heartbeats, one for the main thread.
        if not is_file:
            options |= {"pool_size": threads + 2, "max_overflow": 2}

        def opened() -> optuna.storages.RDBStorage:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ExperimentalWarning)
                return optuna.storages.RDBStorage(
                    parsed.render_as_string(hide_password=False),
                    engine_kwargs={"pool_pre_ping": True, **options},
                    heartbeat_interval=heartbeat,
                    grace_period=_SILENCES * heartbeat,
                    heartbeat_stale_trial_callback=self._retry(),
                )

        # Hosts that begin together make the same tables, and all but one are refused at first.
        self._storage = self.patiently(opened, _FIRST_PATIENCE)

    @staticmethod
    def _retry() -> Callable[[optuna.Study, optuna.trial.FrozenTrial], None]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=MOST_RETRIES)

    def patiently(self, call: Callable[[], Result], patience: float = _PATIENCE) -> Result:
        """Repeats a call that may be made twice until the database answers."""
        limit, pause = time.monotonic() + patience, 0.1
        while True:
            try:
                return call()
            except _AWAY as error:
                # The heartbeats of others were lost too, and are given time to come.
                self._quiet_until = time.monotonic() + _SILENCES * self.heartbeat
                if time.monotonic() > limit:
                    raise StorageError(f"{self.shown}: {_reason(error)}") from None
                if self._stopping.wait(pause):
                    raise Stopping from None
                pause = min(5.0, 2 * pause)

    # Studies

    def study(self, name: str) -> optuna.Study:
        """The study of this name, which is made when it is missing; one for each thread."""
        return self.patiently(
            lambda: optuna.create_study(
                study_name=name, storage=self._storage, direction="minimize", load_if_exists=True
            )
        )

    def attempts(self, study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
        return self.patiently(lambda: study.get_trials(deepcopy=False))

    def attempt(self, identifier: int) -> optuna.trial.FrozenTrial:
        return self.patiently(lambda: self._storage.get_trial(identifier))

    def give_up_lost(self, study: optuna.Study) -> None:
        """Lets others retry the attempts of workers that are no longer heard of."""
        now = time.monotonic()
        with self._lock:
            if now < self._quiet_until or now - self._looked < self.heartbeat:
                return
            self._looked = now
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            self.patiently(lambda: optuna.storages.fail_stale_trials(study))

    # Attempts

    def add(self, study: optuna.Study, number: int) -> int:
        """Adds an attempt that waits; gives its identifier."""
        study_id = self._storage.get_study_id_from_name(study.study_name)
        waiting = optuna.create_trial(
            state=optuna.trial.TrialState.WAITING, user_attrs={NUMBER: number}
        )
        return self.patiently(lambda: self._storage.create_new_trial(study_id, waiting))

    def begin(self, attempt: int) -> bool:
        """Takes an attempt that waits; False when another worker was faster."""
        # A worker that is lost right afterwards has been heard of once, and so is missed.
        self.patiently(lambda: self._storage.record_heartbeat(attempt))
        with self._alone():
            return self._set_state(attempt, optuna.trial.TrialState.RUNNING)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps the other workers of this machine from a SQLite database, which locks no rows."""
        if self._lock_file is None:
            yield
            return
        with Path(self._lock_file).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def give_back(self, attempt: int) -> None:
        """Lets an attempt wait again."""
        self._set_state(attempt, optuna.trial.TrialState.WAITING)

    def fail(self, attempt: int, **why: Any) -> None:
        self.note(attempt, **why)
        self._set_state(attempt, optuna.trial.TrialState.FAIL)

    def finish(self, attempt: int, value: float | None) -> bool:
        """Ends an attempt with its result; False when it was given up before."""
        if value is None:
            return self._set_state(attempt, optuna.trial.TrialState.PRUNED)
        return self._set_state(attempt, optuna.trial.TrialState.COMPLETE, [value])

    def _set_state(
        self,
        attempt: int,
        state: optuna.trial.TrialState,
        values: list[float] | None = None,
    ) -> bool:
        try:
            return self.patiently(
                lambda: self._storage.set_trial_state_values(attempt, state, values)
            )
        except optuna.exceptions.UpdateFinishedTrialError:
            # Also where the answer to the call that did it was lost.
            return self.attempt(attempt).state == state

    def note(self, attempt: int, **attributes: Any) -> bool:
        """Keeps something with an attempt; False when it was given up before."""
        try:
            for name, value in attributes.items():
                self.patiently(partial(self._storage.set_trial_user_attr, attempt, name, value))
        except optuna.exceptions.UpdateFinishedTrialError:
            return False
        return True

    def report(self, attempt: int, step: int, value: float) -> bool:
        """Keeps a validation; False when the attempt was given up before."""
        try:
            self.patiently(lambda: self._storage.set_trial_intermediate_value(attempt, step, value))
        except optuna.exceptions.UpdateFinishedTrialError:
            return False
        return True

    def beat(self, attempt: int) -> None:
        """Tells that the worker of an attempt lives; a database that is away hears it later."""
        try:
            self._storage.record_heartbeat(attempt)
        except _AWAY:
            self._quiet_until = time.monotonic() + _SILENCES * self.heartbeat


def _parse(text: str) -> tuple[sqlalchemy.URL, dict[str, Any]]:
    rule = "it must be postgresql://USER@HOST/DATABASE, or on one machine sqlite:///FILE"
    try:
        url = sqlalchemy.make_url(text)
    except ArgumentError:
        raise StorageError(f"--storage is no address of a database; {rule}") from None
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    backend = url.drivername.split("+")[0]
    if backend == "postgresql":
        # A database without an encoding would give bytes for texts.
        return url, {"connect_args": {"client_encoding": "utf8"}}
    if backend == "sqlite" and url.database not in (None, "", ":memory:"):
        return url, {"connect_args": {"timeout": 60}}
    raise StorageError(f"--storage is {url.render_as_string(hide_password=True)}; {rule}")


def _reason(error: BaseException) -> str:
    """The last cause, which says what the database said."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(getattr(error, "orig", None) or error)


def encode(content: bytes) -> str:
    """A file as a text for the database."""
    return base64.b64encode(content).decode("ascii")


def write(text: str, path: Path) -> None:
    """Writes such a file whole or not at all."""
    content = base64.b64decode(text)
    if path.exists() and path.read_bytes() == content:
        return
    temporary = path.with_name(f".{path.name}-{threading.get_native_id()}.part")
    temporary.write_bytes(content)
    temporary.replace(path)
