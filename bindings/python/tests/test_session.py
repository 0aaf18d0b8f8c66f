"""Decisions for a live cluster."""

from __future__ import annotations

import pickle
from typing import Any, Callable

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

HEURISTICS = ["first-fit", "best-fit", "balance-fit", "move-to-front", "random", "random:7"]


@pytest.fixture
def cluster() -> spane.Cluster:
    made = spane.Cluster()
    made.add_servers(5, node_cpu=40, node_mem=90)
    made.place(1, (0, (0,)), 30, 8)
    made.place(2, (3, (1,)), 20, 8)
    return made


@pytest.fixture
def network(cluster: spane.Cluster, model: spane.Model) -> spane.Session:
    return spane.Session(cluster, model)


@pytest.mark.parametrize("name", HEURISTICS)
def test_heuristics_fill_the_cluster(cluster: spane.Cluster, name: str) -> None:
    session = spane.Session(cluster, name)
    placed = 0
    while (placement := session.place(100 + placed, 8, 4)) is not None:
        assert cluster.find(100 + placed).placement == placement
        placed += 1
    # 10 nodes of 5 such VMs each; 30 cores leave room for 1, 20 for 2.
    assert placed == 8 * 5 + 1 + 2
    assert session.choose(8, 4) is None


def test_heuristics_by_hand(cluster: spane.Cluster) -> None:
    assert spane.Session(cluster, "first-fit").choose(20, 4) == spane.Placement(0, (1,))
    assert spane.Session(cluster, "best-fit").choose(10, 4) == spane.Placement(0, (0,))
    assert spane.Session(cluster, "balance-fit").choose(10, 4) == spane.Placement(0, (1,))
    assert spane.Session(cluster, "first-fit").choose(70, 11) == spane.Placement(1, (0, 1))


def test_choose_leaves_the_cluster(network: spane.Session, cluster: spane.Cluster) -> None:
    before = cluster.to_bytes()
    assert network.choose(4, 8) == network.choose(4, 8)
    assert cluster.to_bytes() == before


def test_choose_many_is_choose(network: spane.Session) -> None:
    requests = np.array([(4, 8), (70, 100), (80, 100), (1000, 1), (40, 10)], np.float64)
    placements = network.choose_many(requests)
    assert placements.dtype == np.int32
    for (cpu, mem), placement in zip(requests, placements.tolist()):
        if placement == [-2, 0]:
            with pytest.raises(spane.NeverFitsError):
                network.choose(cpu, mem)
        else:
            chosen = None if placement[0] < 0 else spane.Placement.of(*placement)
            assert network.choose(cpu, mem) == chosen
    assert placements[3].tolist() == [-2, 0]
    assert network.choose_many([]).shape == (0, 2)
    assert network.choose_many(requests.tolist()).tolist() == placements.tolist()


def test_top_and_scores(network: spane.Session, cluster: spane.Cluster) -> None:
    placements, scores = network.top(4, 8, k=100)
    assert placements.shape == (10, 2)
    assert (np.diff(scores) <= 0).all()
    assert spane.Placement.of(*placements[0]) == network.choose(4, 8)
    all_scores = network.scores(4, 8)
    assert all_scores.shape == (5, 2)
    assert all_scores[placements[:, 0], placements[:, 1] - 1].tolist() == scores.tolist()
    some = network.scores(4, 8, servers=[3, 0])
    assert some.tolist() == all_scores[[3, 0]].tolist()
    few, few_scores = network.top(4, 8, k=3)
    assert few.tolist() == placements[:3].tolist()
    assert few_scores.tolist() == scores[:3].tolist()
    cluster.cordon(0)
    assert network.scores(4, 8)[0].tolist() == [-np.inf, -np.inf]
    for server in range(1, 5):
        cluster.cordon(server)
    none, none_scores = network.top(4, 8, k=3)
    assert none.shape == (0, 2)
    assert none_scores.shape == (0,)


