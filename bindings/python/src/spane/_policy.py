"""Policies on their way into C, and what sessions tell of them."""

from __future__ import annotations

from typing import NamedTuple, Union

from spane import _arguments as arguments
from spane import _structs
from spane._errors import ClosedError
from spane._model import Model
from spane._structs import SessionInfo, sized
from spane._trace import Trace


class Rule(NamedTuple):
    """A rule with "capacity-lost" that keeps room for the flavors of a trace.

    Given by its name alone it learns them from what is asked for.
    """

    name: str
    mix: Trace
    """Each of its flavors counts as much as it is frequent."""


Policy = Union[str, Rule, Model]
"""A heuristic by name, such as "most-allocated+spread" (see `heuristics`), a rule with a mix, or a
network."""

DEFAULT_POLICY = "capacity-lost,10*most-allocated+spread"
"""The best rule that is known, whatever the servers."""


class SessionDescription(NamedTuple):
    """What a session has done so far."""

    bytes: int
    """Memory in use, estimated from above; without the cluster or the environment."""
    decisions: int
    """Placements or actions asked for; a list of best ones counts as one."""
    shortlist_decisions: int
    """Of these, how many a shortlist of the best servers answered."""
    tree_decisions: int
    """Of these, how many only scored the servers that had changed since the same request."""
    cached_scores: int
    """Scores of servers that were remembered."""
    computed_scores: int
    """Scores of servers that were not, where scores are remembered at all."""


def encode(policy: Policy) -> _structs.Policy:
    """The policy as C takes it, valid as long as it and the model live."""
    made = sized(_structs.Policy)
    if isinstance(policy, Model):
        made.model = policy._pointer
        return made
    if isinstance(policy, Rule):
        made.mix = arguments.instance(policy.mix, Trace, "mix")._pointer
        if not made.mix:
            # NULL would mean to learn the flavors.
            raise ClosedError("this Trace is closed")
    made.heuristic = heuristic(policy)
    return made


def heuristic(policy: Policy) -> bytes:
    """The name of a heuristic as a C string, which every policy is that is no Model."""
    name = policy.name if isinstance(policy, Rule) else policy
    if not isinstance(name, str):
        raise arguments.wrong_type(name, "policy", "the name of a heuristic, a Rule, or a Model")
    return arguments.text(name, "policy")


def models(*policies: object) -> list[Model]:
    """The networks among policies, which have to stay open."""
    return [policy for policy in policies if isinstance(policy, Model)]


def session_description(info: SessionInfo) -> SessionDescription:
    """The same for Python."""
    return SessionDescription(*(getattr(info, name) for name in SessionDescription._fields))
