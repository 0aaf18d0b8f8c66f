"""Hundreds of VMs that come and go, by real host states, filter and weight handler of Nova."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import spane
from nova.scheduler.filters import numa_topology_filter
from nova_fleet import CellShape, Flavor, Fleet, HostShape, request_spec
from rule import DefaultRule

from spane_nova.demand import Kind
from spane_nova.options import CONF
from spane_nova.weigher import picked_cells

KIND = Kind(True)
TWO = {"hw:numa_nodes": "2"}
ONE = {"hw:numa_nodes": "1"}
DEDICATED = {"hw:cpu_policy": "dedicated"}

SHARED_FLAVORS = [
    Flavor(2, 4000, ONE),
    Flavor(4, 8192, ONE),
    Flavor(8, 30000, ONE),
    Flavor(8, 24576, TWO),
    Flavor(16, 65536, TWO),
]
FLAVORS = [
    *SHARED_FLAVORS,
    Flavor(4, 8192, ONE | DEDICATED),
    Flavor(6, 12288, TWO | DEDICATED),
    Flavor(4, 8192, ONE | DEDICATED | {"hw:mem_page_size": "2048"}),
    Flavor(2, 2048, ONE | {"hw:mem_page_size": "large"}),
    Flavor(2, 2048),
    Flavor(4, 4096, TWO | {"hw:cpu_policy": "mixed", "hw:cpu_dedicated_mask": "0-1"}),
    Flavor(
        6,
        6144,
        TWO
        | {"hw:numa_cpus.0": "0,1,2,3", "hw:numa_cpus.1": "4,5"}
        | {"hw:numa_mem.0": "4096", "hw:numa_mem.1": "2048"},
    ),
]
HOSTS = [
    *[HostShape([CellShape(16, 8, 49152, 4096)] * 2) for _ in range(4)],
    *[HostShape([CellShape(8, 8, 40000, 2048)] * 4, cpu_ratio=2.0, ram_ratio=1.25)] * 2,
    HostShape([CellShape(24, 0, 65536), CellShape(8, 12, 32768)]),
]


def test_nova_and_libspane_agree_after_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    """Their cells are equal while VMs of all kinds come and go, and a restart changes nothing."""
    fleet, chance = Fleet(HOSTS), random.Random(1)
    booted = refused = events = 0
    while booted < 300:
        if fleet.vms and chance.random() < 0.42:
            fleet.delete_any(chance)
        elif fleet.boot(chance.choice(FLAVORS)):
            booted += 1
        else:
            refused += 1
        events += 1
        assert fleet.differences(fleet.changed) == []
        if events % 25 == 0:
            # The others have not changed.
            assert fleet.differences() == []
        if booted == 150:
            # What a new process would see.
            fleet.weigher = type(fleet.weigher)()
    assert refused > 20
    counters = fleet.weigher.counters
    assert counters.errors == 0
    with capsys.disabled():
        print(
            f"\nnova library: {booted} VMs booted, {refused} refused, {events} events, "
            f"0 differences in cells; since the restart {counters}; "
            f"{1e3 * fleet.seconds_in_all / booted:.2f} ms a VM in all"
        )


@pytest.mark.parametrize("pack", [False, True])
def test_the_best_host_is_that_of_the_rule(pack: bool, tmp_path: Path) -> None:
    """The weights are those of the rule at Nova's cells, by a second implementation of it."""
    CONF.set_override("packing_host_numa_cells_allocation_strategy", pack, group="compute")
    mix = tmp_path / "mix.csv"
    flavors = [(16.0, 64.0, 2), (8.0, 29.296875, 1)]
    expected = [flavors[0]] * 3 + [flavors[1]]
    cpu, mem, span = (list(column) for column in zip(*expected, strict=True))
    spane.Trace.from_arrays(cpu, mem, list(range(4)), [1.0] * 4, span=span).save(mix)
    CONF.set_override("mix", str(mix), group="spane")
    hosts = [HostShape([CellShape(16, 0, 65536)] * 2) for _ in range(6)]
    fleet, chance = Fleet(hosts), random.Random(2)
    rule = DefaultRule({(16, 65536, 2): 3.0, (8, 30000, 1): 1.0}, servers=(32, 131072))
    decisions = 0
    while decisions < 60:
        if fleet.vms and chance.random() < 0.42:
            fleet.delete_any(chance)
            continue
        flavor = chance.choice(SHARED_FLAVORS)
        spec = request_spec(flavor)
        weighed = fleet.weighed(spec)
        if len(weighed) > 1:
            scores = {}
            for number, host in enumerate(fleet.hosts):
                if picked := picked_cells(host, spec):
                    left = fleet.left(number, KIND)
                    scores[host.host] = rule.score(left, flavor.vcpus, flavor.memory, picked)
            best = max(scores.values())
            assert scores[weighed[0].obj.host] == pytest.approx(best, abs=1e-5)
            order = [scores[each.obj.host] for each in weighed]
            assert order == pytest.approx(sorted(order, reverse=True), abs=1e-5)
            decisions += 1
        if weighed:
            fleet.put(weighed[0].obj, spec, flavor)
    print(fleet.weigher.counters)
    assert fleet.weigher.counters.errors == fleet.weigher.counters.unscored == 0


def test_the_filter_lets_pass_what_nova_lets_pass() -> None:
    """Its quick look never refuses a host on which Nova would put the VM."""
    ours, chance = Fleet(HOSTS), random.Random(3)
    theirs = numa_topology_filter.NUMATopologyFilter()
    some = 0
    for _ in range(150):
        if len(ours.vms) > 40:
            ours.delete_any(chance)
        flavor = chance.choice(FLAVORS)
        spec = request_spec(flavor)
        passed = ours.filter.filter_all(candidates := ours.candidates(spec), spec)
        must = list(theirs.filter_all(ours.candidates(spec), spec))
        assert [host.host for host in passed] == [host.host for host in must]
        some += 0 < len(must) < len(candidates)
        if passed:
            ours.put(passed[0], spec, flavor)
    assert some > 50
