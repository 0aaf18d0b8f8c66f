"""Evaluation: many episodes under many policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ctypes import POINTER, byref, c_double, cast
from typing import Any, Literal, Union, overload

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._cluster import Cluster
from spane._decisions import BatchPolicy, Decider, name_of
from spane._description import fleet_metrics
from spane._errors import InvalidArgumentError, check
from spane._evaluation import Evaluation
from spane._library import library
from spane._long_call import LongCall, Progress
from spane._loss_evaluation import SIZES, LossEvaluation
from spane._model import Model
from spane._moves import (
    MOVE_BUDGET,
    MOVE_PRICE,
    MOVE_SECONDS_PER_GB,
    MOVES,
    moves_of,
    set_moves,
)
from spane._options import NODE_CPU, NODE_MEM, SERVERS, SPLIT_ABOVE, positive, set_servers
from spane._policy import Policy, encode, heuristic, models
from spane._starts import Starts, every_start
from spane._structs import EvaluationOptions, sized
from spane._structs import Policy as PolicyStruct
from spane._trace import Trace

Player = Union[Policy, BatchPolicy]
"""What can play episodes: any Policy, and a policy of your own."""


@overload
def evaluate(
    trace: Trace,
    starts: Starts,
    policies: Sequence[Player] | Mapping[str, Player] = (),
    *,
    servers: arguments.Index = 5,
    node_cpu: float = 40.0,
    node_mem: float = 90.0,
    split_above: float = 10.0,
    fleet: Cluster | None = None,
    length: arguments.Index | None = None,
    threads: arguments.Index = 0,
    progress: Progress | None = None,
    queue: Literal[True] = True,
    samples: arguments.Index | None = None,
    moves: arguments.Index = 0,
    move_seconds_per_gb: float = 0.0,
    move_price: float = 2.0,
    move_budget: arguments.Index = 2000,
) -> Evaluation: ...


@overload
def evaluate(
    trace: Trace,
    starts: Starts,
    policies: Sequence[Player] | Mapping[str, Player] = (),
    *,
    servers: arguments.Index = 5,
    node_cpu: float = 40.0,
    node_mem: float = 90.0,
    split_above: float = 10.0,
    fleet: Cluster | None = None,
    length: arguments.Index | None = None,
    threads: arguments.Index = 0,
    progress: Progress | None = None,
    queue: Literal[False],
    samples: arguments.Index | None = None,
    moves: arguments.Index = 0,
    move_seconds_per_gb: float = 0.0,
    move_price: float = 2.0,
    move_budget: arguments.Index = 2000,
) -> LossEvaluation: ...


def evaluate(
    trace: Trace,
    starts: Starts,
    policies: Sequence[Player] | Mapping[str, Player] = (),
    *,
    servers: arguments.Index = SERVERS,
    node_cpu: float = NODE_CPU,
    node_mem: float = NODE_MEM,
    split_above: float = SPLIT_ABOVE,
    fleet: Cluster | None = None,
    length: arguments.Index | None = None,
    threads: arguments.Index = 0,
    progress: Progress | None = None,
    queue: bool = True,
    samples: arguments.Index | None = None,
    moves: arguments.Index = MOVES,
    move_seconds_per_gb: float = MOVE_SECONDS_PER_GB,
    move_price: float = MOVE_PRICE,
    move_budget: arguments.Index = MOVE_BUDGET,
) -> Evaluation | LossEvaluation:
    """Plays one episode from each start under each policy, as `spane evaluate` does.

    `starts` can be a range, a list, an array, a file or a string; see `spane.Starts`. A policy is
    the name of a heuristic, a Rule, a Model, or one of your own: a callable that is given
    `Decisions` of many episodes, in this thread, and gives an action for each; see BatchPolicy.
    Pass a mapping to choose the names in the result. An episode has `length` placements, by default
    as many as First Fit makes until the cluster is first full, plus 40. The result does not depend
    on `threads` (0 for all available processors).
    `fleet` is a Cluster whose servers, taken as empty, replace `servers`, `node_cpu`, `node_mem`
    and `split_above`, which must not be given too.

    With `queue=False` nothing waits: every VM comes at its time, and one that fits nowhere is
    refused and gone. Episodes then have `length` VMs, which must be given, and the result is a
    `LossEvaluation`. `samples` is how often in the second half of an episode metrics of the fleet
    are taken, by default 0, and 8 without a queue; see `spane.fleet_metrics`.

    With `moves`, at most so many live migrations make room for a VM that fits nowhere, and the
    result says what was moved; `move_seconds_per_gb`, `move_price` and `move_budget` are those of
    `EnvironmentOptions`. Without a queue, moves take no time.

    `progress` is called in this thread, about every 50 ms and at the end, with the numbers of
    episodes done and in all, each counted once for each policy and, with a queue, once for its
    length and bound. What it raises ends the call and is raised here, and so is what a signal
    handler raises, such as KeyboardInterrupt.
    """
    arguments.instance(trace, Trace, "trace")
    arguments.instance(queue, bool, "queue")
    chosen = _named(policies)
    options = sized(EvaluationOptions)
    set_servers(options, servers, node_cpu, node_mem, split_above, fleet)
    set_moves(options, moves, move_seconds_per_gb, move_price, move_budget)
    if length is not None:
        options.length = positive(length, "length")
    elif not queue:
        raise InvalidArgumentError("length is None; without a queue it must be a number of VMs")
    first = every_start(starts, trace, None if length is None else options.length)
    options.threads = arguments.int32(threads, "threads")
    taken = arguments.int32((0 if queue else 8) if samples is None else samples, "samples")
    call = LongCall(progress)

    shape = (len(chosen), len(first))
    waits = np.zeros(shape)
    lengths = np.zeros(len(first), np.int64)
    bounds = np.zeros(len(first))
    losses = np.zeros((*shape, len(SIZES), 6))
    moved = np.zeros((*shape, 3))
    if options.moves:
        options.moved = cast(arguments.address(moved), POINTER(c_double))
    names = [metric.name for metric in fleet_metrics()] if taken else []
    metrics = np.zeros((*shape, len(names)))
    deciders: list[Decider] = []

    def encoded(name: str, policy: Player) -> PolicyStruct:
        if not callable(policy):
            return encode(policy)
        if isinstance(policy, type):
            raise TypeError(f"policy is the class {policy.__name__}; it must be an object of it")
        deciders.append(Decider(policy, name, call))
        return deciders[-1].struct()

    structs = (PolicyStruct * len(chosen))(*(encoded(*each) for each in chosen.items()))
    networks = models(*chosen.values())
    pointers = [model._pointer for model in networks]

    def play() -> None:
        # Keeps models alive that are closed during the call, and what it calls and writes to.
        kept = [*pointers, deciders, waits, lengths, bounds, losses, moved, metrics]
        what = (trace._pointer, byref(options), arguments.address(first), len(first))
        who = (structs, len(chosen))
        status = 0
        if queue and not taken:
            status = library().spane_evaluate(
                *what, *who, call.told, *map(arguments.address, (waits, lengths, bounds))
            )
        else:
            status = library().spane_evaluate_fleet(
                *what,
                *who,
                int(queue),
                taken,
                call.told,
                arguments.address(waits),
                None if queue else arguments.address(losses),
                arguments.address(metrics) if taken else None,
            )
        if status == 0 and queue and taken:
            outputs = map(arguments.address, (lengths, bounds))
            status = library().spane_evaluate(*what, None, 0, None, None, *outputs)
        del kept
        check(status, trace, *networks)

    call.run(play)
    named = _by_name(names, metrics)
    told = moves_of(moved) if options.moves else None
    if queue:
        return Evaluation(tuple(chosen), first, lengths, bounds, waits, named, told)
    return LossEvaluation(tuple(chosen), first, options.length, losses, named, told)


def _by_name(names: list[str], metrics: NDArray[np.float64]) -> dict[str, Any]:
    return {name: np.ascontiguousarray(metrics[:, :, index]) for index, name in enumerate(names)}


def _named(policies: Sequence[Player] | Mapping[str, Player]) -> dict[str, Player]:
    if isinstance(policies, Mapping):
        for name in policies:
            arguments.instance(name, str, "a name in policies")
        return dict(policies)
    named: dict[str, Player] = {}
    allowed = "a list of policies, or a mapping from names"
    for policy in arguments.items(policies, "policies", allowed):
        if isinstance(policy, Model):
            name = policy.name
        else:
            name = name_of(policy) if callable(policy) else heuristic(policy).decode()
        if name in named:
            raise InvalidArgumentError(
                f"two policies are called {name!r}; give a mapping with names of your own"
            )
        named[name] = policy
    return named
