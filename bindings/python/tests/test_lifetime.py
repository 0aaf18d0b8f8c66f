"""When objects are given back: close, twice, in any order, and while a call is under way."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

import spane
from spane import _library

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture
def cluster() -> spane.Cluster:
    made = spane.Cluster()
    made.add_servers(5, node_cpu=40, node_mem=90)
    return made


@pytest.fixture
def freed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by the name of each function that gives something back."""
    # What earlier tests have left is not counted.
    gc.collect()
    names: list[str] = []
    library = _library.library()
    for name in list(spane._api.FUNCTIONS):
        if name.endswith("_free"):
            function = getattr(library, name)

            def counted(pointer: Any, name: str = name, function: Any = function) -> None:
                names.append(name)
                function(pointer)

            monkeypatch.setattr(library, name, counted)
    return names


def test_the_last_reference_gives_back(freed: list[str]) -> None:
    cluster = spane.Cluster()
    del cluster
    gc.collect()
    assert freed == ["spane_cluster_free"]


def test_close_gives_back_once(freed: list[str]) -> None:
    cluster = spane.Cluster()
    cluster.close()
    assert freed == ["spane_cluster_free"]
    assert cluster.closed
    cluster.close()
    del cluster
    gc.collect()
    assert freed == ["spane_cluster_free"]


def test_with(freed: list[str]) -> None:
    with spane.Cluster() as cluster, spane.Session(cluster, "first-fit") as session:
        assert not session.closed
    assert sorted(freed) == ["spane_cluster_free", "spane_session_free"]
    with pytest.raises(spane.ClosedError), spane.Cluster() as cluster:
        cluster.close()
        cluster.reserve(1)


def test_the_order_of_closing_does_not_matter(cluster: spane.Cluster, weights: Path) -> None:
    model = spane.Model(weights)
    session = spane.Session(cluster, model)
    expected = session.scores(4, 8)
    cluster.close()
    model.close()
    gc.collect()
    assert session.scores(4, 8).tolist() == expected.tolist()
    assert session.place(1, 4, 8) is not None
    session.close()


CLUSTER_USES: list[Callable[[spane.Cluster], Any]] = [
    lambda cluster: cluster.add_servers(node_cpu=1, node_mem=1),
    lambda cluster: cluster.servers,
    lambda cluster: cluster.vms,
    lambda cluster: cluster.server(0),
    lambda cluster: cluster.add_servers(spane.ServerType([(1, 1)])),
    lambda cluster: cluster.remove_server(0),
    lambda cluster: cluster.fail_server(0),
    lambda cluster: cluster.resize_server(0, spane.ServerType([(1, 1)])),
    lambda cluster: cluster.server_numbers(),
    lambda cluster: cluster.amounts(),
    lambda cluster: cluster.amounts([0]),
    lambda cluster: cluster.room(1, 1),
    lambda cluster: cluster.room(1, 1, servers=[0]),
    lambda cluster: cluster.cordon(0),
    lambda cluster: cluster.uncordon(0),
    lambda cluster: cluster.set_free(0, 0, 1, 1),
    lambda cluster: cluster.reserve(1),
    lambda cluster: cluster.place(1, (0, (0,)), 1, 1),
    lambda cluster: cluster.release(1),
    lambda cluster: cluster.record(1, (0, (0,)), 1, 1),
    lambda cluster: cluster.move(1, (0, (0,))),
    lambda cluster: cluster.resize(1, 1, 1),
    lambda cluster: cluster.rename(1, 2),
    lambda cluster: cluster.vm_ids(),
    lambda cluster: cluster.vm_ids(0),
    lambda cluster: cluster.find(1),
    lambda cluster: 1 in cluster,
    lambda cluster: cluster.save("/nowhere/at/all"),
    lambda cluster: cluster.to_bytes(),
    lambda cluster: spane.Session(cluster, "first-fit"),
]


@pytest.mark.parametrize("use", CLUSTER_USES)
def test_a_closed_cluster(cluster: spane.Cluster, use: Callable[[spane.Cluster], Any]) -> None:
    cluster.close()
    with pytest.raises(spane.ClosedError, match=r"^this Cluster is closed$") as raised:
        use(cluster)
    assert isinstance(raised.value, ValueError)


def test_a_closed_model(cluster: spane.Cluster, weights: Path) -> None:
    model = spane.Model(weights)
    model.close()
    for use in (
        lambda: model.info,
        lambda: model.provenance("note"),
        lambda: spane.Session(cluster, model),
    ):
        with pytest.raises(spane.ClosedError, match=r"^this Model is closed$"):
            use()


@pytest.mark.parametrize(
    "use",
    [
        lambda session: session.choose(1, 1),
        lambda session: session.choose(1, 1, among=[0]),
        lambda session: session.place(1, 1, 1),
        lambda session: session.choose_many(np.ones((3, 2))),
        lambda session: session.top(1, 1, k=1),
        lambda session: session.scores(1, 1),
        lambda session: session.q_values(1, 1),
    ],
)
def test_a_closed_session(
    cluster: spane.Cluster, model: spane.Model, use: Callable[[spane.Session], Any]
) -> None:
    session = spane.Session(cluster, model)
    session.close()
    with pytest.raises(spane.ClosedError, match=r"^this Session is closed$"):
        use(session)


def test_closing_while_other_threads_decide(cluster: spane.Cluster, model: spane.Model) -> None:
    requests = np.tile((4.0, 8.0), (2000, 1))

    def decide(session: spane.Session) -> None:
        try:
            while True:
                session.choose_many(requests)
        except spane.ClosedError:
            closed.append(True)

    for _ in range(10):
        closed: list[bool] = []
        sessions = [spane.Session(cluster, model) for _ in range(2)]
        threads = [threading.Thread(target=decide, args=(session,)) for session in sessions]
        for thread in threads:
            thread.start()
        for session in sessions:
            session.close()
        for thread in threads:
            thread.join()
        assert closed == [True, True]


def test_overlapping_calls_are_noticed(cluster: spane.Cluster, model: spane.Model) -> None:
    session = spane.Session(cluster, model)
    requests = np.tile((4.0, 8.0), (20_000, 1))
    outcomes: list[str] = []

    def decide() -> None:
        for _ in range(20):
            try:
                placements = session.choose_many(requests)
                assert (placements == placements[0]).all()
                outcomes.append("done")
            except spane.BadStateError:
                outcomes.append("refused")

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 40
    assert "done" in outcomes
