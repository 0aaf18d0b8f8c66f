"""Places that are held until a time, and traits that are preferred."""

from __future__ import annotations

import copy
import math
import random

import pytest

import spane
from spane import ReasonKind


@pytest.fixture
def cluster() -> spane.Cluster:
    cluster = spane.Cluster()
    cluster.add_servers(4, node_cpu=40, node_mem=90)
    return cluster


def test_what_is_not_confirmed_ends(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "first-fit")
    draw = random.Random(3)
    ends: dict[int, float] = {}
    now = 0.0
    for vm in range(600):
        end = now + draw.randint(0, 9)
        if session.reserve(vm, 1, 1, expires=end) is not None:
            ends[vm] = end
        if ends and draw.random() < 0.3:
            other = draw.choice(sorted(ends))
            choice = draw.randrange(3)
            if choice == 0:
                cluster.confirm(other)
                assert cluster.expiry(other) == math.inf
            elif choice == 1:
                cluster.release(other)
            if choice < 2:
                del ends[other]
            else:
                ends[other] = now + 5
                cluster.set_expiry(other, ends[other])
        if vm % 5 == 0:
            now += 1
            ended = sorted((end, vm) for vm, end in ends.items() if end <= now)
            assert cluster.expire(now) == [vm for _, vm in ended]
            for _, gone in ended:
                del ends[gone]
        assert list(cluster.reservations().items()) == sorted(
            ends.items(), key=lambda item: (item[1], item[0])
        )
    twin = copy.deepcopy(cluster)
    assert twin.reservations() == cluster.reservations() != {}
    with cluster.trial():
        cluster.expire(math.inf)
        assert cluster.reservations() == {}
    assert twin.reservations() == cluster.reservations()


def test_wrong_times(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "first-fit")
    with pytest.raises(spane.InvalidArgumentError, match="expires is nan"):
        session.reserve(1, 4, 8, expires=math.nan)
    with pytest.raises(spane.NotFoundError, match="id is 1"):
        cluster.confirm(1)
    with pytest.raises(spane.NotFoundError, match="id is 1"):
        cluster.expiry(1)
    with pytest.raises(spane.InvalidArgumentError, match="now is nan"):
        cluster.expire(math.nan)
    with pytest.raises(TypeError, match="now"):
        cluster.expire("soon")  # type: ignore[arg-type]
    with pytest.raises(spane.NeverFitsError):
        session.reserve(1, 400, 8, expires=1)


def test_explanations_say_what_is_reserved(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "first-fit")
    for vm in range(8):
        session.reserve(vm, 40, 9, expires=vm)
    cluster.confirm(6)
    cluster.confirm(7)
    kinds = [reason.kind for reason in cluster.explain(4, 8)]
    assert kinds == [ReasonKind.RESERVED] * 3 + [ReasonKind.NO_ROOM]
    told = session.explain(4, 8)
    assert told.excluded == {ReasonKind.NO_ROOM: 1, ReasonKind.RESERVED: 3}
    assert "which it would have without what is reserved there" in told.text
    assert session.reserve(9, 4, 8, expires=9) is None


def test_preferred_traits_come_first() -> None:
    cluster = spane.Cluster(traits=["ssd", "near"])
    for traits in (0b00, 0b01, 0b10, 0b11):
        cluster.add_servers(spane.ServerType([(40, 90)] * 2, traits=traits))
    for policy in ("first-fit", "best-fit", "random:1", spane.DEFAULT_POLICY):
        session = spane.Session(cluster, policy)
        choice = session.choose(4, 8, prefer=0b11)
        assert choice is not None and choice.server == 3
        choice = session.choose(4, 8, prefer=0b01, forbid=0b10)
        assert choice is not None and choice.server == 1
        choice = session.choose(4, 8, prefer=0b11, among=[2, 0])
        assert choice is not None and choice.server == 2
    assert cluster.group_violations(4, 8, prefer=0b11).tolist() == [2, 1, 1, 0]
    session = spane.Session(cluster, "first-fit")
    servers = []
    for vm in range(8):
        placed = session.place(vm, 40, 9, prefer=0b11)
        assert placed is not None
        servers.append(placed.server)
    assert servers == [3, 3, 1, 1, 2, 2, 0, 0]
    assert copy.deepcopy(cluster).find(2).request.prefer == 0b11
