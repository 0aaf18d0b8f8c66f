"""Orders the hosts that passed the filters by a policy of libspane."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import spane
from nova.scheduler import utils, weights
from nova.virt import hardware
from oslo_log import log as logging

from spane_nova import options
from spane_nova.demand import Demand, stocks
from spane_nova.mirror import MOST_CELLS, HostView, Mirror, Mirrors, is_empty

LOG = logging.getLogger(__name__)
CONF = options.CONF


@dataclass
class Counters:
    """What the weigher has done since the scheduler started."""

    decisions: int = 0
    hosts: int = 0
    """Those that were weighed, summed over the decisions."""
    unscored: int = 0
    """Of these, those that libspane could not judge, which come last."""
    disagreements: int = 0
    """Decisions in which libspane would have taken another host or other cells than Nova's."""
    errors: int = 0
    """Decisions that failed, in which all hosts weighed the same."""
    seconds: float = 0.0
    seconds_of_nova: float = 0.0
    """Of these, what Nova took to tell the cells that it would pick."""

    def __str__(self) -> str:
        mean = 1e3 / max(self.decisions, 1)
        return (
            f"{self.decisions} decisions among {self.hosts} hosts, of which {self.unscored} could "
            f"not be judged; {self.disagreements} decisions would differ if libspane picked the "
            f"cells; {self.errors} errors; {self.seconds * mean:.2f} ms a decision, of which "
            f"{self.seconds_of_nova * mean:.2f} ms for Nova to tell its cells"
        )


class SpaneWeigher(weights.BaseHostWeigher):
    """Gives each host the score that a policy of libspane gives to the VM on it.

    Nova picks the NUMA cells, not the weigher. So a host is scored at those that Nova will pick.
    """

    def __init__(self) -> None:
        super().__init__()
        self.counters = Counters()
        policy = options.policy()
        # A policy that does not exist is to stop the scheduler from starting.
        spane.Session(spane.Cluster(), policy).close()
        self.mirrors = Mirrors(policy)
        # The scheduler decides in several threads.
        self._lock = threading.Lock()

    def weight_multiplier(self, host_state: Any) -> float:
        """That of an aggregate of the host, or the option's."""
        multiplier: float = utils.get_weight_multiplier(
            host_state, "spane_weight_multiplier", CONF.spane.weight_multiplier
        )
        return multiplier

    def weigh_objects(self, weighed_obj_list: Sequence[Any], weight_properties: Any) -> list[float]:
        """The score of each host; Nova calls it where at least two passed the filters."""
        hosts = [weighed.obj for weighed in weighed_obj_list]
        started = time.perf_counter()
        picks = [picked_cells(host, weight_properties) for host in hosts]
        self.counters.seconds_of_nova += time.perf_counter() - started
        with self._lock:
            try:
                scores = self._scores(hosts, picks, Demand.of(weight_properties))
            except spane.Error:
                # Placing somewhere is better than not at all.
                LOG.exception("libspane could not weigh hosts; all weigh the same")
                self.counters.errors += 1
                scores = {}
            self._count(len(hosts), len(scores), time.perf_counter() - started)
        last = min(scores.values(), default=0.0) - 1
        return [scores.get(number, last) for number in range(len(hosts))]

    def _weigh_object(self, obj: Any, weight_properties: Any) -> float:
        """A host alone has nothing to be compared with."""
        return 0.0

    def _scores(
        self, hosts: Sequence[Any], picks: Sequence[tuple[int, ...]], demand: Demand
    ) -> dict[int, float]:
        """The scores of hosts by their position in the list, without those that have none."""
        ratios = CONF.spane.allocation_ratios
        views = {
            number: HostView(name_of(host), cells, picked)
            for number, (host, picked) in enumerate(zip(hosts, picks, strict=True))
            if picked and len(cells := stocks(host, demand.kind, ratios)) <= MOST_CELLS
            if not is_empty(cells)
        }
        if not views:
            return {}
        mirror = self.mirrors[demand.kind]
        servers = mirror.update(list(views.values()))
        ranked = mirror.session.explain(demand.whole, k=len(servers), among=servers).best
        numbers = dict(zip(servers.tolist(), views, strict=True))
        if ranked:
            self._compare(demand, ranked[0].placement, mirror, servers, hosts, numbers)
        return {numbers[each.placement.server]: each.score for each in ranked}

    def _compare(
        self,
        demand: Demand,
        best: spane.Placement,
        mirror: Mirror,
        servers: Any,
        hosts: Sequence[Any],
        numbers: dict[int, int],
    ) -> None:
        """Counts where libspane would pick other cells; it also learns the mix by being asked."""
        own = mirror.session.choose(demand.free_to_choose, among=servers)
        if own is None or own == best:
            return
        self.counters.disagreements += 1
        LOG.debug(
            "libspane would take cells %s of %s; with the cells that Nova picks, %s of %s is best",
            *(own.nodes, name_of(hosts[numbers[own.server]])),
            *(best.nodes, name_of(hosts[numbers[best.server]])),
        )

    def _count(self, hosts: int, scored: int, seconds: float) -> None:
        counters = self.counters
        counters.decisions += 1
        counters.hosts += hosts
        counters.unscored += hosts - scored
        counters.seconds += seconds
        every = CONF.spane.report_every
        if every and counters.decisions % every == 0:
            LOG.info("libspane: %s", counters)


def name_of(host: Any) -> str:
    """By which a HostState is known."""
    return f"{host.host}/{host.nodename}"


def picked_cells(host: Any, spec: Any) -> tuple[int, ...]:
    """The positions of the NUMA cells on which Nova would put the VM; none if it does not fit.

    A VM that is not confined to cells has its host as the one cell.
    """
    if not spec.numa_topology:
        return (0,)
    candidates = host.allocation_candidates
    requests = spec.pci_requests and spec.pci_requests.requests
    fit = hardware.numa_fit_instance_to_host(
        host.numa_topology,
        # It writes into the request.
        spec.numa_topology.obj_clone(),
        provider_mapping=candidates[0]["mappings"] if candidates else {},
        limits=host.limits.get("numa_topology"),
        pci_requests=requests,
        pci_stats=host.pci_stats,
    )
    if fit is None:
        return ()
    positions = {cell.id: position for position, cell in enumerate(host.numa_topology.cells)}
    return tuple(sorted(positions[cell.id] for cell in fit.cells))
