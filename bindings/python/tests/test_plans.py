"""Plans of live migrations."""

from __future__ import annotations

import numpy as np
import pytest

import spane


@pytest.fixture
def cluster() -> spane.Cluster:
    """Two servers, on each of which one VM is in the way of a large one."""
    cluster = spane.Cluster()
    cluster.add_servers(2, node_cpu=40, node_mem=90)
    cluster.place(1, (0, (0,)), 30, 8)
    cluster.place(2, (1, (0,)), 30, 8)
    return cluster


def test_room_is_made(cluster: spane.Cluster) -> None:
    plan = cluster.plan_room(70, 60, exact=True)
    assert plan.found and plan.outcome == spane.PlanOutcome.CHEAPEST
    (move,) = plan.moves
    # To the other node of its server it could not go, as the VM needs both.
    assert (move.vm, move.source, move.target.server) == (1, (0, (0,)), 1)
    assert (plan.mem, plan.price, move.request, move.round) == (8, 10, 0, 0)
    assert plan.placement == (0, (0, 1))
    assert plan.text.startswith("70 cores and 60 GB over 2 nodes fit on no server.")
    assert plan.text in repr(plan)
    cluster.apply(plan)
    cluster.place(3, plan.placement, 70, 60)
    with pytest.raises(spane.BadStateError, match="VM 1 runs on"):
        cluster.apply(plan)


def test_moves_are_carried_out_one_by_one(cluster: spane.Cluster) -> None:
    plan = cluster.plan_room(spane.Request(70, 60))
    for move in plan.moves:
        cluster.apply_move(move)
    assert plan.placement is not None
    cluster.place(3, plan.placement, 70, 60)


def test_several_vms(cluster: spane.Cluster) -> None:
    large = spane.Request(70, 60)
    plan = cluster.plan_room([large, large, spane.Request(2, 4)])
    assert plan.outcome == spane.PlanOutcome.NOT_FOUND
    first, second, third = plan.placements
    assert first == (0, (0, 1)) and second is None and third is not None
    assert [move.request for move in plan.moves] == [0]


def test_why_there_is_no_plan(cluster: spane.Cluster) -> None:
    assert cluster.plan_room(90, 60).outcome == spane.PlanOutcome.TOO_LARGE
    assert cluster.plan_room(70, 60, moves=0).outcome == spane.PlanOutcome.TOO_MANY_MOVES
    cluster.place(3, (0, (1,)), 40, 8)
    cluster.place(4, (1, (1,)), 40, 8)
    assert cluster.plan_room(70, 60).outcome == spane.PlanOutcome.FLEET_FULL


def test_what_may_not_move(cluster: spane.Cluster) -> None:
    assert cluster.plan_room(70, 60, pinned=[1]).moves[0].vm == 2
    assert cluster.plan_room(70, 60, fixed=[0]).moves[0].vm == 2
    assert cluster.plan_room(70, 60, prices={1: 3}).moves[0].vm == 2
    assert not cluster.plan_room(70, 60, pinned=[1, 2]).found
    assert not cluster.plan_room(70, 60, closed=[1]).found
    with pytest.raises(spane.NotFoundError, match="id is 9, which is not placed"):
        cluster.plan_room(70, 60, pinned=[9])


def test_servers_are_emptied(cluster: spane.Cluster) -> None:
    plan = cluster.plan_drain(0)
    assert plan.found and plan.servers.tolist() == [0] and plan.bound == plan.price == 10
    plan = cluster.plan_consolidation(3)
    assert plan.servers.tolist() == [0] and plan.bound == 1
    cluster.apply(plan)
    assert cluster.server(0).vms == 0
    cluster.cordon(0)
    stuck = cluster.plan_drain(1).stuck
    assert stuck.dtype == np.uint64 and stuck.tolist() == [1, 2]