def test_what_never_fits_is_told_from_what_has_to_wait(
    network: spane.Session, cluster: spane.Cluster
) -> None:
    cluster.add_servers(node_cpu=8, node_mem=500)  # no server has both 40 cores and 500 GB
    session = spane.Session(cluster, "first-fit")
    for cpu, mem in ((41, 4), (17, 181), (17, 400), (1, 1001)):
        with pytest.raises(spane.NeverFitsError, match="even if nothing else") as raised:
            session.choose(cpu, mem)
        assert (raised.value.cpu, raised.value.mem) == (cpu, mem)
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
        with pytest.raises(spane.NeverFitsError):
            session.place(9, cpu, mem)
        with pytest.raises(spane.NeverFitsError):
            network.top(cpu, mem, k=3)
        assert session.choose_many([(cpu, mem)]).tolist() == [[-2, 0]]
    for server in range(6):
        cluster.cordon(server)
    assert session.place(9, 40, 8) is None
    assert session.choose(16, 1000) is None
    assert session.choose_many([(40, 8), (41, 4)]).tolist() == [[-1, 0], [-2, 0]]
    assert 9 not in cluster


def test_a_split_vm_has_one_placement_a_server(network: spane.Session) -> None:
    placements, _ = network.top(4, 16, k=100)
    assert sorted(placements.tolist()) == [[server, 0b11] for server in range(5)]


def test_q_values_differ_from_scores_by_a_constant(network: spane.Session) -> None:
    difference = network.q_values(4, 8) - network.scores(4, 8)
    assert difference.shape == (5, 2)
    assert np.allclose(difference, difference[0, 0], atol=1e-4)


def test_outputs_of_the_caller(network: spane.Session) -> None:
    out = np.empty((5, 2), np.float32)
    assert network.scores(4, 8, out=out) is out
    assert network.q_values(4, 8, out=out) is out
    placements = np.empty((1, 2), np.int32)
    assert network.choose_many(np.ones((1, 2)), out=placements) is placements


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: np.empty((5, 2), np.float64), "out has dtype float64; it must be float32"),
        (lambda: np.empty((2, 5), np.float32).T, "out is not C-contiguous"),
        (lambda: np.empty((5, 4), np.float32)[:, ::2], "out is not C-contiguous"),
        (lambda: np.empty(10, np.float32), r"out has shape \(10,\); it must be \(5, 2\)"),
        (lambda: np.empty((4, 2), np.float32), "out has shape"),
        (lambda: np.frombuffer(bytes(40), np.float32).reshape(5, 2), "out is read-only"),
        (lambda: np.empty((5, 2), ">f4"), "out has dtype >f4; it must be float32"),
        (
            lambda: np.frombuffer(bytearray(41), np.uint8)[1:].view(np.float32).reshape(5, 2),
            "out is not C-contiguous and aligned",
        ),
    ],
)
def test_other_outputs_are_refused(
    network: spane.Session, make: Callable[[], np.ndarray], said: str
) -> None:
    out = make()
    with pytest.raises(ValueError, match=said):
        network.scores(4, 8, out=out)


def test_outputs_must_be_arrays(network: spane.Session) -> None:
    with pytest.raises(TypeError, match="out is a list; it must be an ndarray"):
        network.scores(4, 8, out=[[0.0] * 2] * 5)  # type: ignore[arg-type]


def test_inputs_are_used_as_they_are_or_refused(network: spane.Session) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="requests has dtype float32"):
        network.choose_many(np.ones((3, 2), np.float32))
    with pytest.raises(spane.InvalidArgumentError, match="contiguous"):
        network.choose_many(np.ones((6, 2))[::2])
    with pytest.raises(spane.ShapeMismatchError, match=r"it must be \(any, 2\)"):
        network.choose_many(np.ones((3, 3)))
    with pytest.raises(spane.InvalidArgumentError, match="servers has dtype int64"):
        network.scores(4, 8, servers=np.array([0, 1]))


def test_sessions_follow_the_cluster(network: spane.Session, cluster: spane.Cluster) -> None:
    before = network.scores(4, 8)
    cluster.place(50, (4, (0,)), 10, 10)
    assert network.scores(4, 8).tolist() != before.tolist()
    cluster.release(50)
    assert network.scores(4, 8).tolist() == before.tolist()
    cluster.add_servers(2, node_cpu=40, node_mem=90)
    assert network.scores(4, 8).shape == (7, 2)


