"""What the filter says about hosts that it refuses."""

from __future__ import annotations

import logging

import pytest
from nova_fleet import CellShape, Flavor, Fleet, HostShape, request_spec

CELL = CellShape(shared=8, dedicated=8, memory=16384, large_pages=2048)
ONE, TWO, PIN = {"hw:numa_nodes": "1"}, {"hw:numa_nodes": "2"}, {"hw:cpu_policy": "dedicated"}
PAGES = {"hw:mem_page_size": "2048"}


@pytest.mark.parametrize(
    ("shape", "flavor", "reason"),
    [
        (
            [CELL, CELL],
            Flavor(12, 4096, ONE),
            "host00/host00 is short of 4 shared CPUs on cell 0, even if it were empty",
        ),
        (
            [CELL, CELL._replace(dedicated=2)],
            Flavor(8, 4096, TWO | PIN),
            "host00/host00 is short of 2 dedicated CPUs on cell 1, even if it were empty",
        ),
        (
            [CELL, CELL],
            Flavor(4, 6144, ONE | PAGES),
            "host00/host00 is short of 2048 MB of 2048 kB pages on cell 0, even if it were empty",
        ),
        ([CELL], Flavor(4, 4096, TWO), "host00/host00 has 1 of the 2 NUMA cells that the VM takes"),
        (
            [CELL._replace(large_pages=0)],
            Flavor(4, 4096, ONE | PAGES),
            "host00/host00 has no shared CPUs or no 2048 kB pages",
        ),
        (
            # 16 GB, but no more than 12 of them in small pages.
            [CELL],
            Flavor(4, 12290, ONE | {"hw:mem_page_size": "small"}),
            "host00/host00 is short of 2 MB of small pages on cell 0, even if it were empty",
        ),
        (
            # A VM may not overcommit by itself, which is no matter of room.
            [CELL],
            Flavor(12, 4096, ONE),
            "host00/host00 has room, but not by Nova's rules for CPU threads, pages, devices, "
            "networks or cells",
        ),
    ],
)
def test_reason(
    shape: list[CellShape], flavor: Flavor, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ratio = 2.0 if "Nova's rules" in reason else 1.0
    fleet = Fleet([HostShape(shape, cpu_ratio=ratio)])
    spec = request_spec(flavor)
    fleet.hosts[0].allocation_candidates = [{"mappings": {}}]
    assert fleet.filter.filter_all(fleet.hosts, spec) == []
    assert f"The VM fits nowhere: {reason}" in caplog.messages


def test_a_full_host_and_one_without_cells(caplog: pytest.LogCaptureFixture) -> None:
    """What is short now is told, host by host, and many hosts are cut short."""
    caplog.set_level(logging.INFO)
    fleet = Fleet([HostShape([CELL])] * 7)
    for _ in range(7):
        assert fleet.boot(Flavor(6, 4096, ONE))
    fleet.hosts[1].numa_topology = None
    passed = fleet.filter.filter_all(fleet.hosts, request_spec(Flavor(4, 4096, ONE)))
    assert passed == []
    (told,) = (message for message in caplog.messages if "fits nowhere" in message)
    assert "host00/host00 is short of 2 shared CPUs on cell 0; " in told
    assert "host01/host01 has no NUMA topology; " in told
    assert told.endswith("; and 2 more hosts")
