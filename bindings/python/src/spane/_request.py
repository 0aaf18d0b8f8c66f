"""What VMs ask for, on its way into C."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ctypes import c_double, sizeof
from dataclasses import dataclass, fields
from typing import Any, TypedDict, Union

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _structs
from spane._errors import InvalidArgumentError

Amounts = Union[Mapping[str, float], Sequence[float]]
"""Amounts by the names of resources, or in their order; what is missing is 0."""


@dataclass(frozen=True)
class Request:
    """What a VM asks for. Wherever one is taken, its fields will do too: `choose(4, 8, span=2)`."""

    cpu: float
    """Cores in all."""
    mem: float
    """GB in all."""
    span: int = 0
    """The NUMA nodes over which it is spread evenly; 0 for what the cluster's rule says."""
    amounts: Amounts | None = None
    """Of other resources in all: by name, or in the order of those of nodes, then of servers."""
    require: int = 0
    """Traits that its server must have, a bit each."""
    forbid: int = 0
    """Traits that its server must not have, a bit each."""
    farthest: int | None = None
    """The largest distance between two of its nodes, 1 ... 255; None for any."""
    group: int = 0
    """The group to which it belongs, see `Cluster.set_group`; 0 for none."""
    prefer: int = 0
    """Traits that its server should have: servers that lack fewer of them come first."""

    def __str__(self) -> str:
        told = f"{self.cpu} cores and {self.mem} GB"
        if self.span:
            told += f" on {self.span} node{'s' if self.span > 1 else ''}"
        for field in fields(self)[3:]:
            value = getattr(self, field.name)
            if value:
                told += f", {field.name} {value}"
        return told


class Terms(TypedDict, total=False):
    """What a request says beside cores and GB; the fields of Request."""

    span: arguments.Index
    amounts: Amounts | None
    require: arguments.Index
    forbid: arguments.Index
    farthest: arguments.Index | None
    group: arguments.Index
    prefer: arguments.Index


def request_of(cpu: Request | float, mem: float | None, terms: Terms) -> Request:
    """The request that was given whole, or in parts."""
    if isinstance(cpu, Request):
        if mem is not None or terms:
            raise TypeError("a Request is complete; mem and other terms must not be given as well")
        return cpu
    if mem is None:
        raise TypeError("mem is missing; give cpu and mem, or a Request")
    return Request(cpu, mem, **terms)  # type: ignore[arg-type]


_SIZE = sizeof(_structs.Request)
_NUMBERS = {"struct_size": np.uint32, "cpu": np.float64, "mem": np.float64}
_DTYPE = np.dtype(
    {
        "names": list(_NUMBERS),
        "formats": list(_NUMBERS.values()),
        "offsets": [getattr(_structs.Request, name).offset for name in _NUMBERS],
        "itemsize": _SIZE,
    }
)
"""Of many requests one after another: what is written where all say cores and GB alone."""


def _of_size(cpu: float, mem: float, span: int = 0) -> _structs.Request:
    try:
        return _structs.Request(_SIZE, span, cpu, mem)
    except TypeError:
        # Says which of them it was; to ask before would slow every decision down.
        return _structs.Request(_SIZE, span, arguments.real(cpu, "cpu"), arguments.real(mem, "mem"))


class Resources:
    """The names of what a cluster counts beside cores and GB, by which requests are read."""

    def __init__(self, node: Sequence[str] = (), server: Sequence[str] = ()) -> None:
        self.node, self.server = tuple(node), tuple(server)
        self.all = self.node + self.server

    def encode(self, cpu: Request | float, mem: float | None, terms: Terms) -> _structs.Request:
        """A request for C."""
        if terms or mem is None or isinstance(cpu, Request):
            return self._encode(request_of(cpu, mem, terms))
        return _of_size(cpu, mem)

    def _encode(self, request: Request) -> _structs.Request:
        made = _of_size(request.cpu, request.mem, arguments.int32(request.span, "span"))
        if request.amounts:
            values = amounts(request.amounts, self.all, "amounts")
            made.amounts = (c_double * len(values))(*values)
            made.amount_count = len(values)
        made.require = arguments.uint64(request.require, "require")
        made.forbid = arguments.uint64(request.forbid, "forbid")
        if request.farthest is not None:
            farthest = arguments.int32(request.farthest, "farthest")
            if not 1 <= farthest <= 255:
                raise InvalidArgumentError(
                    f"farthest is {farthest}; it must be 1 ... 255, or None for any"
                )
            made.farthest = farthest
        made.group = arguments.uint64(request.group, "group")
        made.prefer = arguments.uint64(request.prefer, "prefer")
        return made

    def encode_many(self, requests: Any) -> tuple[NDArray[Any], Any]:
        """Requests for C one after another, and what has to stay as long as they are used."""
        if not isinstance(requests, np.ndarray):
            requests = arguments.items(requests, "requests", "a list of Requests or of (cpu, mem)")
            if any(isinstance(each, Request) for each in requests):
                made = [
                    self._encode(each if isinstance(each, Request) else Request(*each))
                    for each in requests
                ]
                return np.frombuffer(bytearray(b"".join(made)), _DTYPE), made
        sizes = arguments.given(requests, np.float64, (None, 2), "requests")
        array = np.zeros(len(sizes), _DTYPE)
        array["struct_size"] = _SIZE
        array["cpu"], array["mem"] = sizes[:, 0], sizes[:, 1]
        return array, None

    def decode(self, made: _structs.Request, extras: Iterable[float]) -> Request:
        """What the library tells of a request; `extras` are its amounts of all resources."""
        return Request(
            made.cpu,
            made.mem,
            made.span,
            {name: amount for name, amount in zip(self.all, extras) if amount} or None,
            made.require,
            made.forbid,
            made.farthest or None,
            made.group,
            made.prefer,
        )


def amounts(given: Amounts, names: Sequence[str], what: str) -> list[float]:
    """Amounts of each of these resources; 0 where nothing is said."""
    if isinstance(given, Mapping):
        for name in given:
            if name not in names:
                known = ", ".join(names) or "none"
                raise InvalidArgumentError(f"{what} names {name!r}; the resources are: {known}")
        return [arguments.real(given.get(name, 0), f"{what}[{name!r}]") for name in names]
    listed = arguments.items(given, what, "a mapping from names, or a list of numbers")
    values = [arguments.real(value, what) for value in listed]
    if len(values) > len(names):
        raise InvalidArgumentError(
            f"{what} has {len(values)} amounts; there are {len(names)} resources"
            + (f": {', '.join(names)}" if names else "")
        )
    return values + [0.0] * (len(names) - len(values))