def test_heuristics_have_no_scores(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "first-fit")
    for ask in (session.scores, session.q_values):
        with pytest.raises(spane.UnsupportedError):
            ask(4, 8)


def test_deciding_in_an_environment(model: spane.Model) -> None:
    trace = spane.Trace.generate(500, seed=1)
    policies: list[spane.Policy] = [*HEURISTICS, model]
    expected = spane.evaluate(trace, [50, 7, 50], policies, length=60).waits
    environment = spane.Environment(trace)
    for row, policy in enumerate(policies):
        session = spane.EnvironmentSession(environment, policy)
        for column, start in enumerate([50, 7, 50]):
            environment.reset(start, length=60)
            while not environment.info.finished:
                environment.step(session.decide())
            assert environment.info.total_wait == expected[row, column]
        assert session.info.decisions == 180
        with pytest.raises(spane.BadStateError):
            session.decide()


def test_a_session_in_an_environment_scores(model: spane.Model) -> None:
    trace = spane.Trace.generate(500, seed=1)
    environment = spane.Environment(trace, servers=4)
    session = spane.EnvironmentSession(environment, model)
    for ask in (session.decide, session.scores, session.q_values, lambda: session.top(1)):
        with pytest.raises(spane.BadStateError, match="spane_env_reset"):
            ask()
    environment.reset(3, length=60)
    values = session.q_values()
    scores = np.empty(8, np.float32)
    assert values.shape == (8,) and session.scores(scores) is scores
    assert np.allclose(values - values[0], scores - scores[0], atol=1e-5)
    best = np.where(environment.mask(), values, -np.inf)
    assert best[session.decide()] == best.max()
    actions, ranks = session.top(100)
    assert actions[0] == session.decide() and (np.diff(ranks) <= 0).all()
    assert environment.mask()[actions].all()
    with pytest.raises(spane.InvalidArgumentError, match="k is 0"):
        session.top(0)
    environment.close()
    assert session.top(3)[0].tolist() == actions[:3].tolist()
    session.close()
    with pytest.raises(spane.ClosedError, match=r"^this EnvironmentSession is closed$"):
        session.decide()


def test_a_heuristic_in_an_environment() -> None:
    environment = spane.Environment(spane.Trace.generate(500, seed=1), servers=4)
    environment.reset(3, length=60)
    session = spane.EnvironmentSession(environment, "best-fit")
    actions, ranks = session.top(3)
    assert actions[0] == session.decide() and ranks.tolist() == [0, -1, -2]
    with pytest.raises(spane.UnsupportedError, match="heuristic"):
        session.scores()


def test_each_place_has_its_own_kind_of_session(cluster: spane.Cluster) -> None:
    environment: Any = spane.Environment(spane.Trace.generate(500, seed=1))
    anything: Any = cluster
    with pytest.raises(TypeError, match=r"^cluster is an Environment; it must be a Cluster"):
        spane.Session(environment, "first-fit")
    with pytest.raises(TypeError, match=r"^environment is a Cluster; it must be an Environment"):
        spane.EnvironmentSession(anything, "first-fit")
    with pytest.raises(TypeError):
        spane.Session(cluster, anything)
    assert not hasattr(spane.Session, "decide") and not hasattr(spane.EnvironmentSession, "place")


def test_memory_of_a_heuristic(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "most-allocated+spread")
    few = session.info.bytes
    cluster.add_servers(10_000, node_cpu=8, node_mem=16)
    # It remembers something of each server.
    assert few > 0 and session.info.bytes > few + 8 * 10_000


def test_sessions_count(cluster: spane.Cluster, model: spane.Model) -> None:
    session = spane.Session(cluster, model)
    assert session.info[1:] == (0, 0, 0, 0, 0) and session.info.bytes > 0
    session.choose(1, 2)
    session.choose_many([[1.0, 2.0], [2.0, 2.0]])
    session.top(1, 2, k=3)
    assert session.info.decisions == 4
