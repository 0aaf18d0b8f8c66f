"""Why VMs go where they go, and how many more there is room for."""

from __future__ import annotations

import json
import math
from pathlib import Path

import fleets
import numpy as np
import pytest

import spane
from spane import ReasonKind

pytestmark = pytest.mark.usefixtures("library")

POLICIES = ["first-fit", "best-fit", "balance-fit", "move-to-front", "random:3", "l2+pack"]
RULE = "2*most-allocated,l2,-1*dot-product+pack"


def full() -> spane.Cluster:
    """Three servers of two nodes with 16 cores and 64 GB, on each of which one node is in use."""
    cluster = spane.Cluster()
    cluster.add_servers(3, node_cpu=16, node_mem=64)
    for server in range(3):
        cluster.place(server, (server, (server % 2,)), 10 + server, 8)
    return cluster


def test_reasons() -> None:
    cluster = fleets.mixed()
    for vm, node, cpu in ((1, 0, 20), (2, 0, 20), (3, 1, 16)):
        cluster.place(vm, (2, (node,)), cpu, 8)
    one, two, three = cluster.explain(9, 8)
    assert one == (ReasonKind.FITS, None, None, 0, (0,), None)
    assert two == (ReasonKind.TOO_SMALL, "cpu", 0, 1, (0,), None)
    assert three == (ReasonKind.NO_ROOM, "cpu", 0, 1, (0,), None)
    (disk,) = cluster.explain(1, 1, amounts={"disk": 1500}, servers=[0])
    assert (disk.kind, disk.resource, disk.node, disk.short_by) == (5, "disk", None, 500)
    (gpu,) = cluster.explain(spane.Request(1, 1, amounts={"gpu": 3}), servers=[0])
    assert (gpu.kind, gpu.resource, gpu.node, gpu.short_by) == (5, "gpu", 0, 2)
    assert cluster.explain(1, 1, span=2)[1].kind == ReasonKind.TOO_FEW_NODES
    assert cluster.explain(1, 1, require=fleets.GPU)[0] == (2, None, None, 0, (), 1)
    assert cluster.explain(1, 1, forbid=fleets.SSD)[0] == (3, None, None, 0, (), 0)
    far = cluster.explain(1, 1, span=3, farthest=12, servers=[0])[0]
    assert (far.kind, far.short_by, far.nodes) == (ReasonKind.TOO_FAR, 8, (0, 1, 2))
    cluster.cordon(1)
    assert cluster.explain(1, 1)[1].kind == ReasonKind.CORDONED
    assert cluster.explain(1, 1, servers=[]) == []
    with pytest.raises(spane.InvalidArgumentError, match=r"servers\[0\]"):
        cluster.explain(1, 1, servers=[7])


def test_an_explanation() -> None:
    session = spane.Session(full(), "best-fit")
    told = session.explain(17, 8, k=3)
    assert (told.considered, told.with_room, told.best) == (3, 0, [])
    assert told.excluded == {ReasonKind.TOO_SMALL: 3}
    told = session.explain(16, 60)
    assert told.request == "16 cores and 60 GB over 2 nodes"
    assert told.excluded == {ReasonKind.NO_ROOM: 3}
    assert [each.server for each in told.nearest] == [0, 1, 2]
    assert told.nearest[1].short == (("cpu", 1, 3),)
    assert told.text == str(told)
    assert told.text == (
        "16 cores and 60 GB over 2 nodes: 3 servers considered, 0 have room. Excluded: 3 no room. "
        "Least short: server 0 by 2 cores on node 0; server 1 by 3 cores on node 1; "
        "server 2 by 4 cores on node 0."
    )
    assert json.loads(told.to_json())["nearest"][0]["short"] == [
        {"resource": "cpu", "node": 0, "by": 2}
    ]


@pytest.mark.parametrize("policy", [*POLICIES, spane.DEFAULT_POLICY, RULE, "network"])
def test_the_first_is_the_choice(policy: str, weights: Path) -> None:
    cluster = full()
    session = spane.Session(cluster, spane.Model(weights) if policy == "network" else policy)
    for vm in range(100, 140):
        told = session.explain(3, 4 + vm % 3, k=2)
        chosen = session.place(vm, 3, 4 + vm % 3)
        assert told.with_room + sum(told.excluded.values()) == told.considered == 3
        if chosen is None:
            assert told.best == []
            continue
        assert told.best[0].placement == chosen
        assert len(told.best) <= 2
        for each in told.best:
            assert sum(value for _, value in each.parts) == pytest.approx(each.score)
    told = session.explain(1, 1, among=[2, 0], k=9)
    assert {each.placement.server for each in told.best} <= {0, 2}
    assert told.considered == 2


def test_parts_of_a_rule() -> None:
    cluster = full()
    told = spane.Session(cluster, RULE).explain(4, 8, k=1).best[0]
    server = told.placement.server
    names = [name for name, _ in told.parts]
    assert names == ["2*most-allocated", "l2", "-1*dot-product"]
    amounts = cluster.amounts([server])
    before = amounts.free.sum(axis=1)[0]
    left, capacity = before - [4, 8], np.array([32, 128])
    values = [
        -2 * (left / capacity).sum(),
        -math.sqrt(((left / capacity) ** 2).sum()),
        -([4, 8] / capacity * (before / capacity)).sum(),
    ]
    assert [value for _, value in told.parts] == pytest.approx(values)


def test_room_by_type() -> None:
    cluster = spane.Cluster()
    cluster.add_servers(spane.ServerType([(8, 32)] * 2, name="small"), 3)
    cluster.add_servers(spane.ServerType([(16, 64)] * 2, name="large"), 2)
    cluster.add_servers(spane.ServerType([(4, 8)]))
    cluster.cordon(0)
    cluster.place(1, (3, (0,)), 15, 8)
    rooms = cluster.room_by_type(4, 8)
    assert rooms == {"small": 8, "large": 12, "": 1}
    assert sum(rooms.values()) == cluster.room(4, 8).sum()
    assert spane.Cluster().room_by_type(1, 1) == {}
