"""Playing many episodes under many policies."""

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
from spane._options import fleet_pointer, positive
from spane._session import Policy
from spane._starts import Starts, every_start
from spane._structs import EvaluationOptions, sized
from spane._structs import Policy as PolicyStruct
from spane._trace import Trace


def evaluate(
    trace: Trace,
    starts: Starts,
    policies: Sequence[Policy] | Mapping[str, Policy] = (),
    *,
    servers: arguments.Index = 5,
    node_cpu: float = 40.0,
    node_mem: float = 90.0,
    split_above: float = 10.0,
    fleet: Cluster | None = None,
    length: arguments.Index | None = None,
    threads: arguments.Index = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Plays one episode from each start under each policy, as `spane evaluate` does.

    `starts` may be a range, a list, an array, a file or a text; see `spane.Starts`.
    Policies are heuristics by name and Models; a mapping gives them names of your own. An episode
    has `length` placements, by default as many as First Fit makes until the cluster is first full,
    and 40 more. The result does not depend on `threads` (0 for all processors that may be used).
    `fleet` is a Cluster whose servers, as they are while nothing runs on them, take the place of
    `servers`, `node_cpu`, `node_mem` and `split_above`.

    `progress` is called in this thread, about every 50 ms and at the end, with the numbers of
    episodes done and in all, each counted once for its length and bound and once for each policy.
    What it raises ends the call and is raised here, and so is what a signal handler raises, such as
    KeyboardInterrupt.
    """
    chosen = _named(policies)
    options = sized(EvaluationOptions)
    options.servers = arguments.int32(servers, "servers")
    options.node_cpu, options.node_mem, options.split_above = node_cpu, node_mem, split_above
    if fleet is not None:
        options.fleet = fleet_pointer(fleet)
    if length is not None:
        options.length = positive(length, "length")
    first = every_start(starts, trace, None if length is None else options.length)
    options.threads = arguments.int32(threads, "threads")
    call = LongCall(progress)

    waits = np.zeros((len(chosen), len(first)))
    lengths = np.zeros(len(first), np.int64)
    bounds = np.zeros(len(first))
    structs = (PolicyStruct * len(chosen))(*map(_struct, chosen.values()))
    models = [policy for policy in chosen.values() if isinstance(policy, Model)]
    pointers = [model._pointer for model in models]

    def play() -> None:
        # A model that is closed meanwhile stays until the end.
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
        check(status, trace, *models)

    call.run(play)
    return Evaluation(tuple(chosen), first, lengths, bounds, waits)


def _named(policies: Sequence[Policy] | Mapping[str, Policy]) -> dict[str, Policy]:
    if isinstance(policies, Mapping):
        return dict(policies)
    if isinstance(policies, str):
        raise TypeError(f"policies is the str {policies!r}; it must be a sequence of policies")
    named: dict[str, Policy] = {}
    for policy in policies:
        name = policy.name if isinstance(policy, Model) else policy
        if name in named:
            raise InvalidArgumentError(
                f"two policies are called {name!r}; give a mapping with names of your own"
            )
        named[name] = policy
    return named


def _struct(policy: Policy) -> PolicyStruct:
    if isinstance(policy, Model):
        return PolicyStruct(None, policy._pointer)
    return PolicyStruct(arguments.text(policy, "policy"), None)
