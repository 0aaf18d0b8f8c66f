"""The options of environments and of episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from spane import _arguments as arguments
from spane._errors import ClosedError, InvalidArgumentError
from spane._structs import ClusterPointer, EnvOptions, sized

if TYPE_CHECKING:
    from spane._cluster import Cluster

END_LENGTH, END_EXCEED, END_AUTO = 0, 1, 2
REWARD_LOG_WAIT, REWARD_BALANCE = 0, 1
OBSERVE_NORMALISED = 1


class EnvironmentOptions(TypedDict, total=False):
    """How an environment behaves."""

    servers: int
    """The number of servers, all alike; 5 by default."""
    node_cpu: float
    """Cores of each NUMA node; 40 by default."""
    node_mem: float
    """GB of each NUMA node; 90 by default."""
    split_above: float
    """GB; a VM with more memory is split over all nodes of a server; 10 by default."""
    fleet: Cluster | None
    """The servers of this cluster, as they are while nothing runs on them, with its rule for spans,
    in place of the four options above. It is read once."""
    balance_weight: float | None
    """None, the default: a reward is -ln(1 + wait). A number: that plus the number times the
    change of the balance between the NUMA nodes of each server."""
    normalised: bool
    """Whether observations are divided by node_cpu and node_mem; False by default."""


def env_options(
    *,
    servers: arguments.Index = 5,
    node_cpu: float = 40.0,
    node_mem: float = 90.0,
    split_above: float = 10.0,
    fleet: Cluster | None = None,
    balance_weight: float | None = None,
    normalised: bool = False,
) -> EnvOptions:
    """The options as a struct."""
    options = sized(EnvOptions)
    options.servers = arguments.int32(servers, "servers")
    options.reward = REWARD_LOG_WAIT if balance_weight is None else REWARD_BALANCE
    options.flags = OBSERVE_NORMALISED if normalised else 0
    options.balance_weight = 0.0 if balance_weight is None else balance_weight
    options.node_cpu = node_cpu
    options.node_mem = node_mem
    options.split_above = split_above
    if fleet is not None:
        options.fleet = fleet_pointer(fleet)
    return options


def fleet_pointer(fleet: Cluster) -> ClusterPointer:
    """The servers that take the place of equal ones; a cluster that is closed has none."""
    if fleet.closed:
        raise ClosedError("fleet is a cluster that was closed")
    return fleet._pointer


def positive(value: arguments.Index, name: str) -> int:
    """A number of placements."""
    number = arguments.int64(value, name)
    if number < 1:
        raise InvalidArgumentError(f"{name} is {number}; it must be at least 1")
    return number


def episode_end(length: arguments.Index | None, exceed: arguments.Index | None) -> tuple[int, int]:
    """The kind and count of an episode's end."""
    if length is not None and exceed is not None:
        raise InvalidArgumentError("length and exceed are both given; only one may be")
    if length is not None:
        return END_LENGTH, positive(length, "length")
    if exceed is not None:
        return END_EXCEED, positive(exceed, "exceed")
    return END_AUTO, 0
