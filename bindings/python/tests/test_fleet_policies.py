"""Decisions on servers of any kinds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import REPOSITORY
from fleets import GPU, RING, SSD, is_consistent, mixed

import spane

pytestmark = pytest.mark.usefixtures("library")

HEURISTICS = ["first-fit", "best-fit", "balance-fit", "move-to-front", "random:7"]
WEIGHTS = REPOSITORY / "data" / "weights" / "potential-synthetic.h5"


@pytest.fixture
def cluster() -> spane.Cluster:
    return mixed()


@pytest.fixture
def first_fit(cluster: spane.Cluster) -> spane.Session:
    return spane.Session(cluster, "first-fit")


@pytest.fixture(scope="module")
def potential(library: str) -> spane.Model:
    if not WEIGHTS.is_file():
        pytest.skip("not in a checkout")
    return spane.Model(WEIGHTS)


def test_spans_of_requests_and_of_the_rule(first_fit: spane.Session) -> None:
    assert first_fit.choose(4, 8) == (0, (0,))
    assert first_fit.choose(4, 8, span=3) == (0, (0, 1, 2))
    assert first_fit.choose(4, 101) == (0, (0, 1))  # above 100 GB
    assert first_fit.choose(32, 8) == (0, (0, 1))  # from 32 cores
    assert first_fit.choose(31, 8) == (2, (0,))
    assert first_fit.choose(40, 200, span=1) == (2, (0,))  # a request knows better
    with pytest.raises(spane.NeverFitsError, match="on 4 nodes") as raised:
        first_fit.choose(65, 8, span=4)
    assert raised.value.request == spane.Request(65, 8, span=4)


def test_resources_of_nodes_and_servers(first_fit: spane.Session) -> None:
    assert first_fit.choose(1, 1, amounts={"gpu": 1}) == (0, (0,))
    assert first_fit.choose(1, 1, amounts={"gpu": 2}) == (2, (0,))
    assert first_fit.choose(1, 1, span=2, amounts={"gpu": 2}) == (0, (0, 1))
    assert first_fit.choose(1, 1, amounts={"disk": 1500}) == (2, (0,))
    with pytest.raises(spane.NeverFitsError, match="'gpu': 5"):
        first_fit.choose(1, 1, amounts={"gpu": 5})
    assert first_fit.place(1, 1, 1, amounts={"gpu": 4, "disk": 1000}) == (2, (0,))
    assert first_fit.choose(1, 1, amounts={"gpu": 2}) is None
    assert first_fit.choose(1, 1, amounts={"disk": 1001}) is None


def test_traits(first_fit: spane.Session) -> None:
    assert first_fit.choose(1, 1, require=GPU) == (2, (0,))
    assert first_fit.choose(1, 1, forbid=SSD) == (1, (0,))
    assert first_fit.choose(1, 1, require=SSD, forbid=GPU) == (0, (0,))
    for require, forbid in ((GPU, SSD), (4, 0), (1 << 63, 0)):
        with pytest.raises(spane.NeverFitsError):
            first_fit.choose(1, 1, require=require, forbid=forbid)


def test_distances(cluster: spane.Cluster, first_fit: spane.Session) -> None:
    for node in (1, 3):
        cluster.place(node, (0, (node,)), 16, 16)
    assert first_fit.choose(2, 2, span=2, among=[0]) == (0, (0, 2))
    assert first_fit.choose(2, 2, span=2, farthest=12, among=[0]) is None
    cluster.release(3)
    near = first_fit.choose(2, 2, span=2, farthest=12, among=[0])
    assert near is not None
    first, second = near.nodes
    assert RING[first][second] == 12


def test_candidates(cluster: spane.Cluster, first_fit: spane.Session) -> None:
    assert first_fit.choose(1, 1, among=[2, 0]) == (2, (0,))
    assert first_fit.choose(1, 1, among=np.array([1], np.int32)) == (1, (0,))
    assert first_fit.choose(1, 1, among=[]) is None
    assert first_fit.choose(30, 1, among=[1]) is None  # of all servers, one is large enough
    for among, told in (([0, 3], r"servers\[1\].* 3"), ([-1], "-1")):
        with pytest.raises(spane.InvalidArgumentError, match=told):
            first_fit.choose(1, 1, among=among)
    cluster.cordon(2)
    assert first_fit.choose(1, 1, among=[2]) is None


def ranked(session: spane.Session, servers: list[int]) -> list[spane.Placement]:
    """The choice of a policy, then its choice among the other servers, and so on."""
    left, choices = list(servers), []
    while (choice := session.choose(6, 6, among=left)) is not None:
        choices.append(choice)
        left.remove(choice.server)
    return choices


@pytest.mark.parametrize("name", ["first-fit", "best-fit", "balance-fit"])
def test_the_best_of_a_heuristic(cluster: spane.Cluster, name: str) -> None:
    cluster.add_servers(spane.ServerType([(10, 40)] * 3), 3)
    cluster.place(1, (4, (1,)), 5, 5)
    session = spane.Session(cluster, name)
    placements, scores = session.top(6, 6, k=100)
    expected = ranked(session, [0, 1, 2, 3, 4, 5])
    assert len(expected) == 6
    assert [spane.Placement.of(*row) for row in placements] == expected
    assert scores.tolist() == [0, -1, -2, -3, -4, -5]
    few, _ = session.top(6, 6, k=2, among=[5, 1, 4])
    assert [spane.Placement.of(*row) for row in few] == ranked(session, [5, 1, 4])[:2]
    with pytest.raises(spane.NeverFitsError):
        session.top(1000, 1, k=1)


@pytest.mark.parametrize("name", HEURISTICS)
def test_heuristics_fill_any_fleet(cluster: spane.Cluster, name: str) -> None:
    session = spane.Session(cluster, name)
    requests = [
        spane.Request(4, 16),
        spane.Request(6, 8, span=3),
        spane.Request(2, 4, amounts={"gpu": 1, "disk": 20}),
        spane.Request(3, 110),
    ]
    vm = 0
    while requests:
        for request in list(requests):
            if session.place(vm, request) is None:
                assert not cluster.room(request).any()
                requests.remove(request)
            vm += 1
    assert cluster.vms > 20
    assert is_consistent(cluster)


def most_that_fit(server: spane.Server, request: spane.Request, distances: Any) -> int:
    """By trying all there is."""
    extras = dict(request.amounts or {})  # type: ignore[arg-type]
    share = np.array([request.cpu, request.mem, extras.get("gpu", 0)]) / request.span
    counts = []
    for node in server.free:
        asked = share > 0
        counts.append(int(np.floor((np.array(node)[asked] / share[asked]).min() + 1e-9)))
    sets = [
        nodes
        for nodes in spane.node_sets(len(counts), request.span)
        if distances is None
        or all(distances[a][b] <= (request.farthest or 255) for a in nodes for b in nodes)
    ]

    @cache
    def most(left: tuple[int, ...]) -> int:
        best = 0
        for nodes in sets:
            if all(left[node] > 0 for node in nodes):
                after = tuple(n - (node in nodes) for node, n in enumerate(left))
                best = max(best, 1 + most(after))
        return best

    found = most(tuple(counts))
    disk = extras.get("disk", 0)
    return min(found, int(server.server_free[0] / disk)) if disk else found


@pytest.mark.parametrize(
    "request_",
    [
        spane.Request(5, 5, span=1),
        spane.Request(10, 20, span=2),
        spane.Request(9, 9, span=3),
        spane.Request(10, 20, span=2, farthest=12),
        spane.Request(2, 2, span=1, amounts={"gpu": 1}),
        spane.Request(2, 2, span=2, amounts={"gpu": 1, "disk": 300}),
    ],
)
def test_room(cluster: spane.Cluster, request_: spane.Request) -> None:
    cluster.place(1, (0, (1,)), 7, 12)
    cluster.place(2, (0, (2, 3)), 14, 12, span=2)
    cluster.place(3, (2, (0,)), 20, 12)
    room = cluster.room(request_)
    expected = [
        most_that_fit(cluster.server(server), request_, RING if server == 0 else None)
        for server in range(3)
    ]
    assert room.dtype == np.int64
    assert room.tolist() == expected
    assert cluster.room(request_, servers=[2, 0]).tolist() == [expected[2], expected[0]]
    cluster.cordon(0)
    assert cluster.room(request_)[0] == 0


def test_many_requests(first_fit: spane.Session) -> None:
    requests = [
        spane.Request(4, 8),
        spane.Request(4, 8, span=3),
        (31, 8),
        spane.Request(1, 1, amounts={"gpu": 5}),
        spane.Request(1, 1, require=GPU, farthest=20),
    ]
    placements = first_fit.choose_many(requests)
    assert placements.tolist() == [[0, 1], [0, 7], [2, 1], [-2, 0], [2, 1]]
    with pytest.raises(spane.InvalidArgumentError, match=r"requests\[1\]"):
        first_fit.choose_many([spane.Request(1, 1), spane.Request(1, 1, span=9)])


def test_a_potential_scores_sets_of_nodes(cluster: spane.Cluster, potential: spane.Model) -> None:
    session = spane.Session(cluster, potential)
    cluster.place(1, (0, (0,)), 10, 4)
    for span in (1, 2, 3):
        scores = session.scores(6, 6, span=span)
        assert scores.shape == (3, 6)
        sets = spane.node_sets(4, span)
        placements, ranked = session.top(6, 6, span=span, k=100)
        assert spane.Placement.of(*placements[0]) == session.choose(6, 6, span=span)
        for row, score in zip(placements, ranked):
            server, nodes = spane.Placement.of(*row)
            assert scores[server, sets.index(nodes)] == score
        assert (np.diff(ranked) <= 0).all()
        for server in range(3):
            count = len(cluster.server(server).capacity)
            for column in range(6):
                lacks = max(sets[column % len(sets)]) >= count
                assert (scores[server, column] == -np.inf) == lacks
        values = session.q_values(6, 6, span=span)
        finite = np.isfinite(scores)
        difference = values[finite] - scores[finite]
        assert np.allclose(difference, difference[0], atol=1e-4)


def test_other_networks_need_two_nodes(cluster: spane.Cluster, model: spane.Model) -> None:
    with pytest.raises(spane.ShapeMismatchError, match="node"):
        spane.Session(cluster, model)


def test_a_network_among_candidates(model: spane.Model, tmp_path: Path) -> None:
    cluster = spane.Cluster()
    cluster.add_servers(5, node_cpu=40, node_mem=90)
    cluster.place(1, (3, (1,)), 20, 8)
    session = spane.Session(cluster, model)
    placements, scores = session.top(4, 8, k=100)
    chosen = np.isin(placements[:, 0], [4, 1])
    few, few_scores = session.top(4, 8, k=100, among=[4, 1])
    assert sorted(few.tolist()) == sorted(placements[chosen].tolist())
    assert np.allclose(np.sort(few_scores), np.sort(scores[chosen]), atol=1e-5)
    assert session.choose(4, 8, among=[4, 1]) == spane.Placement.of(*few[0])


def test_a_session_learns_that_servers_came_and_went(
    cluster: spane.Cluster, potential: spane.Model
) -> None:
    for policy in ("best-fit", potential):
        session = spane.Session(cluster, policy)
        before = session.choose(6, 6, span=2)
        numbers = cluster.add_servers(spane.ServerType([(12, 24)] * 3), 2)
        cluster.cordon(0)
        cluster.cordon(2)
        assert session.choose(6, 6, span=2, forbid=SSD) is not None
        chosen = session.choose(6, 6, span=2)
        assert chosen is not None
        assert chosen.server in numbers
        for number in numbers:
            cluster.remove_server(number)
        assert session.choose(6, 6, span=2) is None
        cluster.uncordon(0)
        cluster.uncordon(2)
        assert session.choose(6, 6, span=2) == before
        fresh = spane.Session(cluster, policy)
        assert [row.tolist() for row in session.top(6, 6, k=20)] == [
            row.tolist() for row in fresh.top(6, 6, k=20)
        ]


def test_a_server_that_is_gone_leaves_no_trace(potential: spane.Model, model: spane.Model) -> None:
    """Neither removed nor resized ones decide which networks serve the fleet, or how they count."""
    cluster = spane.Cluster()
    cluster.add_servers(4, node_cpu=40, node_mem=90)
    sessions = [spane.Session(cluster, policy) for policy in (potential, model)]
    (removed, resized) = cluster.add_servers(spane.ServerType([(40, 90)]), 2)
    with pytest.raises(spane.ShapeMismatchError, match="these have 1 to 2"):
        sessions[1].choose(4, 8)
    sessions[0].choose(4, 8)
    cluster.remove_server(removed)
    cluster.resize_server(resized, spane.ServerType([(40, 90)] * 2))
    cluster.place(1, (2, (1,)), 13, 7)
    again = spane.Cluster.from_bytes(cluster.to_bytes())
    for session, policy in zip(sessions, (potential, model)):
        for other in (spane.Session(cluster, policy), spane.Session(again, policy)):
            for size in ((4, 8), (7, 13), (20, 60)):
                expected = session.scores(*size)
                assert other.scores(*size).tobytes() == expected.tobytes()


def test_random_fleets_stay_consistent(potential: spane.Model) -> None:
    """Everything that can happen, in any order: sessions that were there all along decide as those
    that are made anew, and amounts add up."""
    random = np.random.default_rng(1)
    cluster = mixed()
    sessions = {name: spane.Session(cluster, name) for name in ("first-fit", "best-fit")}
    network = spane.Session(cluster, potential)
    next_vm = 0
    for turn in range(300):
        servers, vms = cluster.server_numbers(), cluster.vm_ids()
        happens = random.choice(["place"] * 6 + ["release", "move", "resize", "server"])
        request = spane.Request(
            float(random.integers(1, 12)),
            random.integers(1, 300) / 10,
            span=int(random.integers(1, 4)),
            amounts={"gpu": float(random.integers(0, 2)), "disk": random.integers(0, 50) / 10},
        )
        if happens == "place":
            session = [*sessions.values(), network][turn % 3]
            session.place(next_vm, request)
            next_vm += 1
        elif happens == "server":
            number = random.choice(servers)
            if turn % 3 == 0:
                cluster.add_servers(spane.ServerType([(20, 60, 1)] * int(random.integers(1, 5))))
            elif turn % 3 == 1 and len(servers) > 2:
                cluster.fail_server(number)
                cluster.remove_server(number)
            else:
                cluster.cordon(number) if turn % 2 else cluster.uncordon(number)
        elif len(vms):
            vm = random.choice(vms)
            if happens == "release":
                cluster.release(vm)
            else:
                try:
                    if happens == "resize":
                        cluster.resize(vm, request)
                    elif placement := network.choose(cluster.find(vm).request):
                        cluster.move(vm, placement)
                except (
                    spane.InfeasibleActionError,
                    spane.InvalidArgumentError,  # another span
                    spane.NeverFitsError,
                ):
                    pass
    assert is_consistent(cluster)
    assert cluster.vms > 10
    again = spane.Cluster.from_bytes(cluster.to_bytes())
    for name, session in [*sessions.items(), ("", network)]:
        other = spane.Session(again, name or potential)
        for span in (1, 2, 3):
            chosen = [each.top(1, 1, span=span, k=100) for each in (session, other)]
            assert [row.tolist() for row in chosen[0]] == [row.tolist() for row in chosen[1]]
    assert again.room(1, 1).tolist() == cluster.room(1, 1).tolist()


@pytest.mark.parametrize("weights", ["spane-synthetic", "untrained-1", "potential-synthetic"])
@pytest.mark.parametrize("node", [0, 1])
def test_overfull_servers_have_no_room_for_networks(weights: str, node: int) -> None:
    cluster = spane.Cluster()
    cluster.add_servers(3, node_cpu=40, node_mem=90)
    cluster.record(1, (1, (node,)), 41, 8, span=1)
    session = spane.Session(cluster, spane.Model(REPOSITORY / f"data/weights/{weights}.h5"))
    fresh = spane.Cluster.from_bytes(cluster.to_bytes())
    again = spane.Session(fresh, spane.Model(REPOSITORY / f"data/weights/{weights}.h5"))
    for request in [(4, 8), (4, 16), (30, 8)]:
        chosen = session.choose(*request)
        best, _scores = session.top(*request, k=1)
        assert chosen == spane.Placement.of(*best[0]) == again.choose(*request)
        scores = session.scores(*request)
        assert np.isfinite(scores).all()
        assert np.array_equal(scores, again.scores(*request))
        assert np.isfinite(session.q_values(*request)).all()


def test_names_of_resources_are_short_enough_to_be_saved() -> None:
    names = [f"{index:0255}" for index in range(62)]
    cluster = spane.Cluster(node_resources=names[:31], server_resources=names[31:])
    assert spane.Cluster.from_bytes(cluster.to_bytes()).options == cluster.options
    with pytest.raises(spane.InvalidArgumentError, match="256 bytes"):
        spane.Cluster(node_resources=["x" * 256])
