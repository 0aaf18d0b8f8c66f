"""Fault domains, and groups of VMs with rules for where they run."""

from __future__ import annotations

from ctypes import byref, c_char_p, c_int32, c_int64, c_size_t, sizeof
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Union

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _structs
from spane._errors import InvalidArgumentError, NotFoundError, check
from spane._handle import Handle
from spane._structs import ClusterPointer

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from spane._request import Request, Resources, Terms

Level = Union[str, arguments.Index]
"""A level of fault domains: its name, or its index; "server" and -1 stand for the server itself."""

_KINDS: dict[str, int] = {"at_most": 0, "together": 1, "spread": 2}
_NAMES = {number: name for name, number in _KINDS.items()}
_SERVER = "server"


@dataclass(frozen=True)
class GroupRule:
    """How the VMs of a group are to be spread over the fault domains of one level.

    `GroupRule("at_most", 1)` keeps them on different servers, `GroupRule("together", level="zone")`
    all in one zone, and `GroupRule("spread", 3, level="rack", hard=False)` in three racks or more
    if that is possible.
    """

    kind: Literal["at_most", "together", "spread"]
    """At most `count` in one domain, all in one domain, or in at least `count` domains."""
    count: int = 1
    """VMs or domains; of no meaning for "together"."""
    level: Level = _SERVER
    """By name or index."""
    hard: bool = True
    """Whether what breaks it is refused; otherwise what does not comes first."""

    def _encoded(self, cluster: Grouped) -> _structs.GroupRule:
        return _structs.GroupRule(
            sizeof(_structs.GroupRule),
            _KINDS[arguments.choice(self.kind, tuple(_KINDS), "kind")],
            cluster._level(self.level),
            arguments.int32(self.count, "count"),
            int(bool(self.hard)),
        )


class Grouped(Handle[ClusterPointer]):
    """What a cluster knows of fault domains and groups."""

    levels: tuple[str, ...]
    """The names of the levels of fault domains."""
    _resources: Resources

    if TYPE_CHECKING:

        @property
        def servers(self) -> int: ...

    def _level(self, level: Level) -> int:
        """The index of a level."""
        if not isinstance(level, str):
            return arguments.int32(level, "level")
        if level == _SERVER:
            return -1
        if level not in self.levels:
            known = ", ".join((*self.levels, _SERVER))
            raise InvalidArgumentError(f"level is {level!r}; the levels are: {known}")
        return self.levels.index(level)

    def _chosen(self, servers: Any) -> tuple[Any, int | None, int]:
        """Servers for C: what has to stay, where it is, and how many."""
        if servers is None:
            return None, None, self.servers
        return arguments.servers(servers)

    def set_domain(self, server: arguments.Index, level: Level, domain: arguments.Index) -> None:
        """Says in which domain of a level a server is: `set_domain(7, "rack", 3)`.

        `domain` is any number from 0 on, or -1 where none is known, as of a new server. VMs that
        run there stay.
        """
        status = self._library.spane_cluster_set_domain(
            self._pointer,
            arguments.int32(server, "server"),
            self._level(level),
            arguments.int32(domain, "domain"),
        )
        check(status, self)

    def domain(self, server: arguments.Index, level: Level) -> int:
        """In which domain of a level a server is; -1 where none is known."""
        domain = c_int32()
        number = arguments.int32(server, "server")
        status = self._library.spane_cluster_domain(
            self._pointer, number, self._level(level), byref(domain)
        )
        check(status, self)
        return domain.value

    def set_group(self, group: arguments.Index, *rules: GroupRule) -> None:
        """Gives a group rules in place of those that it has: `set_group(5, GroupRule("at_most"))`.

        A VM is in a group when its request says so. VMs that run stay. Sessions place
        VMs where no hard rule of their group is broken, there where soft rules are broken least.
        """
        made = [arguments.instance(rule, GroupRule, "rules")._encoded(self) for rule in rules]
        array = (_structs.GroupRule * len(made))(*made)
        status = self._library.spane_cluster_set_group(
            self._pointer, arguments.uint64(group, "group"), array, len(made)
        )
        check(status, self)

    def group_rules(self, group: arguments.Index) -> tuple[GroupRule, ...]:
        """The rules of a group; none where it is not known."""
        made, _ = self._group(group)
        return tuple(
            GroupRule(
                _NAMES[rule.kind],  # type: ignore[arg-type]
                rule.count,
                _SERVER if rule.level < 0 else self.levels[rule.level],
                bool(rule.hard),
            )
            for rule in made
        )

    def group_vms(self, group: arguments.Index) -> int:
        """How many VMs of a group run."""
        return self._group(group)[1]

    def _group(self, group: arguments.Index) -> tuple[list[_structs.GroupRule], int]:
        number, count, vms = arguments.uint64(group, "group"), c_size_t(), c_int64()
        tell = self._library.spane_cluster_group
        check(tell(self._pointer, number, None, 0, byref(count), byref(vms)), self)
        array = (_structs.GroupRule * count.value)()
        if count.value:
            array[0].struct_size = sizeof(_structs.GroupRule)
            check(tell(self._pointer, number, array, len(array), byref(count), None), self)
        return list(array), vms.value

    def group_violations(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        servers: Any = None,
        **terms: Unpack[Terms],
    ) -> NDArray[np.int64]:
        """What the rules of a request's group say of each server, be there room or not.

        By how many VMs soft rules are broken if one more goes there, -1 where a hard rule forbids
        it. `servers` as in `amounts`.
        """
        request = self._resources.encode(cpu, mem, terms)
        _kept, where, count = self._chosen(servers)
        out = np.empty(count, np.int64)
        status = self._library.spane_cluster_group_violations(
            self._pointer, byref(request), where, count, arguments.address(out)
        )
        check(status, self)
        return out


def read_levels(library: Any, pointer: ClusterPointer, handle: Handle[Any]) -> tuple[str, ...]:
    """The names of the levels of a cluster."""
    levels: list[str] = []
    name = c_char_p()
    while True:
        status = library.spane_cluster_level(pointer, len(levels), byref(name))
        if status == NotFoundError.status:
            return tuple(levels)
        check(status, handle)
        levels.append((name.value or b"").decode())
