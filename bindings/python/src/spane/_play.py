"""Plays one episode under a policy, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spane._arguments import Index
from spane._environment import Environment
from spane._session import Policy, Session
from spane._structs import NODES
from spane._trace import Trace


@dataclass(frozen=True)
class Episode:
    """A played episode, one row per placement."""

    clock: NDArray[np.float64]
    """(steps,); time at which each VM was placed, in seconds."""
    actions: NDArray[np.int32]
    """(steps,)"""
    waits: NDArray[np.float64]
    """(steps,); wait of each VM, in seconds."""
    used: NDArray[np.float64]
    """(steps, servers, nodes, 2); share of cores and memory in use after each placement."""

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
    """Plays one episode and records every step; for its end see `Environment.reset`.

    `evaluate` plays many episodes and records their totals.
    """
    environment = Environment(
        trace, servers=servers, node_cpu=node_cpu, node_mem=node_mem, split_above=split_above
    )
    environment.reset(start, length=length, exceed=exceed)
    session = Session(environment, policy)
    clock, actions, waits, used = [], [], [], []
    capacity = np.array([node_cpu, node_mem])
    finished = False
    while not finished:
        clock.append(environment.info.clock)
        action = session.decide()
        if environment.request.is_split:
            # Both actions of a server mean the same.
            action -= action % NODES
        used.append(1 - _after(environment, action) / capacity)
        step = environment.step(action)
        actions.append(action)
        waits.append(step.wait)
        finished = step.terminated or step.truncated
    return Episode(np.array(clock), np.array(actions, np.int32), np.array(waits), np.array(used))


def _after(environment: Environment, action: int) -> NDArray[np.float64]:
    """(servers, nodes, 2); free resources right after a placement, before the clock moves."""
    vm = environment.request
    nodes = environment.observation()[:-3].astype(np.float64)
    left = nodes.reshape(environment.servers, NODES, 2)
    server, node = divmod(action, NODES)
    if vm.is_split:
        left[server] -= np.array([vm.cpu, vm.mem]) / NODES
    else:
        left[server, node] -= vm.cpu, vm.mem
    return left
