"""`spane search --storage`: one search on several hosts."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import searches

optuna = pytest.importorskip("optuna")

from hosts import Hosts  # noqa: E402
from optuna.trial import TrialState  # noqa: E402
from postgres import Postgres  # noqa: E402

from spane.report import Search  # noqa: E402
from spane.search import _storage  # noqa: E402


@pytest.fixture(autouse=True)
def _no_process_stays() -> Iterator[None]:
    yield
    searches.end_all()


@contextlib.contextmanager
def postgres(**where: Any) -> Iterator[Postgres]:
    # The path of a socket has at most 107 bytes, which those of pytest's folders exceed.
    folder = Path(tempfile.mkdtemp(prefix="spane-postgres-"))
    try:
        server = Postgres(folder, **where)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def database() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    made = Hosts("cut", "whole")
    yield made
    made.close()


def until(holds: object, what: str) -> None:
    """Waits until a function is true."""
    assert callable(holds)
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail(f"{what} did not come")


def studies(url: str) -> list[Any]:
    # The test's database has no encoding.
    options = {"connect_args": {"client_encoding": "utf8"}} if url.startswith("postgresql") else {}
    storage = optuna.storages.RDBStorage(
        url.replace("postgresql:", "postgresql+psycopg:"), engine_kwargs=options
    )
    return [
        optuna.load_study(study_name=summary, storage=storage)
        for summary in optuna.get_all_study_names(storage)
    ]


def test_a_worker_is_killed_and_the_database_restarted(database: Postgres, tmp_path: Path) -> None:
    searches.write(tmp_path, "trials = 6\nkeep = 2\nprune_after = 3", generations=25)
    storage = ("--storage", database.url, "--heartbeat", "1", "--threads", "1")
    first = searches.start(tmp_path, "first", *storage)
    second = searches.start(tmp_path, "second", *storage)
    trials = tmp_path / "first" / "trials"
    until(lambda: list(trials.glob("*/checkpoint.h5")), "a checkpoint of a trial")
    first.kill()
    first.communicate()
    database.stop()
    time.sleep(0.3)
    database.start()
    # A host that comes late.
    third = searches.start(tmp_path, "third", *storage)
    for worker in (second, third):
        printed, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors
        assert "6 trials (" in printed
    status, printed, errors = searches.search(tmp_path, "whole", "--threads", "1")
    assert status == 0, errors

    # Everything is as if one machine had done it: the results of every trial, bit for bit.
    whole = tmp_path / "whole"
    for name in ("second", "third"):
        assert searches.rows(tmp_path / name) == searches.rows(whole)
        assert searches.weights(tmp_path / name) == searches.weights(whole)
    assert len(searches.weights(whole)) == 2
    # What the killed worker was at was tried again, and no trial counts twice.
    (study,) = studies(database.url)
    counted = Counter(
        attempt.user_attrs["spane_number"]
        for attempt in study.trials
        if attempt.state in (TrialState.COMPLETE, TrialState.PRUNED)
    )
    assert counted == Counter(range(6))
    assert {attempt.state for attempt in study.trials} <= {
        TrialState.COMPLETE,
        TrialState.PRUNED,
        TrialState.FAIL,
    }
    lost = [
        attempt
        for attempt in study.trials
        if attempt.user_attrs.get("spane_worker", "").endswith(f":{first.pid}")
        and attempt.state == TrialState.FAIL
    ]
    assert lost
    # The process that trained for it has ended too: nobody holds the folder of its trial.
    for lock in trials.glob("*/lock"):
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_host_is_cut_off_and_comes_back(hosts: Hosts, tmp_path: Path) -> None:
    searches.write(tmp_path, "trials = 3\nkeep = 1", generations=150)
    with postgres(addresses=hosts.address, port=54377) as database:
        url = f"postgresql://spane@{hosts.address}:54377/postgres"
        storage = ("--storage", url, "--heartbeat", "1", "--threads", "1")
        cut = searches.start(tmp_path, "cut", *storage, prefix=hosts.prefix("cut"))
        until(lambda: list(tmp_path.glob("cut/trials/*/checkpoint.h5")), "a checkpoint of a trial")
        hosts.cut("cut")
        whole = searches.start(tmp_path, "whole", *storage, prefix=hosts.prefix("whole"))
        # The database is on this machine, and is reached by its socket too.
        lost = [TrialState.FAIL] if hosts.are_real else [TrialState.FAIL, TrialState.COMPLETE]
        until(
            lambda: [
                attempt
                for study in studies(database.url)
                for attempt in study.trials
                if attempt.state in lost
            ],
            "an attempt of the lost host that is given up",
        )
        hosts.mend("cut")
        for worker in (cut, whole):
            printed, errors = worker.communicate(timeout=120)
            assert worker.returncode == 0, errors
            assert "3 trials (" in printed
        assert searches.rows(tmp_path / "cut") == searches.rows(tmp_path / "whole")
        assert searches.weights(tmp_path / "cut") == searches.weights(tmp_path / "whole")
        (study,) = studies(database.url)
        counted = Counter(
            attempt.user_attrs["spane_number"]
            for attempt in study.trials
            if attempt.state == TrialState.COMPLETE
        )
        assert counted == Counter(range(3))


@pytest.mark.parametrize("method", ["tpe", "cma-es"])
def test_samplers_of_optuna(method: str, tmp_path: Path) -> None:
    searches.write(tmp_path, f'method = "{method}"\ntrials = 5\nkeep = 2', generations=8)
    storage = ("--storage", "sqlite:///search.db", "--threads", "2")
    status, printed, errors = searches.search(tmp_path, "found", *storage)
    assert status == 0, errors
    assert "Optuna hands out the trials of study spane-" in errors
    rows = searches.rows(tmp_path / "found")
    assert [row["trial"] for row in rows] == ["0", "1", "2", "3", "4"]
    for row in rows:
        assert 0.1 <= float(row["learner.sigma"]) <= 1
        assert row["network.activation"] in ("tanh", "relu")
        assert 2 <= int(row["network.hidden_width"]) <= 4
    # The best are kept, and the report of the project reads the folder.
    best = sorted(rows, key=lambda row: (float(row["validation"]), int(row["trial"])))[:2]
    assert set(searches.weights(tmp_path / "found")) == {f"trial-{row['trial']}.h5" for row in best}
    assert "learner.sigma" in Search.load(tmp_path / "found").parameters
    # Again: all is done already, also for a host that has no folder yet; more trials go on.
    status, again, errors = searches.search(tmp_path, "other", *storage)
    assert (status, again.replace("other", "found")) == (0, printed)
    assert searches.weights(tmp_path / "other") == searches.weights(tmp_path / "found")
    status, _, errors = searches.search(tmp_path, "found", *storage, "--trials", "6")
    assert status == 0, errors
    assert searches.rows(tmp_path / "found")[:5] == rows


def test_a_worker_that_leaves_gives_its_trial_back(tmp_path: Path) -> None:
    searches.write(tmp_path, "trials = 2\nkeep = 1", generations=1500)
    storage = ("--storage", "sqlite:///search.db", "--threads", "1")
    worker = searches.start(tmp_path, "folder", *storage)
    until(lambda: list(tmp_path.glob("folder/trials/*/checkpoint.h5")), "a checkpoint of a trial")
    worker.send_signal(signal.SIGTERM)
    printed, errors = worker.communicate(timeout=60)
    assert worker.returncode == 128 + signal.SIGTERM, errors
    assert printed.startswith("Stopped after ")
    (study,) = studies(f"sqlite:///{tmp_path}/search.db")
    assert not [attempt for attempt in study.trials if attempt.state == TrialState.RUNNING]
    assert [attempt for attempt in study.trials if attempt.state == TrialState.WAITING]


def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searches.write(tmp_path, 'method = "tpe"\ntrials = 2')
    status, _, errors = searches.search(tmp_path, "folder")
    assert status == 1
    assert 'search.method is "tpe", which is Optuna\'s: name a database with --storage' in errors
    rule = "it must be postgresql://USER@HOST/DATABASE, or on one machine sqlite:///FILE"
    for url, shown in [
        ("mysql://me:secret@host/name", "mysql://me:***@host/name"),
        ("sqlite://", "sqlite://"),
    ]:
        status, _, errors = searches.search(tmp_path, "folder", "--storage", url)
        assert (status, errors) == (1, f"spane search: --storage is {shown}; {rule}\n")
    monkeypatch.setattr(_storage, "_FIRST_PATIENCE", 0)
    (tmp_path / "no.db").write_text("no database" * 100)
    for name, reason in [("no.db", "file is not a database"), ("no/x.db", "unable to open")]:
        with pytest.raises(_storage.StorageError, match=rf"sqlite:///.*{name}: {reason}"):
            _storage.Database(
                f"sqlite:///{tmp_path}/{name}", heartbeat=30, threads=1, stopping=Event()
            )
    # The mistake of a configuration is that of the command, before any trial.
    (tmp_path / "trace.csv").unlink()
    status, _, errors = searches.search(tmp_path, "folder", "--storage", "sqlite:///search.db")
    assert (status, errors) == (
        1,
        "spane search: trace.csv: cannot be read: No such file or directory\n",
    )
    assert not (tmp_path / "folder").exists()
