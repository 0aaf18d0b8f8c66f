"""What policies make of the log of a cluster."""

from __future__ import annotations

from ctypes import byref
from dataclasses import dataclass

from spane import _arguments as arguments
from spane._errors import check
from spane._library import library
from spane._long_call import LongCall, Progress
from spane._moves import MOVE_BUDGET, MOVE_PRICE, MOVES
from spane._options import positive
from spane._policy import Policy, encode, models
from spane._structs import ReplayFigures, ReplayOptions, sized


@dataclass(frozen=True)
class Replay:
    """What came of the events of a log."""

    vms: int
    """That asked for a place; one that a failure took away asks once more."""
    refused: int
    """Those that never got one."""
    cores: float
    """Of all of them."""
    refused_cores: float
    """Of those that never got a place."""
    waited: int
    """Those that got a place later than they asked for it, or wait at the end."""
    wait: float
    """Of all that waited, in seconds."""
    longest_wait: float
    """In seconds."""
    moves: int
    """Live migrations."""
    moved: float
    """GB that they took from server to server."""
    compared: int
    """VMs that were placed when the log's scheduler placed them; 0 without a policy."""
    alike: int
    """Those of them that went to the same NUMA nodes."""
    refused_resizes: int
    """VMs that were to grow and found no room for it."""
    decisions: int
    """How often a place was looked for."""
    seconds: float
    """That the decisions took; 0 without a policy."""
    servers_needed: int | None
    """The fewest servers on which nothing is refused, where that was asked for; None otherwise, and
    where something is refused even on all servers."""


def replay(
    path: arguments.Path,
    policy: Policy | None = None,
    *,
    servers: arguments.Index | None = None,
    moves: arguments.Index = MOVES,
    queue: bool = False,
    needed: bool = False,
    move_price: float = MOVE_PRICE,
    move_budget: arguments.Index = MOVE_BUDGET,
    progress: Progress | None = None,
) -> Replay:
    """Plays a log that `Cluster.start_log` has written, with another policy, moves or servers.

    What the scheduler of the log asked for is asked again, and VMs end when they ended there, or as
    much later as they start later. Without a `policy` the result says what came of it in the log.

        then, now = spane.replay("cluster.log"), spane.replay("cluster.log", spane.DEFAULT_POLICY)
        print(f"{then.refused} VMs were refused, {now.refused} would have been")

    VMs are placed on `servers` of those that the log begins with, by default on all. With `moves`,
    at most so many live migrations make room for one that fits nowhere. With `queue` it waits, and
    all behind it wait too; otherwise it is refused until the log asks again. `needed` also finds
    the fewest servers on which nothing is refused. `progress` is told of bytes; see `evaluate`.
    """
    options = sized(ReplayOptions)
    options.servers = 0 if servers is None else min(positive(servers, "servers"), 2**31 - 1)
    options.queue = int(arguments.instance(queue, bool, "queue"))
    options.needed = int(arguments.instance(needed, bool, "needed"))
    options.moves = arguments.int32(moves, "moves")
    options.move_price = arguments.real(move_price, "move_price")
    options.move_budget = arguments.int32(move_budget, "move_budget")
    figures = sized(ReplayFigures)
    name, call = arguments.path(path), LongCall(progress)
    made = None if policy is None else encode(policy)
    networks = () if policy is None else models(policy)

    def play() -> None:
        # Keeps a model alive that is closed during the call.
        kept = [model._pointer for model in networks]
        who = None if made is None else byref(made)
        status = library().spane_replay(name, who, byref(options), call.told, byref(figures))
        del kept
        check(status, *networks)

    call.run(play)
    return Replay(
        figures.vms,
        figures.refused,
        figures.cores,
        figures.refused_cores,
        figures.waited,
        figures.wait,
        figures.longest_wait,
        figures.moves,
        figures.moved_mem,
        figures.compared,
        figures.alike,
        figures.refused_resizes,
        figures.decisions,
        figures.seconds,
        figures.servers_needed if needed and policy and figures.servers_needed >= 0 else None,
    )
