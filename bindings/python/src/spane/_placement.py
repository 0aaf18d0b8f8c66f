"""Where VMs run: a server and some of its NUMA nodes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from math import comb
from typing import Any, NamedTuple

from spane import _arguments as arguments
from spane import _structs
from spane._errors import InvalidArgumentError
from spane._structs import MAX_NODES

NODES_OF = tuple(
    tuple(node for node in range(MAX_NODES) if mask >> node & 1) for mask in range(2**MAX_NODES)
)
"""The NUMA nodes of each bit mask."""

_MASKS: dict[tuple[arguments.Index, ...], int] = {
    nodes: mask for mask, nodes in enumerate(NODES_OF)
}


class Placement(NamedTuple):
    """Where a VM runs or can run. A tuple (server, nodes) is accepted in its place everywhere."""

    server: int
    """The number of the server."""
    nodes: tuple[int, ...]
    """Its NUMA nodes, ascending from 0; as many as the VM spans."""

    @property
    def mask(self) -> int:
        """The nodes as a bit mask with bit n for node n, as in arrays of placements."""
        return mask_of(self.nodes)

    @classmethod
    def of(cls, server: arguments.Index, mask: arguments.Index) -> Placement:
        """The placement in a row of an array: `Placement.of(*row)`."""
        nodes = arguments.int32(mask, "mask")
        if not 0 < nodes < 2**MAX_NODES:
            raise InvalidArgumentError(f"mask is {nodes}; it must be 1 ... {2**MAX_NODES - 1}")
        return cls(arguments.int32(server, "server"), NODES_OF[nodes])


Where = tuple[arguments.Index, Iterable[arguments.Index]]
"""Accepted as a placement: (server, nodes)."""


def node_sets(nodes: int, span: int) -> list[tuple[int, ...]]:
    """All sets of `span` out of `nodes` NUMA nodes, in the order used for scores."""
    nodes, span = arguments.int32(nodes, "nodes"), arguments.int32(span, "span")
    for name, number in (("nodes", nodes), ("span", span)):
        if not 1 <= number <= MAX_NODES:
            raise InvalidArgumentError(f"{name} is {number}; it must be 1 ... {MAX_NODES}")
    return sorted(combinations(range(nodes), span), key=_MASKS.__getitem__)


def most_sets(nodes: int) -> int:
    """The largest number of node sets for one VM, and so of scores per server."""
    return comb(nodes, nodes // 2)


def mask_of(nodes: Iterable[arguments.Index]) -> int:
    """The nodes as a bit mask with bit n for node n."""
    if isinstance(nodes, tuple) and (known := _MASKS.get(nodes)):
        return known
    try:
        numbers = [arguments.int32(node, "a node") for node in nodes]
    except TypeError:
        raise TypeError(
            f"nodes is {nodes!r}; it must be numbers of nodes, such as (0, 1)"
        ) from None
    for node in numbers:
        if not 0 <= node < MAX_NODES:
            raise InvalidArgumentError(f"node {node}: nodes must be 0 ... {MAX_NODES - 1}")
    if not numbers or len(set(numbers)) != len(numbers):
        raise InvalidArgumentError(
            f"nodes is {tuple(numbers)}; it must name one or more, each once"
        )
    return sum(1 << node for node in numbers)


def encoded(placement: Any) -> _structs.Placement:
    """The placement as a C struct."""
    try:
        server, nodes = placement
    except (TypeError, ValueError):
        raise InvalidArgumentError(
            f"placement is {placement!r}; it must be (server, nodes), such as (3, (0, 1))"
        ) from None
    return _structs.Placement(arguments.int32(server, "server"), mask_of(nodes))
