"""Lets pass the hosts on whose NUMA cells the VM fits, and says what is short on the others."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Any

import spane
from nova.scheduler import utils
from nova.scheduler.filters import numa_topology_filter
from oslo_log import log as logging

from spane_nova.demand import Demand, stocks
from spane_nova.mirror import MOST_CELLS, HostView, Mirrors, is_empty
from spane_nova.weigher import name_of

LOG = logging.getLogger(__name__)

_BY_NOVA = "has room, but not by Nova's rules for CPU threads, pages, devices, networks or cells"

_PAGES = {-1: "small", -2: "large", -3: "any"}


class SpaneNUMAFilter(numa_topology_filter.NUMATopologyFilter):
    """Nova's NUMATopologyFilter behind a quick look, in whose place it stands.

    A host that has no cells with as many CPUs and as much memory as the VM takes at least is
    refused at once, with the reason, where Nova would try all permutations of its cells. The others
    are left to Nova, so that the same hosts pass.
    """

    def __init__(self) -> None:
        super().__init__()
        self._mirrors = Mirrors(spane.DEFAULT_POLICY)
        self._lock = threading.Lock()

    def filter_all(self, filter_obj_list: Iterable[Any], spec_obj: Any) -> list[Any]:
        """The hosts that pass."""
        hosts = list(filter_obj_list)
        reasons: dict[int, str] = {}
        if spec_obj.numa_topology and not utils.request_is_rebuild(spec_obj):
            try:
                with self._lock:
                    reasons = self._reasons(hosts, Demand.of(spec_obj))
            except spane.Error:
                LOG.exception("libspane could not filter hosts; Nova looks at all of them")
        passed = []
        for number, host in enumerate(hosts):
            if number not in reasons and self._filter_one(host, spec_obj):
                passed.append(host)
                continue
            reason = reasons.setdefault(number, _BY_NOVA)
            LOG.debug("%s %s", name_of(host), reason, instance_uuid=spec_obj.instance_uuid)
        if hosts and not passed:
            told = _summary(hosts, reasons)
            LOG.info("The VM fits nowhere: %s", told, instance_uuid=spec_obj.instance_uuid)
        return passed

    def _reasons(self, hosts: Sequence[Any], demand: Demand) -> dict[int, str]:
        """Why hosts cannot have the VM, by their position in the list; others may have room."""
        if not all(cpu for cpu, _mem in demand.cells):
            # A mixed VM with a cell of shared CPUs alone.
            return {}
        views, reasons = {}, {}
        for number, host in enumerate(hosts):
            cells = stocks(host, demand.kind, ratios=True)
            if not cells:
                reasons[number] = "has no NUMA topology"
            elif is_empty(cells):
                reasons[number] = f"has no {_cpus(demand)} or no {_memory(demand)}"
            elif len(cells) <= MOST_CELLS:
                views[number] = HostView(name_of(host), cells)
        mirror = self._mirrors[demand.kind]
        servers = mirror.update(list(views.values()))
        told = mirror.cluster.explain(demand.least, servers=servers)
        for number, reason in zip(views, told, strict=True):
            if reason.kind is not spane.ReasonKind.FITS:
                reasons[number] = _text(reason, hosts[number].numa_topology.cells, demand)
        return reasons


def _text(reason: spane.Reason, cells: Sequence[Any], demand: Demand) -> str:
    if reason.kind is spane.ReasonKind.TOO_FEW_NODES:
        return f"has {len(cells)} of the {len(demand.cells)} NUMA cells that the VM takes"
    if reason.resource == "cpu":
        short = f"{reason.short_by:g} {_cpus(demand)}"
    else:
        short = f"{reason.short_by * 1024:.0f} MB of {_memory(demand)}"
    where = "" if reason.node is None else f" on cell {cells[reason.node].id}"
    empty = ", even if it were empty" if reason.kind is spane.ReasonKind.TOO_SMALL else ""
    return f"is short of {short}{where}{empty}"


def _cpus(demand: Demand) -> str:
    return f"{'dedicated' if demand.kind.dedicated else 'shared'} CPUs"


def _memory(demand: Demand) -> str:
    size = demand.kind.pagesize
    if size == 0:
        return "memory"
    return f"{size} kB pages" if size > 0 else f"{_PAGES[size]} pages"


def _summary(hosts: Sequence[Any], reasons: dict[int, str]) -> str:
    """The reasons of the first hosts, and how many more there are."""
    most = 5
    told = [f"{name_of(hosts[number])} {reasons[number]}" for number in sorted(reasons)[:most]]
    more = f"; and {len(hosts) - most} more hosts" if len(hosts) > most else ""
    return "; ".join(told) + more
