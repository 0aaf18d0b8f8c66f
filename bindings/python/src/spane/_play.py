"""Playing one episode of an environment under a policy, step by step."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spane._arguments import Index
from spane._cluster import Cluster
from spane._environment import Environment
from spane._errors import InternalError
from spane._session import Policy, Session
from spane._structs import NODES
from spane._trace import Trace


@dataclass(frozen=True)
class Episode:
    """What happened, one row a placement."""

    clock: NDArray[np.float64]
    """(steps,); seconds at which each VM was placed."""
    actions: NDArray[np.int32]
    """(steps,)"""
    waits: NDArray[np.float64]
    """(steps,); seconds that each VM has waited."""
    used: NDArray[np.float64]
    """(steps, servers, nodes, 2); the share of cores and GB in use right after each placement."""

    @property
    def total_wait(self) -> float:
        """Seconds."""
        return float(self.waits.sum())


def play(
    trace: Trace,
    policy: Policy,
    start: Index,
    *,
    servers: int = 5,
    node_cpu: float = 40.0,
    node_mem: float = 90.0,
    split_above: float = 10.0,
    length: Index | None = None,
    exceed: Index | None = None,
) -> Episode:
    """Plays one episode and keeps every step; see `Environment.reset` for its end.

    `evaluate` plays many and keeps their totals.
    """
    environment = Environment(
        trace, servers=servers, node_cpu=node_cpu, node_mem=node_mem, split_above=split_above
    )
    environment.reset(start, length=length, exceed=exceed)
    follower = _Follower(trace, policy, servers, node_cpu, node_mem, split_above)
    clock, actions, waits, used = [], [], [], []
    capacity = np.array([node_cpu, node_mem])
    finished = False
    while not finished:
        info = environment.info
        clock.append(info.clock)
        action = follower.place(info.head, info.clock)
        step = environment.step(action)
        used.append(1 - follower.free() / capacity)
        actions.append(action)
        waits.append(step.wait)
        finished = step.terminated or step.truncated
        if not finished:
            follower.advance(info.head + 1)
    return Episode(np.array(clock), np.array(actions, np.int32), np.array(waits), np.array(used))


class _Follower:
    """A cluster that goes through the same episode as an environment, for a session to look at."""

    def __init__(
        self, trace: Trace, policy: Policy, servers: int, cpu: float, mem: float, split: float
    ) -> None:
        self._vms = trace.vms
        self._servers = servers
        self._cluster = Cluster(split_above=split)
        self._cluster.add_servers(cpu, mem, servers)
        self._session = Session(self._cluster, policy)
        # Asks for room without being a decision of the policy.
        self._probe = Session(self._cluster, "first-fit")
        self._ends: list[tuple[float, int]] = []

    def place(self, head: int, clock: float) -> int:
        """Places the VM; returns the action."""
        vm = self._vms[head]
        placement = self._session.place(head, vm["cpu"], vm["mem"])
        if placement is None:
            raise InternalError(f"VM {head} has room in the environment and none in its mirror")
        heapq.heappush(self._ends, (clock + float(vm["lifetime"]), head))
        return placement.server * NODES + max(placement.node, 0)

    def advance(self, head: int) -> None:
        """Lets go every VM that has left when the VM `head` can start."""
        vm = self._vms[head]
        self._release(float(vm["arrival"]))
        while self._probe.choose(vm["cpu"], vm["mem"]) is None:
            self._release(self._ends[0][0])

    def _release(self, until: float) -> None:
        while self._ends and self._ends[0][0] <= until:
            self._cluster.release(heapq.heappop(self._ends)[1])

    def free(self) -> NDArray[np.float64]:
        """(servers, nodes, 2)"""
        return np.array([self._cluster.server(number).free for number in range(self._servers)])
