"""The servers of libspane, kept equal to the hosts that Nova sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import spane
from numpy.typing import NDArray

from spane_nova.demand import PICKED, Kind, Stock, gigabytes

MOST_CELLS = 8
"""libspane knows no servers with more nodes."""


def is_empty(cells: Sequence[Stock]) -> bool:
    """Whether a host has nothing for VMs of a kind, so that libspane knows no such server."""
    return not any(cell.cpu > 0 and cell.mem > 0 for cell in cells)


class HostView(NamedTuple):
    """A host as VMs of one kind see it."""

    name: str
    cells: tuple[Stock, ...]
    """Up to `MOST_CELLS`, which must not be `is_empty`."""
    picked: tuple[int, ...] = ()
    """The positions of those where Nova would put the VM in question."""


class Mirror:
    """All hosts as VMs of one kind see them, and what a policy makes of them.

    Nothing is remembered of VMs: what a host has left is what Nova says when it asks, so that a
    restart, a failed build or a second scheduler leave no trace.
    """

    def __init__(self, policy: spane.Rule | spane.Model | str) -> None:
        self._policy = policy
        self._start(1)

    def _start(self, nodes: int) -> None:
        self.cluster = spane.Cluster(nodes=nodes, split_above=math.inf, node_resources=[PICKED])
        self._session: spane.Session | None = None
        self._servers: dict[str, tuple[int, HostView]] = {}

    @property
    def session(self) -> spane.Session:
        """The policy on these hosts."""
        if self._session is None:
            self._session = spane.Session(self.cluster, self._policy)
        return self._session

    def update(self, hosts: Sequence[HostView]) -> NDArray[np.int32]:
        """Takes over what has changed of these hosts, and returns the numbers of their servers."""
        most = max((len(host.cells) for host in hosts), default=1)
        if most > self.cluster.options.nodes:
            # The first hosts, or larger ones than ever. What a rule has learned is learned anew.
            self._start(most)
        return np.fromiter(map(self._updated, hosts), np.int32, len(hosts))

    def _updated(self, host: HostView) -> int:
        known = self._servers.get(host.name)
        if known is None:
            server = int(self.cluster.add_servers(_type(host))[0])
        else:
            server, before = known
            if before == host:
                return server
            if _type(before) != _type(host):
                self.cluster.resize_server(server, _type(host))
        for node, cell in enumerate(host.cells):
            cpu, mem = max(cell.free_cpu, 0.0), gigabytes(max(cell.free_mem, 0))
            self.cluster.set_free(server, node, min(cpu, cell.cpu), min(mem, gigabytes(cell.mem)))
        self._servers[host.name] = server, host
        return server

    def free(self, name: str) -> list[tuple[float, float]]:
        """Cores and GB that each cell of a host has left, by libspane."""
        return [
            (cpu, mem) for cpu, mem, _picked in self.cluster.server(self._servers[name][0]).free
        ]


class Mirrors(dict[Kind, Mirror]):
    """A mirror for each kind of VM that was asked for."""

    def __init__(self, policy: spane.Rule | spane.Model | str) -> None:
        super().__init__()
        self._policy = policy

    def __missing__(self, kind: Kind) -> Mirror:
        return self.setdefault(kind, Mirror(self._policy))


def _type(host: HostView) -> spane.ServerType:
    return spane.ServerType(
        [
            (cell.cpu, gigabytes(cell.mem), float(node in host.picked))
            for node, cell in enumerate(host.cells)
        ]
    )
