"""What the weigher makes of options, odd hosts and errors."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import spane
from nova_fleet import CellShape, Flavor, Fleet, HostShape, request_spec
from oslo_config import cfg, generator

from spane_nova import SpaneWeigher, options
from spane_nova.options import CONF

CELL = CellShape(shared=8, dedicated=8, memory=16384)
ONE, TWO = {"hw:numa_nodes": "1"}, {"hw:numa_nodes": "2"}
WEIGHTS = Path(__file__).parents[3] / "data" / "weights" / "potential-synthetic.h5"


def order(fleet: Fleet, flavor: Flavor) -> list[str]:
    """The hosts, best first."""
    return [each.obj.host for each in fleet.weighed(request_spec(flavor))]


def test_hosts_that_are_equal_weigh_the_same() -> None:
    """So that other weighers decide, or chance."""
    fleet = Fleet([HostShape([CELL, CELL])] * 3)
    assert {each.weight for each in fleet.weighed(request_spec(Flavor(2, 2048, ONE)))} == {0.0}


@pytest.mark.parametrize("pack", [False, True])
def test_a_host_is_scored_at_the_cells_that_nova_picks(pack: bool) -> None:
    """Best Fit would fill the cell in use of the first host.

    Nova takes the empty one there if it spreads, so that it is no better than the empty host.
    """
    CONF.set_override("policy", "best-fit", group="spane")
    CONF.set_override("packing_host_numa_cells_allocation_strategy", pack, group="compute")
    fleet = Fleet([HostShape([CELL, CELL])] * 2)
    fleet.put(fleet.hosts[1], request_spec(flavor := Flavor(2, 2048, ONE)), flavor)
    weights = {each.obj.host: each.weight for each in fleet.weighed(request_spec(flavor))}
    if pack:
        assert weights == {"host00": 0.0, "host01": 1.0}
    else:
        assert weights == {"host00": 0.0, "host01": 0.0}
    assert fleet.weigher.counters.disagreements == (0 if pack else 1)


@pytest.mark.parametrize("policy", ["first-fit", "most-allocated+pack", str(WEIGHTS)])
def test_any_policy(policy: str) -> None:
    CONF.set_override("policy", policy, group="spane")
    fleet = Fleet([HostShape([CELL, CELL])] * 2)
    for _ in range(4):
        assert fleet.boot(Flavor(4, 4096, TWO))
    assert fleet.differences() == []
    assert fleet.weigher.counters.unscored == fleet.weigher.counters.errors == 0
    # Each of them fills a host before it begins another one.
    assert {vm.host for vm in fleet.vms.values()} == {0}


def test_a_policy_that_does_not_exist_stops_the_scheduler() -> None:
    CONF.set_override("policy", "worst-fit", group="spane")
    with pytest.raises(spane.InvalidArgumentError, match="worst-fit"):
        SpaneWeigher()


def test_hosts_that_libspane_does_not_know_come_last() -> None:
    """Those with more than eight cells."""
    fleet = Fleet([HostShape([CELL] * 9), HostShape([CELL, CELL]), HostShape([CELL] * 8)])
    assert order(fleet, Flavor(2, 2048, ONE))[-1] == "host00"
    assert fleet.weigher.counters.unscored == 1


def test_physical_sizes() -> None:
    """Without the ratios, a host that has to be overcommitted comes last."""
    CONF.set_override("policy", "most-allocated", group="spane")
    shapes = [HostShape([CELL, CELL], cpu_ratio=4.0)] * 2
    for ratios, best in ((True, "host00"), (False, "host01")):
        CONF.set_override("allocation_ratios", ratios, group="spane")
        fleet = Fleet(shapes)
        for _ in range(4):
            full = request_spec(flavor := Flavor(4, 2048, ONE))
            fleet.put(fleet.hosts[0], full, flavor)
        assert order(fleet, Flavor(2, 2048, ONE))[0] == best


def test_the_multiplier_of_an_aggregate_comes_first() -> None:
    fleet = Fleet([HostShape([CELL])])
    assert fleet.weigher.weight_multiplier(fleet.hosts[0]) == 1.0
    fleet.hosts[0].aggregates = [SimpleNamespace(metadata={"spane_weight_multiplier": "7.5"})]
    assert fleet.weigher.weight_multiplier(fleet.hosts[0]) == 7.5


def test_an_error_of_the_library_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_named: Any) -> None:
        raise spane.InternalError("a mistake")

    fleet = Fleet([HostShape([CELL, CELL])] * 2)
    monkeypatch.setattr(spane.Session, "explain", fail)
    monkeypatch.setattr(spane.Cluster, "explain", fail)
    assert order(fleet, Flavor(2, 2048, ONE)) == ["host00", "host01"]
    assert fleet.weigher.counters.errors == 1


def test_hosts_may_grow() -> None:
    """More cells than any host before, other sizes, other ratios."""
    fleet = Fleet([HostShape([CELL])] * 2)
    assert fleet.boot(Flavor(2, 2048, ONE))
    larger = Fleet([HostShape([CELL] * 4, cpu_ratio=3.0), HostShape([CELL._replace(memory=8192)])])
    larger.weigher = fleet.weigher
    assert larger.boot(Flavor(2, 2048, ONE))
    assert larger.differences() == []


def test_the_options_are_listed(tmp_path: Path) -> None:
    """By oslo-config-generator, through the entry point."""
    sample = tmp_path / "spane.conf"
    conf = cfg.ConfigOpts()
    generator.register_cli_opts(conf)
    conf([f"--output-file={sample}", "--namespace=spane_nova"], default_config_files=[])
    generator.generate(conf)
    text = sample.read_text()
    assert "[spane]" in text
    for option in options.OPTIONS:
        assert f"#{option.name} = " in text
