"""Servers of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import c_double, c_uint8
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _request, _structs
from spane._errors import InvalidArgumentError
from spane._structs import sized

_NODE = "cores and GB, then its resources"


@dataclass(frozen=True)
class ServerType:
    """What a server has when nothing runs on it."""

    nodes: Sequence[Sequence[float]]
    """For each NUMA node cores and GB, then its resources in the order of the cluster's
    node_resources, 0 where it says no more: `[(40, 90)] * 2`, `[(48, 256, 4), (48, 256)]`."""
    amounts: _request.Amounts = ()
    """Of server_resources: by name, or in their order."""
    traits: int = 0
    """A bit for each trait that requests may require or forbid."""
    distances: Sequence[Sequence[int]] | None = None
    """How far each node is from each, a row a node; None where that does not matter."""
    name: str = ""
    """What people call such servers, such as "gen3"."""

    def _encoded(self, resources: _request.Resources) -> _structs.ServerType:
        """The same for C."""
        made = sized(_structs.ServerType)
        nodes = arguments.items(self.nodes, "nodes", "a list, such as [(40, 90)] * 2")
        made.nodes = len(nodes)
        values: list[float] = []
        for number, given in enumerate(nodes):
            name = f"nodes[{number}]"
            node = arguments.items(given, name, _NODE)
            if len(node) < 2:
                raise InvalidArgumentError(f"{name} is {given!r}; it must be {_NODE}")
            values += [arguments.real(amount, name) for amount in node[:2]]
            values += _request.amounts(node[2:], resources.node, name)
        made.node_amounts = (c_double * len(values))(*values)
        if resources.server or self.amounts:
            shared = _request.amounts(self.amounts, resources.server, "amounts")
            made.server_amounts = (c_double * len(shared))(*shared)
        made.traits = arguments.uint64(self.traits, "traits")
        made.name = arguments.text(self.name, "name")
        if self.distances is not None:
            table = arguments.given(
                arguments.items(self.distances, "distances", "a list of rows, or None"),
                np.int64,
                (len(nodes), len(nodes)),
                "distances",
            )
            if table.size and not (table.min() >= 0 and table.max() <= 255):
                raise InvalidArgumentError(f"distances is {table.tolist()}; they must be 0 ... 255")
            made.distances = (c_uint8 * table.size)(*table.ravel().tolist())
        return made


Amounts = tuple[float, ...]


class Server(NamedTuple):
    """One server of a cluster."""

    capacity: tuple[Amounts, ...]
    """What each NUMA node has: cores, GB, then the cluster's node_resources."""
    free: tuple[Amounts, ...]
    """What each NUMA node has left; less than 0 where more runs than it can hold."""
    server_capacity: Amounts
    """What it has as a whole, of the cluster's server_resources."""
    server_free: Amounts
    """What it has left of that."""
    vms: int
    """VMs placed there."""
    is_cordoned: bool
    """Whether no VM may be placed there."""
    traits: int
    """As in its type; `Cluster.options.traits` has their names."""
    type: str
    """The name of its type."""


class FleetAmounts(NamedTuple):
    """What servers have and what they have left. Float64; the rows of both are in one array."""

    capacity: NDArray[np.float64]
    """[server][node][cores, GB, node_resources...]; 0 for a node that a server lacks."""
    free: NDArray[np.float64]
    """The same of what is left; less than 0 where more runs than a server can hold."""
    server_capacity: NDArray[np.float64]
    """[server][server_resources]."""
    server_free: NDArray[np.float64]
    """The same of what is left."""


def parted(rows: NDArray[np.float64], nodes: int, kinds: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """The part of nodes and that of servers of the rows that the library writes; views."""
    width = nodes * kinds
    return rows[:, :width].reshape(len(rows), nodes, kinds), rows[:, width:]
