"""Sessions beside another scheduler."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from spane import _structs
from spane._placement import NODES_OF, Placement


class ShadowOutcome(IntEnum):
    """How a session and the scheduler in charge have decided about one VM."""

    SAME = 0
    """Both take the same nodes of the same server."""
    OTHER_NODES = 1
    """The same server, but other nodes."""
    OTHER_SERVER = 2
    """Another server."""
    ONLY_OWN = 3
    """The session has room where the scheduler refused."""
    ONLY_OTHER = 4
    """The session sees no room where the scheduler placed."""
    NEITHER = 5
    """Neither has room."""


@dataclass(frozen=True)
class Shadow:
    """What a session would have done beside the scheduler in charge; see `Session.shadow`."""

    outcome: ShadowOutcome
    placement: Placement | None
    """Where the session would have placed the VM; None for nowhere."""
    advantage: float
    """The session's score of it less that of the best placement on the scheduler's server; NaN
    where one of them has no room."""

    @classmethod
    def _of(cls, told: _structs.Shadow) -> Shadow:
        own = told.own
        placement = Placement(own.server, NODES_OF[own.nodes]) if own.nodes else None
        return cls(ShadowOutcome(told.outcome), placement, told.advantage)
