"""Options of environments and episodes."""

from __future__ import annotations

from typing import TypedDict

from spane import _arguments as arguments
from spane._cluster import Cluster
from spane._errors import ClosedError, InvalidArgumentError
from spane._moves import MOVE_BUDGET, MOVE_PRICE, MOVE_SECONDS_PER_GB, MOVES, set_moves
from spane._showing import shown
from spane._structs import ClusterPointer, EnvOptions, EvaluationOptions, sized

END_LENGTH, END_EXCEED, END_AUTO = 0, 1, 2
REWARD_LOG_WAIT, REWARD_BALANCE = 0, 1
OBSERVE_NORMALISED = 1


class _DefaultInt(int):
    """A default, which can be told from the same number where a caller gives it."""


class _DefaultFloat(float):
    """As _DefaultInt."""


SERVERS = _DefaultInt(5)
NODE_CPU, NODE_MEM, SPLIT_ABOVE = _DefaultFloat(40), _DefaultFloat(90), _DefaultFloat(10)


class EnvironmentOptions(TypedDict, total=False):
    """Options of an environment."""

    servers: int
    """The number of identical servers; 5 by default."""
    node_cpu: float
    """Cores of each NUMA node; 40 by default."""
    node_mem: float
    """GB of each NUMA node; 90 by default."""
    split_above: float
    """GB; VMs with more memory are split over all nodes of a server; 10 by default."""
    fleet: Cluster | None
    """Use the servers of this cluster, taken as empty, and its rule for spans instead of the four
    options above, which must not be given too. The cluster is read once."""
    balance_weight: float | None
    """By default (None) the reward is -ln(1 + wait). A number adds that number times the change in
    balance between the NUMA nodes of each server."""
    normalised: bool
    """Whether observations are divided by node_cpu and node_mem; False by default."""
    moves: int
    """Where a VM fits nowhere, at most so many live migrations make room for it, 0 to 64; 0 by
    default, which moves nothing."""
    move_seconds_per_gb: float
    """How long a GB takes that is moved, 0 to 1e6; the VM waits for its moves. 0 by default."""
    move_price: float
    """What every move costs beside its GB when plans are compared, in GB, 0 to 1e6; 2 by
    default."""
    move_budget: int
    """Steps of the search for a plan of moves, 0 or more; 2000 by default."""


def env_options(
    *,
    servers: arguments.Index = SERVERS,
    node_cpu: float = NODE_CPU,
    node_mem: float = NODE_MEM,
    split_above: float = SPLIT_ABOVE,
    fleet: Cluster | None = None,
    balance_weight: float | None = None,
    normalised: bool = False,
    moves: arguments.Index = MOVES,
    move_seconds_per_gb: float = MOVE_SECONDS_PER_GB,
    move_price: float = MOVE_PRICE,
    move_budget: arguments.Index = MOVE_BUDGET,
) -> EnvOptions:
    """The options as a C struct."""
    options = sized(EnvOptions)
    options.reward = REWARD_LOG_WAIT if balance_weight is None else REWARD_BALANCE
    options.flags = OBSERVE_NORMALISED if normalised else 0
    if balance_weight is not None:
        options.balance_weight = arguments.real(balance_weight, "balance_weight")
    set_servers(options, servers, node_cpu, node_mem, split_above, fleet)
    set_moves(options, moves, move_seconds_per_gb, move_price, move_budget)
    return options


def set_servers(
    options: EnvOptions | EvaluationOptions,
    servers: arguments.Index,
    node_cpu: float,
    node_mem: float,
    split_above: float,
    fleet: Cluster | None,
) -> None:
    """Sets the servers: identical ones, or those of a fleet instead."""
    options.servers = arguments.int32(servers, "servers")
    options.node_cpu = arguments.real(node_cpu, "node_cpu")
    options.node_mem = arguments.real(node_mem, "node_mem")
    options.split_above = arguments.real(split_above, "split_above")
    if fleet is None:
        return
    options.fleet = _fleet_pointer(fleet)
    for name, value in (
        ("servers", servers),
        ("node_cpu", node_cpu),
        ("node_mem", node_mem),
        ("split_above", split_above),
    ):
        if not isinstance(value, (_DefaultInt, _DefaultFloat)):
            raise InvalidArgumentError(
                f"{name} is {shown(value)} and fleet is given too, which says that itself; "
                "give only one of them"
            )


def _fleet_pointer(fleet: Cluster) -> ClusterPointer:
    """The pointer of a cluster that is still open."""
    arguments.instance(fleet, Cluster, "fleet", " or None")
    if fleet.closed:
        raise ClosedError("fleet is a closed Cluster; it must be open")
    return fleet._pointer


def positive(value: arguments.Index, name: str) -> int:
    """A positive number, such as a number of placements."""
    number = arguments.int64(value, name)
    if number < 1:
        raise InvalidArgumentError(f"{name} is {number}; it must be at least 1")
    return number


def episode_end(length: arguments.Index | None, exceed: arguments.Index | None) -> tuple[int, int]:
    """The kind and count of an episode's end."""
    if length is not None and exceed is not None:
        raise InvalidArgumentError("length and exceed are both given; give only one")
    if length is not None:
        return END_LENGTH, positive(length, "length")
    if exceed is not None:
        return END_EXCEED, positive(exceed, "exceed")
    return END_AUTO, 0
