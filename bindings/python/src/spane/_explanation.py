"""Why a VM goes where it goes, or nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from ctypes import byref, c_size_t, create_string_buffer
from enum import IntEnum
from typing import Any, NamedTuple

from spane._placement import NODES_OF, Placement

TEXT, JSON = 0, 1
"""How the library tells it."""


class ReasonKind(IntEnum):
    """What keeps a VM away from a server."""

    FITS = 0
    """Nothing: it has room."""
    CORDONED = 1
    """It is cordoned."""
    LACKS_TRAIT = 2
    """It lacks a trait that the request requires."""
    FORBIDDEN_TRAIT = 3
    """It has a trait that the request forbids."""
    TOO_FEW_NODES = 4
    """It has fewer NUMA nodes than the VM spans."""
    TOO_SMALL = 5
    """It could not hold the VM even if it were empty."""
    TOO_FAR = 6
    """It has the room, but on nodes too far from each other, or no nodes are near enough at all."""
    NO_ROOM = 7
    """Too much is in use."""
    GROUP = 8
    """It has room, and a hard rule of the VM's group forbids it."""
    RESERVED = 9
    """Too much is in use, and without what is reserved there it would have room."""


class Reason(NamedTuple):
    """Why a VM does not go to a server now; see spane_reason in the header."""

    kind: ReasonKind
    resource: str | None
    """What is short: with so much more of it there, the VM fits, or something else is short."""
    node: int | None
    """The NUMA node where it is short; None for the server as a whole."""
    short_by: float
    """Cores, GB or devices; nodes with TOO_FEW_NODES, and distance with TOO_FAR."""
    nodes: tuple[int, ...]
    """The nodes that can have the VM, that are least short, or nearest to each other."""
    trait: int | None
    """The bit of the lowest trait that is lacking or forbidden."""

    @classmethod
    def _of(cls, made: Any, resources: list[str]) -> Reason:
        """The reason in a struct of C; `resources` are the names of all."""
        return cls(
            ReasonKind(made.reason),
            None if made.resource < 0 else resources[made.resource],
            None if made.node < 0 else made.node,
            made.short_by,
            NODES_OF[made.nodes],
            None if made.trait < 0 else made.trait,
        )


class Shortage(NamedTuple):
    """What is short on a server."""

    resource: str
    node: int | None
    """The NUMA node; None for the server as a whole."""
    amount: float


class Nearest(NamedTuple):
    """A server that is least short of what the VM asks for."""

    server: int
    kind: ReasonKind
    nodes: tuple[int, ...]
    short: tuple[Shortage, ...]


class Ranked(NamedTuple):
    """A placement with room, and what makes it good."""

    placement: Placement
    score: float
    """By which the policy ranks; higher is better."""
    parts: tuple[tuple[str, float], ...]
    """What adds up to the score, by name."""


class Explanation:
    """Why a policy decides as it does, about one request at one moment."""

    def __init__(self, text: str, json_text: str) -> None:
        """Made by `Session.explain`."""
        self._text, self._json = text, json_text
        self._told: dict[str, Any] = json.loads(json_text)

    @property
    def text(self) -> str:
        """All of it in one line."""
        return self._text

    def to_json(self) -> str:
        """All of it in one line of JSON, as the header tells it."""
        return self._json

    @property
    def request(self) -> str:
        """What was asked for."""
        return str(self._told["request"])

    @property
    def considered(self) -> int:
        """Servers that were looked at."""
        return int(self._told["considered"])

    @property
    def with_room(self) -> int:
        """Servers that have room."""
        return int(self._told["with_room"])

    @property
    def excluded(self) -> dict[ReasonKind, int]:
        """How many servers have none, by the reason."""
        return {_kind(name): count for name, count in self._told["excluded"].items()}

    @property
    def nearest(self) -> list[Nearest]:
        """Up to three servers that are least short."""
        return [
            Nearest(
                each["server"],
                _kind(each["reason"]),
                tuple(each["nodes"]),
                tuple(
                    Shortage(one["resource"], None if one["node"] < 0 else one["node"], one["by"])
                    for one in each["short"]
                ),
            )
            for each in self._told["nearest"]
        ]

    @property
    def best(self) -> list[Ranked]:
        """The best placements: first what `Session.choose` would return."""
        return [
            Ranked(
                Placement(each["server"], tuple(each["nodes"])),
                each["score"],
                tuple((part["name"], part["value"]) for part in each["parts"]),
            )
            for each in self._told["best"]
        ]

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<spane.Explanation: {self._text}>"


def _kind(name: str) -> ReasonKind:
    return ReasonKind[name.upper()]


def line(call: Callable[..., int], check: Callable[[int], None]) -> str:
    """What a function that ends in (text, capacity, size) tells."""
    size = c_size_t()
    check(call(None, 0, byref(size)))
    room = create_string_buffer(size.value)
    check(call(room, len(room), byref(size)))
    return room.value.decode("utf-8")
