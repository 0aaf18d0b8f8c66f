"""Evaluation: many episodes under many policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ctypes import byref

import numpy as np

from spane import _arguments as arguments
from spane._cluster import Cluster
from spane._errors import InvalidArgumentError, check
from spane._evaluation import Evaluation
from spane._library import library
from spane._long_call import LongCall, Progress
from spane._model import Model
from spane._options import NODE_CPU, NODE_MEM, SERVERS, SPLIT_ABOVE, positive, set_servers
from spane._policy import Policy, encode, heuristic, models
from spane._starts import Starts, every_start
from spane._structs import EvaluationOptions, sized
from spane._structs import Policy as PolicyStruct
from spane._trace import Trace


def evaluate(
    trace: Trace,
    starts: Starts,
    policies: Sequence[Policy] | Mapping[str, Policy] = (),
    *,
    servers: arguments.Index = SERVERS,
    node_cpu: float = NODE_CPU,
    node_mem: float = NODE_MEM,
    split_above: float = SPLIT_ABOVE,
    fleet: Cluster | None = None,
    length: arguments.Index | None = None,
    threads: arguments.Index = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Plays one episode from each start under each policy, as `spane evaluate` does.

    `starts` can be a range, a list, an array, a file or a string; see `spane.Starts`. A policy is
    the name of a heuristic or a Model; pass a mapping to choose the names in the result. An episode
    has `length` placements, by default as many as First Fit makes until the cluster is first full,
    plus 40. The result does not depend on `threads` (0 for all available processors). `fleet` is a
    Cluster whose servers, taken as empty, replace `servers`, `node_cpu`, `node_mem` and
    `split_above`, which must not be given too.

    `progress` is called in this thread, about every 50 ms and at the end, with the numbers of
    episodes done and in all, each counted once for its length and bound and once for each policy.
    What it raises ends the call and is raised here, and so is what a signal handler raises, such as
    KeyboardInterrupt.
    """
    arguments.instance(trace, Trace, "trace")
    chosen = _named(policies)
    options = sized(EvaluationOptions)
    set_servers(options, servers, node_cpu, node_mem, split_above, fleet)
    if length is not None:
        options.length = positive(length, "length")
    first = every_start(starts, trace, None if length is None else options.length)
    options.threads = arguments.int32(threads, "threads")
    call = LongCall(progress)

    waits = np.zeros((len(chosen), len(first)))
    lengths = np.zeros(len(first), np.int64)
    bounds = np.zeros(len(first))
    structs = (PolicyStruct * len(chosen))(*map(encode, chosen.values()))
    networks = models(*chosen.values())
    pointers = [model._pointer for model in networks]

    def play() -> None:
        # Keeps models alive that are closed during the call.
        kept = list(pointers)
        status = library().spane_evaluate(
            trace._pointer,
            byref(options),
            arguments.address(first),
            len(first),
            structs,
            len(chosen),
            call.told,
            arguments.address(waits),
            arguments.address(lengths),
            arguments.address(bounds),
        )
        del kept
        check(status, trace, *networks)

    call.run(play)
    return Evaluation(tuple(chosen), first, lengths, bounds, waits)


def _named(policies: Sequence[Policy] | Mapping[str, Policy]) -> dict[str, Policy]:
    if isinstance(policies, Mapping):
        for name in policies:
            arguments.instance(name, str, "a name in policies")
        return dict(policies)
    named: dict[str, Policy] = {}
    allowed = "a list of policies, or a mapping from names"
    for policy in arguments.items(policies, "policies", allowed):
        name = policy.name if isinstance(policy, Model) else heuristic(policy).decode()
        if name in named:
            raise InvalidArgumentError(
                f"two policies are called {name!r}; give a mapping with names of your own"
            )
        named[name] = policy
    return named
