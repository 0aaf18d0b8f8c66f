"""Shared by the single and the vector environment: trace, spaces and unavailable actions."""

from __future__ import annotations

from typing import Any, Union

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._cluster import Cluster
from spane._options import EnvironmentOptions
from spane._structs import NODES
from spane._trace import Trace

Source = Union[Trace, arguments.Path, None]
"""A trace, the path of one, or None for a synthetic trace of 20,000 VMs."""

UNAVAILABLE = ("replace", "error")
"""What happens on an unavailable action: First Fit's action is taken instead, or an error."""


def trace_of(source: Source) -> Trace:
    """Loads or generates the trace if necessary."""
    if source is None:
        return Trace.generate(20_000)
    if arguments.is_path(source):
        return Trace(source)
    return arguments.instance(source, Trace, "trace", ", a path, or None")


RENDER_MODES = ["rgb_array"]


def check_render_mode(mode: str | None) -> None:
    """Raises unless this is a supported render mode or None."""
    if mode is not None:
        arguments.choice(mode, RENDER_MODES, "render_mode")


def replaces(unavailable: str) -> bool:
    """Whether unavailable actions are replaced."""
    return arguments.choice(unavailable, UNAVAILABLE, "unavailable") == "replace"


def observation_space(servers: int, options: EnvironmentOptions) -> spaces.Box[Any]:
    """Bounds of `Environment.observation`. A VM may request all nodes of a server."""
    fleet = options.get("fleet")
    if fleet is not None:
        return _fleet_space(fleet, bool(options.get("normalised")))
    node = np.ones(2)
    if not options.get("normalised"):
        node = np.array([options.get("node_cpu", 40.0), options.get("node_mem", 90.0)])
    high = np.concatenate([np.tile(node, servers * NODES), NODES * node, [1]]).astype(np.float32)
    return spaces.Box(np.zeros_like(high), high)


def _fleet_space(fleet: Cluster, normalised: bool) -> spaces.Box[Any]:
    capacity = fleet.amounts().capacity
    if normalised:
        # Normalised by the first node of the first server.
        capacity = capacity.copy()
        capacity[..., :2] /= capacity[0, 0, :2]
    largest = capacity[..., :2].sum(axis=1).max(axis=0)
    nodes = fleet.options.nodes
    request = [*largest, nodes if nodes > NODES else 1]
    high = np.concatenate([capacity.ravel(), request]).astype(np.float32)
    return spaces.Box(np.zeros_like(high), high)


def shares(
    observation: NDArray[Any], high: NDArray[Any], servers: int, options: EnvironmentOptions
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The usage of each node, and the next VM's request in units of nodes."""
    fleet = options.get("fleet")
    nodes = NODES if fleet is None else fleet.options.nodes
    share = np.divide(observation, high, out=np.ones_like(observation), where=high > 0)
    left = share[..., :-3].reshape(*share.shape[:-1], servers, nodes, -1)[..., :2]
    return 1 - left, share[..., -3:-1] * nodes


def gym_mask(mask: NDArray[np.bool_]) -> NDArray[np.int8]:
    """A copy as int8, as Gymnasium's spaces expect."""
    return mask.astype(np.int8)
