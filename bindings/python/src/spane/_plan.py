"""Plans of live migrations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ctypes import byref, c_char, c_double, c_int32, c_size_t, c_uint64
from enum import IntEnum
from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _placement, _structs
from spane._errors import check
from spane._handle import Handle
from spane._long_call import LongCall, Progress
from spane._placement import NODES_OF, Placement
from spane._structs import PlanInfo, PlanPointer, sized


class PlanOutcome(IntEnum):
    """What came of looking for a plan."""

    CHEAPEST = 2
    """A plan, and proof that none costs less."""
    FOUND = 1
    """A plan."""
    NOT_FOUND = 0
    """None was found for all that was asked for within the budget; one may exist."""
    TOO_LARGE = -1
    """No server in placement could hold the VM even if it were empty."""
    FLEET_FULL = -2
    """The servers have not enough left in sum, wherever VMs run."""
    TOO_MANY_MOVES = -3
    """No plan of so few moves exists."""
    NO_SERVERS = -4
    """No server is in placement: there is none, or each is cordoned or closed."""


class Move(NamedTuple):
    """One live migration."""

    vm: int
    source: Placement
    target: Placement
    mem: float
    """GB that are copied."""
    price: float
    request: int
    """For which of the requests it makes room; -1 where a server is emptied or evened out."""
    round: int
    """Moves of one round may run at once; rounds follow each other."""


class PlanTerms(TypedDict, total=False):
    """How a plan is looked for; what is not said is as in the header."""

    moves: arguments.Index
    """The most moves that make room for one VM, 0 ... 64; 4."""
    budget: arguments.Index
    """Steps of the search after the greedy plan, of about a microsecond each; 2000."""
    exact: bool
    """Whether what is left of the budget goes into a proof."""
    at_once: arguments.Index
    """Moves at once that a server takes part in; 1."""
    move_price: float
    """What a move costs beside its GB; 2."""
    local_price: float
    """What a GB costs that goes from node to node of a server; 0.1."""
    pinned: Iterable[arguments.Index]
    """Ids of VMs that may not move."""
    prices: Mapping[int, float]
    """What a GB of a VM costs, by id, where it is not 1."""
    closed: Iterable[arguments.Index]
    """Servers that take no VM."""
    fixed: Iterable[arguments.Index]
    """Servers that no VM leaves."""


class Plan(Handle[PlanPointer]):
    """Moves in an order in which each has room for its VM while its source still holds it."""

    def __init__(self) -> None:
        raise TypeError("plans are made by Cluster.plan_room, plan_drain, and so on")

    @classmethod
    def _around(cls, made: PlanPointer) -> Plan:
        plan = cls.__new__(cls)
        plan._own(made)
        return plan

    def _info(self) -> PlanInfo:
        info = sized(PlanInfo)
        check(self._library.spane_plan_describe(self._pointer, byref(info)), self)
        return info

    def __repr__(self) -> str:
        return f"<spane.Plan: {self.text}>"

    @property
    def outcome(self) -> PlanOutcome:
        """What came of looking for it."""
        return PlanOutcome(self._info().outcome)

    @property
    def found(self) -> bool:
        """Whether it does all that was asked for."""
        return self.outcome >= PlanOutcome.FOUND

    @property
    def moves(self) -> list[Move]:
        """The moves in their order."""
        count = c_size_t(self._info().moves)
        out = (_structs.Move * count.value)()
        check(self._library.spane_plan_moves(self._pointer, out, count.value, byref(count)), self)
        return [
            Move(
                move.vm, _where(move.source), _where(move.target), move.mem, move.price,
                move.request, move.round,
            )
            for move in out
        ]  # fmt: skip

    @property
    def placement(self) -> Placement | None:
        """Where the first request fits then."""
        return self.placements[0] if self._info().requests else None

    @property
    def placements(self) -> list[Placement | None]:
        """Where each request fits after the moves for it; None where no plan was found."""
        count = c_size_t(self._info().requests)
        out = (_structs.Placement * count.value)()
        status = self._library.spane_plan_placements(self._pointer, out, count.value, byref(count))
        check(status, self)
        return [_where(place) if place.server >= 0 else None for place in out]

    @property
    def servers(self) -> NDArray[np.int32]:
        """The servers that it empties."""
        return self._list("spane_plan_servers", np.empty(self._info().servers, np.int32))

    @property
    def stuck(self) -> NDArray[np.uint64]:
        """The VMs that should leave and for which no place was found."""
        return self._list("spane_plan_stuck", np.empty(self._info().stuck, np.uint64))

    def _list(self, call: str, out: NDArray[Any]) -> NDArray[Any]:
        count = c_size_t()
        where = arguments.address(out) if len(out) else None
        check(getattr(self._library, call)(self._pointer, where, len(out), byref(count)), self)
        return out

    @property
    def mem(self) -> float:
        """GB that are moved."""
        return float(self._info().mem)

    @property
    def price(self) -> float:
        """What all moves cost."""
        return float(self._info().price)

    @property
    def bound(self) -> float:
        """Of a drain, no plan costs less; of a consolidation, no more servers can be emptied."""
        return float(self._info().bound)

    @property
    def text(self) -> str:
        """Why it is this plan: what is short where, what the moves cost, what others would."""
        size = c_size_t()
        check(self._library.spane_plan_text(self._pointer, None, 0, byref(size)), self)
        out = (c_char * size.value)()
        check(self._library.spane_plan_text(self._pointer, out, size.value, byref(size)), self)
        return out.value.decode()


def _where(placement: _structs.Placement) -> Placement:
    return Placement(placement.server, NODES_OF[placement.nodes])


def options(terms: PlanTerms) -> _structs.PlanOptions:
    """Options for C."""
    unknown = set(terms) - set(PlanTerms.__annotations__)
    if unknown:
        raise TypeError(f"unexpected argument {sorted(unknown)[0]!r}")
    made = sized(_structs.PlanOptions)
    check(_library_options(made))
    if "moves" in terms:
        made.moves = arguments.int32(terms["moves"], "moves")
    if "budget" in terms:
        made.budget = arguments.int64(terms["budget"], "budget")
    if "at_once" in terms:
        made.at_once = arguments.int32(terms["at_once"], "at_once")
    made.exact = bool(terms.get("exact", False))
    if "move_price" in terms:
        made.move_price = arguments.real(terms["move_price"], "move_price")
    if "local_price" in terms:
        made.local_price = arguments.real(terms["local_price"], "local_price")
    vms = arguments.items(terms.get("pinned", ()), "pinned", "a list of VMs")
    pinned = [arguments.uint64(vm, "pinned") for vm in vms]
    made.pinned, made.pinned_count = (c_uint64 * len(pinned))(*pinned), len(pinned)
    prices = arguments.instance(terms.get("prices", {}), Mapping, "prices")  # type: ignore[type-abstract]
    priced = [arguments.uint64(vm, "prices") for vm in prices]
    values = [arguments.real(price, "prices") for price in prices.values()]
    made.priced, made.priced_count = (c_uint64 * len(priced))(*priced), len(priced)
    made.prices = (c_double * len(values))(*values)
    for name in ("closed", "fixed"):
        given = arguments.items(terms.get(name, ()), name, "a list of servers")
        servers = [arguments.int32(server, name) for server in given]
        setattr(made, name, (c_int32 * len(servers))(*servers))
        setattr(made, f"{name}_count", len(servers))
    return made


def _library_options(made: _structs.PlanOptions) -> int:
    from spane._library import library

    status: int = library().spane_plan_options_init(byref(made))
    return status


def encoded(move: Move) -> _structs.Move:
    """A move for C."""
    return _structs.Move(
        arguments.uint64(move.vm, "vm"),
        _placement.encoded(move.source),
        _placement.encoded(move.target),
        arguments.real(move.mem, "mem"),
        arguments.real(move.price, "price"),
        arguments.int32(move.request, "request"),
        arguments.int32(move.round, "round"),
    )


def made_by(cluster: Any, call: str, *given: Any, terms: PlanTerms) -> Plan:
    """The plan that a function of the library makes for a cluster."""
    chosen, made = options(terms), PlanPointer()
    function = getattr(cluster._library, call)
    check(function(cluster._pointer, *given, byref(chosen), byref(made)), cluster)
    return Plan._around(made)


def consolidation(cluster: Any, most: int, terms: PlanTerms, progress: Progress | None) -> Plan:
    """The plan that empties servers, which can be stopped."""
    call, chosen, made = LongCall(progress), options(terms), PlanPointer()
    function = cluster._library.spane_cluster_plan_consolidation_with_progress
    where = cluster._pointer
    call.run(lambda: check(function(where, most, byref(chosen), call.told, byref(made)), cluster))
    return Plan._around(made)