def test_nodes_are_evened_out() -> None:
    cluster = spane.Cluster()
    cluster.add_servers(1, node_cpu=40, node_mem=90)
    cluster.place(1, (0, (0,)), 10, 8)
    cluster.place(2, (0, (0,)), 10, 8)
    (move,) = cluster.plan_repair(0).moves
    assert move.target == (0, (1,))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"moves": 65}, "moves is 65; it must be in 0 ... 64"),
        ({"budget": -1}, "budget is -1"),
        ({"at_once": 0}, "at_once is 0"),
        ({"move_price": -1.0}, "price of a move is -1"),
        ({"local_price": 2.0}, "price of a local GB is 2"),
        ({"prices": {1: -1.0}}, "price of VM 1 is -1"),
        ({"closed": [7]}, "server is 7"),
    ],
)
def test_wrong_options(cluster: spane.Cluster, wrong: dict[str, object], message: str) -> None:
    with pytest.raises(spane.InvalidArgumentError, match=message):
        cluster.plan_room(70, 60, **wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="unexpected argument 'move'"):
        cluster.plan_room(70, 60, move=3)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"pinned": None}, "pinned is None; it must be a list of VMs"),
        ({"pinned": "12"}, "pinned is '12'; it must be a list of VMs"),
        ({"pinned": ["1"]}, "pinned is '1'; it must be a whole number"),
        ({"closed": 5}, "closed is 5; it must be a list of servers"),
        ({"fixed": 0.5}, "fixed is 0.5; it must be a list of servers"),
        ({"fixed": [0.5]}, "fixed is 0.5; it must be a whole number"),
        ({"prices": [1]}, "prices is a list; it must be a Mapping"),
        ({"prices": None}, "prices is None; it must be a Mapping"),
        ({"prices": {1: "2"}}, "prices is '2'; it must be a number"),
        ({"moves": None}, "moves is None; it must be a whole number"),
        ({"move_price": None}, "move_price is None; it must be a number"),
    ],
)
def test_options_of_other_types(
    cluster: spane.Cluster, wrong: dict[str, object], message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        cluster.plan_room(70, 60, **wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=message):
        cluster.plan_consolidation(1, **wrong)  # type: ignore[arg-type]


def test_moves_of_other_types(cluster: spane.Cluster) -> None:
    (move,) = cluster.plan_drain(0).moves
    for field in ("vm", "mem", "price", "request", "round"):
        with pytest.raises(TypeError, match=f"{field} is None; it must be a"):
            cluster.apply_move(move._replace(**{field: None}))  # type: ignore[arg-type]


def test_no_server_in_placement(cluster: spane.Cluster) -> None:
    empty = spane.Cluster()
    assert empty.plan_room(1, 1).outcome == spane.PlanOutcome.NO_SERVERS
    assert "No server is in placement." in empty.plan_room(1, 1).text
    assert cluster.plan_room(70, 60, closed=[0, 1]).outcome == spane.PlanOutcome.NO_SERVERS


def test_progress_of_plans(cluster: spane.Cluster) -> None:
    told: list[tuple[int, int]] = []
    plan = cluster.plan_consolidation(9, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (2, 2) and plan.servers.tolist() == [0]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster.plan_consolidation(9, progress=stop)
    with pytest.raises(TypeError, match="progress is 5; it must be a function"):
        cluster.plan_consolidation(9, progress=5)  # type: ignore[arg-type]
    assert cluster.plan_consolidation(9).moves == plan.moves


def test_misuse(cluster: spane.Cluster) -> None:
    large = spane.Request(70, 60)
    with pytest.raises(TypeError, match="Requests are complete"):
        cluster.plan_room([large], 5)
    plan = cluster.plan_room(large)
    plan.close()
    with pytest.raises(spane.ClosedError, match="plan is closed"):
        cluster.apply(plan)
    move = spane.Move(1, spane.Placement(0, (0,)), spane.Placement(0, (5,)), 8, 10, 0, 0)
    with pytest.raises(spane.InvalidArgumentError, match="it must name 1 of"):
        cluster.apply_move(move)


def test_overcommitted_servers() -> None:
    cluster = spane.Cluster()
    cluster.add_servers(2, node_cpu=4, node_mem=100)
    cluster.record(1, (0, (0,)), 12, 1)
    assert cluster.plan_consolidation(9).bound == 1
    cluster.place(2, (1, (0,)), 1, 1)
    plan = cluster.plan_consolidation(9)
    assert len(plan.servers) <= plan.bound


def test_what_nobody_asks_for_may_be_overcommitted() -> None:
    cluster = spane.Cluster(node_resources=("gpu",))
    cluster.add_servers(spane.ServerType([(10, 100, 0), (5, 100, 0)]), 1)
    cluster.add_servers(spane.ServerType([(4, 100, 0), (4, 100, 0)]), 1)
    cluster.record(1, (0, (0,)), spane.Request(4, 4, 1, {"gpu": 1}))
    cluster.place(2, (0, (0,)), 4, 4)
    plan = cluster.plan_room(6, 4, request={"span": 1})
    assert [move.vm for move in plan.moves] == [2]
    assert "gpu" not in plan.text
    cluster.apply(plan)
    assert plan.placement is not None
    cluster.place(3, plan.placement, 6, 4, span=1)


def test_a_vm_that_fits_needs_no_plan() -> None:
    cluster = spane.Cluster()
    cluster.add_servers(2, node_cpu=40, node_mem=90)
    plan = cluster.plan_room(4, 4)
    assert not plan.moves
    assert plan.text == "4 cores and 4 GB on one node fit on node 0 of server 0 without a move."
