"""Playing many episodes under many policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ctypes import byref
from typing import Any

import numpy as np

from spane import _arguments as arguments
from spane._errors import CancelledError, InvalidArgumentError, check
from spane._evaluation import Evaluation
from spane._library import library
from spane._model import Model
from spane._session import Policy
from spane._structs import EvaluationOptions, ProgressCallback, sized
from spane._structs import Policy as PolicyStruct
from spane._trace import Trace

Progress = Callable[[int, int], object]
"""Told how many of how many episodes are done; an exception stops the evaluation."""


def evaluate(
    trace: Trace,
    starts: Any,
    policies: Sequence[Policy] | Mapping[str, Policy] = (),
    *,
    servers: arguments.Index = 5,
    node_cpu: float = 40.0,
    node_mem: float = 90.0,
    split_above: float = 10.0,
    length: arguments.Index | None = None,
    threads: arguments.Index = 0,
    progress: Progress | None = None,
) -> Evaluation:
    """Plays one episode from each start (int64) under each policy, as `spane evaluate` does.

    Policies are heuristics by name and Models; a mapping gives them names of your own. An episode
    has `length` placements, by default as many as First Fit makes until the cluster is first full,
    and 40 more. The result does not depend on `threads` (0 for all processors).
    """
    first = arguments.given(starts, np.int64, (None,), "starts")
    chosen = _named(policies)
    options = sized(EvaluationOptions)
    options.servers = arguments.int32(servers, "servers")
    options.node_cpu, options.node_mem, options.split_above = node_cpu, node_mem, split_above
    if length is not None:
        options.length = arguments.int64(length, "length")
        if options.length < 1:
            raise InvalidArgumentError(f"length is {length}; it must be at least 1")
    options.threads = arguments.int32(threads, "threads")
    raised: list[BaseException] = []
    options.progress = _callback(progress, raised)

    waits = np.zeros((len(chosen), len(first)))
    lengths = np.zeros(len(first), np.int64)
    bounds = np.zeros(len(first))
    # The pointers are kept here, so that a model closed meanwhile stays until the end.
    structs = (PolicyStruct * len(chosen))(*map(_struct, chosen.values()))
    pointers = [policy._pointer for policy in chosen.values() if isinstance(policy, Model)]
    models = [policy for policy in chosen.values() if isinstance(policy, Model)]
    status = library().spane_evaluate(
        trace._pointer,
        byref(options),
        arguments.address(first),
        len(first),
        structs,
        len(chosen),
        arguments.address(waits),
        arguments.address(lengths),
        arguments.address(bounds),
    )
    del pointers
    if raised and status == CancelledError.status:
        raise raised[0]
    check(status, trace, *models)
    return Evaluation(tuple(chosen), first.copy(), lengths, bounds, waits)


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


def _callback(progress: Progress | None, raised: list[BaseException]) -> Any:
    """Passes exceptions on. It is always there, so that an interrupt from the keyboard works."""

    def told(done: int, total: int, user: int | None) -> int:
        try:
            if progress is not None:
                progress(done, total)
        except BaseException as error:
            raised.append(error)
            return 1
        return 0

    return ProgressCallback(told)
