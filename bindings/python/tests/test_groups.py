"""Fault domains and groups, against their definitions in a few plain lines."""

from __future__ import annotations

import copy
import random
from pathlib import Path

import numpy as np
import pytest

import spane
from spane import GroupRule

RACKS = 3


def make_fleet(servers: int = 9) -> spane.Cluster:
    cluster = spane.Cluster(levels=["rack", "zone"])
    cluster.add_servers(servers, node_cpu=16, node_mem=32)
    for server in range(servers):
        cluster.set_domain(server, "rack", server % RACKS)
        cluster.set_domain(server, "zone", server % RACKS // 2)
    return cluster


def test_levels_and_domains(tmp_path: Path) -> None:
    cluster = make_fleet()
    assert cluster.levels == ("rack", "zone")
    assert cluster.domain(7, "rack") == cluster.domain(7, 0) == 1
    assert cluster.domain(7, "server") == cluster.domain(7, -1) == 7
    cluster.set_domain(7, 0, -1)
    assert cluster.domain(7, "rack") == -1
    assert spane.Cluster().levels == ()
    with pytest.raises(
        spane.InvalidArgumentError, match="'row'; the levels are: rack, zone, server"
    ):
        cluster.domain(0, "row")
    with pytest.raises(spane.InvalidArgumentError, match="level is 2"):
        cluster.domain(0, 2)
    with pytest.raises(spane.InvalidArgumentError, match="level rack is there twice"):
        spane.Cluster(levels=["rack", "rack"])
    with pytest.raises(spane.InvalidArgumentError, match="server"):
        spane.Cluster(levels=["server"])
    with pytest.raises(spane.InvalidArgumentError, match="domain is -2"):
        cluster.set_domain(0, "rack", -2)


def test_rules_come_back() -> None:
    cluster = make_fleet()
    rules = (GroupRule("at_most", 2, "rack"), GroupRule("together", level="zone"))
    cluster.set_group(5, *rules, GroupRule("spread", 3, hard=False))
    assert cluster.group_rules(5) == (*rules, GroupRule("spread", 3, "server", hard=False))
    assert cluster.group_rules(6) == ()
    cluster.place(1, (0, (0,)), 2, 4, group=5)
    assert cluster.group_vms(5) == 1
    assert cluster.find(1).request.group == 5
    cluster.set_group(5)
    assert cluster.group_rules(5) == ()
    with pytest.raises(spane.InvalidArgumentError, match="group is 0"):
        cluster.set_group(0, GroupRule("together"))
    with pytest.raises(spane.InvalidArgumentError, match="count is 0"):
        cluster.set_group(5, GroupRule("at_most", 0))
    with pytest.raises(ValueError, match="kind"):
        cluster.set_group(5, GroupRule("alone"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="rules"):
        cluster.set_group(5, "at_most")  # type: ignore[arg-type]


@pytest.mark.parametrize("policy", ["first-fit", "best-fit", spane.DEFAULT_POLICY, "random:7"])
def test_no_hard_rule_is_broken(policy: str) -> None:
    """At most two VMs a rack, each on a server of its own: six in all, wherever they go."""
    cluster = make_fleet()
    cluster.set_group(1, GroupRule("at_most"), GroupRule("at_most", 2, "rack"))
    session = spane.Session(cluster, policy)
    placed = [session.place(vm, 2, 4, group=1) for vm in range(8)]
    servers = [placement.server for placement in placed if placement]
    assert len(servers) == len(set(servers)) == 6
    assert placed[6:] == [None, None]
    assert np.bincount([server % RACKS for server in servers]).tolist() == [2, 2, 2]
    assert (cluster.group_violations(2, 4, group=1) == -1).all()
    free = next(server for server in range(9) if server not in servers)
    message = (
        f"server {free} is not allowed: group 1 has 2 VMs in rack {free % RACKS}; at most 2 may"
    )
    with pytest.raises(spane.InfeasibleActionError, match=message):
        cluster.place(9, (free, (0,)), 2, 4, group=1)
    cluster.record(9, (free, (0,)), 2, 4, group=1)
    assert cluster.group_vms(1) == 7


def referee(
    vms: dict[int, tuple[int, int]], group: int, server: int, limits: dict[int, int]
) -> int:
    """By how many VMs a soft limit for racks is broken, -1 where a hard one for servers is."""
    others = [where for of, where in vms.values() if of == group]
    if server in others:
        return -1
    in_rack = sum(where % RACKS == server % RACKS for where in others)
    return max(0, in_rack + 1 - limits[group])


def test_sessions_choose_among_the_least_broken() -> None:
    draw = random.Random(3)
    cluster = make_fleet(12)
    limits = {1: 1, 2: 2}
    for group, limit in limits.items():
        soft = GroupRule("at_most", limit, "rack", hard=False)
        cluster.set_group(group, GroupRule("at_most"), soft)
    session, plain = spane.Session(cluster, "best-fit"), spane.Session(cluster, "best-fit")
    vms: dict[int, tuple[int, int]] = {}
    for vm in range(150):
        if vms and draw.random() < 0.4:
            gone = draw.choice(sorted(vms))
            cluster.release(gone)
            del vms[gone]
        group, cpu, mem = draw.choice([1, 2]), draw.randint(1, 6), draw.randint(1, 12)
        told = [referee(vms, group, server, limits) for server in range(12)]
        assert cluster.group_violations(cpu, mem, group=group).tolist() == told
        expected = None
        for step in sorted(set(told) - {-1}):
            servers = [server for server in range(12) if told[server] == step]
            expected = expected or plain.choose(cpu, mem, among=servers)
        assert session.choose(cpu, mem, group=group) == expected
        placement = session.place(vm, cpu, mem, group=group)
        assert placement == expected
        if placement:
            vms[vm] = group, placement.server


def test_copies_and_files_keep_groups(tmp_path: Path) -> None:
    cluster = make_fleet()
    cluster.set_group(4, GroupRule("together", level="rack"))
    cluster.place(1, (4, (1,)), 2, 4, group=4)
    cluster.save(tmp_path / "cluster.h5")
    for other in (copy.copy(cluster), spane.Cluster.load(tmp_path / "cluster.h5")):
        assert other.levels == cluster.levels
        assert other.group_rules(4) == cluster.group_rules(4)
        assert other.find(1) == cluster.find(1)
        assert [other.domain(server, "zone") for server in range(9)] == [0, 0, 1] * 3
        allowed = other.group_violations(2, 4, group=4) == 0
        assert np.flatnonzero(allowed).tolist() == [1, 4, 7]


def test_trials_take_groups_back() -> None:
    cluster = make_fleet()
    cluster.set_group(1, GroupRule("at_most", 1, "rack"))
    session = spane.Session(cluster, "first-fit")
    session.place(1, 2, 4, group=1)
    before = cluster.group_violations(2, 4, group=1).tolist()
    with cluster.trial():
        assert session.place(2, 2, 4, group=1) == (1, (0,))
        cluster.fail_server(0)
        cluster.set_group(1)
        assert cluster.group_violations(2, 4, group=1).tolist() == [0] * 9
    assert cluster.group_violations(2, 4, group=1).tolist() == before == [-1, 0, 0] * 3


def test_unknown_domains_break_rules() -> None:
    cluster = spane.Cluster(levels=["rack"])
    cluster.add_servers(2, node_cpu=16, node_mem=32)
    cluster.set_domain(1, "rack", 0)
    cluster.set_group(1, GroupRule("at_most", 5, "rack"))
    session = spane.Session(cluster, "first-fit")
    assert session.place(1, 2, 4, group=1) == (1, (0,))
    cluster.set_group(2, GroupRule("at_most", 5, "rack", hard=False))
    assert cluster.group_violations(2, 4, group=2).tolist() == [1, 0]


def test_explanations_know_groups() -> None:
    cluster = spane.Cluster()
    cluster.add_servers(3, node_cpu=40, node_mem=90)
    cluster.set_group(5, GroupRule("at_most", 1))
    session = spane.Session(cluster, "first-fit")
    session.place(1, 4, 8, group=5)
    kinds = [reason.kind.name for reason in cluster.explain(4, 8, group=5)]
    assert kinds == ["GROUP", "FITS", "FITS"]
    told = session.explain(4, 8, k=3, group=5)
    assert [ranked.placement.server for ranked in told.best] == [1, 2]
    assert told.excluded == {spane.ReasonKind.GROUP: 1}
    assert "1 refused by its group" in told.text
    assert session.choose(4, 8, group=5) == told.best[0].placement
