"""What the single and the vector environment share: the trace, the spaces, masked actions."""

from __future__ import annotations

import os
from typing import Any, Union

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from spane._arguments import Path
from spane._errors import InvalidArgumentError
from spane._options import EnvironmentOptions
from spane._structs import NODES
from spane._trace import Trace

Source = Union[Trace, Path, None]
"""A trace, the path of one, or None for a synthetic one of 20,000 VMs."""

UNAVAILABLE = ("replace", "error")
"""What happens to an action without room: First Fit's action takes its place, or an error."""


def trace_of(source: Source) -> Trace:
    """The trace that is meant."""
    if source is None:
        return Trace.generate(20_000)
    return Trace(source) if isinstance(source, (str, os.PathLike)) else source


def replaces(unavailable: str) -> bool:
    """Whether actions without room are replaced."""
    if unavailable not in UNAVAILABLE:
        raise InvalidArgumentError(
            f"unavailable is {unavailable!r}; it must be one of {', '.join(UNAVAILABLE)}"
        )
    return unavailable == "replace"


def observation_space(servers: int, options: EnvironmentOptions) -> spaces.Box[Any]:
    """Bounds of `Environment.observation`. A split VM may ask for all nodes of a server."""
    node = np.ones(2)
    if not options.get("normalised"):
        node = np.array([options.get("node_cpu", 40.0), options.get("node_mem", 90.0)])
    high = np.concatenate([np.tile(node, servers * NODES), NODES * node, [1]]).astype(np.float32)
    return spaces.Box(np.zeros_like(high), high)


def action_space(servers: int) -> spaces.Discrete[Any]:
    """server * 2 + NUMA node."""
    return spaces.Discrete(servers * NODES)


def gym_mask(mask: NDArray[np.bool_]) -> NDArray[np.int8]:
    """A copy of the type that Gymnasium's spaces take."""
    return mask.astype(np.int8)
