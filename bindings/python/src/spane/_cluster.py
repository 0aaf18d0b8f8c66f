"""The mirror of a fleet that a scheduler keeps up to date."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_char_p, c_int64, c_size_t, sizeof
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _placement, _plan, _structs
from spane._cluster_log import Logged
from spane._errors import OK, ClosedError, NotFoundError, check
from spane._explanation import Reason
from spane._groups import Grouped, read_levels
from spane._handle import Handle
from spane._library import library
from spane._long_call import LongCall, Progress
from spane._memory import saved
from spane._placement import NODES_OF, Placement
from spane._plan import Move, Plan
from spane._request import Request, Resources
from spane._reservations import Reserving
from spane._server import FleetAmounts, Server, ServerType, parted
from spane._structs import ClusterPointer, ServerInfo, sized
from spane._threads import Shared

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from spane._plan import PlanTerms
    from spane._request import Terms

_NOT_FOUND = NotFoundError.status
_ROOM = "spane_cluster_plan_room"


class VM(NamedTuple):
    """A placed VM."""

    placement: Placement
    request: Request
    """What it asked for, with the number of nodes over which it is spread."""


class ClusterOptions(NamedTuple):
    """What the servers of a cluster can have, and which VMs are spread."""

    nodes: int
    split_above: float
    split_from: float
    span: int
    node_resources: tuple[str, ...]
    server_resources: tuple[str, ...]
    traits: tuple[str, ...]
    """The names of traits, that of bit 0 first."""


class ClusterDescription(NamedTuple):
    """How large a cluster is."""

    servers: int
    """Servers, cordoned ones included."""
    cordoned: int
    vms: int
    """Placed VMs."""
    bytes: int
    """Memory in use; without the sessions that are bound to it."""


class Trial:
    """Changes to a cluster that are taken back in the end; see `Cluster.trial`."""

    is_kept = False

    def keep(self) -> None:
        """Lets the changes stay."""
        self.is_kept = True


class Cluster(Grouped, Logged, Reserving, Shared):
    """What each server has left, and which VMs run where.

    For one thread at a time, unless it is shared; see `share`.

    >>> cluster = Cluster()
    >>> servers = cluster.add_servers(2, node_cpu=40, node_mem=90)
    >>> cluster.place(7, (1, (0,)), 4, 8)
    >>> 7 in cluster, cluster.find(7).placement
    (True, Placement(server=1, nodes=(0,)))
    """

    options: ClusterOptions
    """Those that it was made with."""

    def __init__(
        self,
        *,
        nodes: arguments.Index = 2,
        split_above: float = 10.0,
        split_from: float = math.inf,
        span: arguments.Index = 2,
        node_resources: Sequence[str] = (),
        server_resources: Sequence[str] = (),
        traits: Sequence[str] = (),
        levels: Sequence[str] = (),
    ) -> None:
        """A cluster without servers, which will have up to `nodes` NUMA nodes each.

        A VM whose request tells no span is spread over `span` nodes if it has more than
        `split_above` GB or at least `split_from` cores. Nodes have cores, GB and what
        `node_resources` names, such as "gpu"; `server_resources`, such as "disk", are of servers
        as a whole. `traits` names the bits of `ServerType.traits`, that of bit 0 first, and
        `levels` the levels of fault domains, such as "rack"; see `set_domain`.
        """
        options = sized(_structs.ClusterOptions)
        options.nodes = arguments.int32(nodes, "nodes")
        options.split_above = arguments.real(split_above, "split_above")
        options.split_from = arguments.real(split_from, "split_from")
        options.span = arguments.int32(span, "span")
        options.node_resources = node_names = _names(node_resources, "node_resources")
        options.node_resource_count = len(node_names)
        options.server_resources = server_names = _names(server_resources, "server_resources")
        options.server_resource_count = len(server_names)
        options.traits = trait_names = _names(traits, "traits")
        options.trait_count = len(trait_names)
        pointer = ClusterPointer()
        level_names = _names(levels, "levels")
        check(library().spane_cluster_new(byref(options), byref(pointer)))
        self._own(pointer)
        if levels:
            status = self._library.spane_cluster_set_levels(pointer, level_names, len(level_names))
            check(status, self)
        self._take(pointer)

    @classmethod
    def load(cls, path: arguments.Path, *, progress: Progress | None = None) -> Cluster:
        """The cluster that was saved to a file, or the servers of a fleet in TOML.

        `progress` is told of bytes; see `evaluate`.
        """
        pointer = ClusterPointer()
        name, call = arguments.path(path), LongCall(progress)
        call.run(lambda: check(library().spane_cluster_load(name, call.told, byref(pointer))))
        return cls._around(pointer)

    @classmethod
    def from_bytes(cls, data: arguments.Bytes) -> Cluster:
        """The cluster that `to_bytes` has saved, or the servers of a fleet in TOML."""
        pointer = ClusterPointer()
        content = arguments.content(data)
        where = arguments.address(content)
        check(library().spane_cluster_load_memory(where, content.size, None, byref(pointer)))
        return cls._around(pointer)

    @classmethod
    def _around(cls, pointer: ClusterPointer) -> Cluster:
        cluster = cls.__new__(cls)
        cluster._own(pointer)
        cluster._take(pointer)
        return cluster

    def _take(self, pointer: ClusterPointer) -> None:
        made = sized(_structs.ClusterOptions)
        check(self._library.spane_cluster_get_options(pointer, byref(made)), self)
        names = (
            (made.node_resources, made.node_resource_count),
            (made.server_resources, made.server_resource_count),
            (made.traits, made.trait_count),
        )
        node, server, traits = (
            tuple(told[i].decode() for i in range(count)) for told, count in names
        )
        self.options = ClusterOptions(
            made.nodes, made.split_above, made.split_from, made.span, node, server, traits
        )
        self._resources = Resources(node, server)
        self.levels = read_levels(self._library, pointer, self)

    @property
    def info(self) -> ClusterDescription:
        """How large the cluster is."""
        info = sized(_structs.ClusterInfo)
        check(self._library.spane_cluster_describe(self._pointer, byref(info)), self)
        return ClusterDescription(info.servers, info.cordoned, info.vms, info.bytes)

    def save(self, path: arguments.Path, *, progress: Progress | None = None) -> None:
        """Saves everything to a file; an existing one is replaced in one step.

        `progress` is told of servers and VMs; see `evaluate`.
        """
        where, pointer, call = arguments.path(path), self._pointer, LongCall(progress)
        save = self._library.spane_cluster_save
        call.run(lambda: check(save(pointer, where, call.told), self))

    def to_bytes(self) -> bytes:
        """The same as `save` would write."""
        return saved(self, "spane_cluster_save_memory", None)

    def __reduce__(self) -> tuple[Any, ...]:
        # Also what the copy module goes by: every copy is a cluster of its own.
        return type(self).from_bytes, (self.to_bytes(),)

    # Servers

    def add_servers(
        self,
        servers: ServerType | arguments.Index = 1,
        count: arguments.Index | None = None,
        *,
        node_cpu: float | None = None,
        node_mem: float | None = None,
    ) -> NDArray[np.int32]:
        """Adds empty servers of one type: `add_servers(ServerType([(48, 256), (48, 128)]), 10)`.

        For servers whose nodes all have `node_cpu` cores and `node_mem` GB, as many nodes as the
        cluster's options say, there is a short form: `add_servers(10, node_cpu=40, node_mem=90)`.
        Returns their numbers, the lowest that no server has. They keep them.
        """
        if isinstance(servers, ServerType):
            if node_cpu is not None or node_mem is not None:
                raise TypeError("node_cpu and node_mem cannot be combined with a ServerType")
            made = servers._encoded(self._resources)
            out = np.empty(arguments.size(1 if count is None else count, "count"), np.int32)
            status = self._library.spane_cluster_add_servers(
                self._pointer, byref(made), len(out), arguments.address(out)
            )
        else:
            if count is not None or node_cpu is None or node_mem is None:
                raise TypeError(
                    "add_servers takes (ServerType, count) or (count, node_cpu=..., node_mem=...)"
                )
            out = np.empty(arguments.size(servers, "servers"), np.int32)
            status = self._library.spane_cluster_add_equal_servers(
                self._pointer,
                arguments.real(node_cpu, "node_cpu"),
                arguments.real(node_mem, "node_mem"),
                len(out),
                arguments.address(out),
            )
        check(status, self)
        return out

    def remove_server(self, server: arguments.Index) -> None:
        """Removes a server on which no VM runs; its number may be given to a new one."""
        number = arguments.int32(server, "server")
        check(self._library.spane_cluster_remove_server(self._pointer, number), self)

    def fail_server(self, server: arguments.Index) -> NDArray[np.uint64]:
        """Notes that a server has failed: it is cordoned, and its VMs are gone.

        Returns their ids, ascending.
        """
        number = arguments.int32(server, "server")
        out, count = np.empty(self._describe(number).vms, np.uint64), c_size_t()
        status = self._library.spane_cluster_fail_server(
            self._pointer, number, arguments.address(out), len(out), byref(count)
        )
        check(status, self)
        return out[: count.value]

    def resize_server(self, server: arguments.Index, type: ServerType) -> None:
        """Gives a server other capacities, traits and distances. Its VMs stay, fit or not."""
        number = arguments.int32(server, "server")
        made = arguments.instance(type, ServerType, "type")._encoded(self._resources)
        check(self._library.spane_cluster_resize_server(self._pointer, number, byref(made)), self)

    @property
    def servers(self) -> int:
        """The number of servers."""
        return count_servers(self._library, self._pointer, self)

    def server_numbers(self) -> NDArray[np.int32]:
        """The numbers of all servers, in the order in which policies look at them.

        That is the order of the numbers as long as no server was removed; then the last one takes
        the place of the one that is gone.
        """
        out, count = np.empty(self.servers, np.int32), c_size_t()
        status = self._library.spane_cluster_servers(
            self._pointer, arguments.address(out), len(out), byref(count)
        )
        check(status, self)
        return out[: count.value]

    def server(self, server: arguments.Index) -> Server:
        """Describes a server."""
        number = arguments.int32(server, "server")
        info = self._describe(number)
        amounts = self.amounts(np.array([number], np.int32))
        return Server(
            capacity=tuple(map(tuple, amounts.capacity[0, : info.nodes].tolist())),
            free=tuple(map(tuple, amounts.free[0, : info.nodes].tolist())),
            server_capacity=tuple(amounts.server_capacity[0].tolist()),
            server_free=tuple(amounts.server_free[0].tolist()),
            vms=info.vms,
            is_cordoned=bool(info.is_cordoned),
            traits=info.traits,
            type=info.type.decode(),
        )

    def _describe(self, server: int) -> ServerInfo:
        info = sized(ServerInfo)
        check(self._library.spane_cluster_server(self._pointer, server, byref(info)), self)
        return info

    def amounts(self, servers: Any = None) -> FleetAmounts:
        """What all servers, or some (int32 numbers), have and have left, in arrays.

        Without `servers` their order is that of `server_numbers`.
        """
        _kept, where, count = self._chosen(servers)
        options = self.options
        kinds = 2 + len(options.node_resources)
        width = options.nodes * kinds + len(options.server_resources)
        out = np.empty((2, count, width))
        capacity, free = out
        status = self._library.spane_cluster_amounts(
            self._pointer, where, count, arguments.address(capacity), arguments.address(free)
        )
        check(status, self)
        nodes, shared = zip(*(parted(rows, options.nodes, kinds) for rows in (capacity, free)))
        return FleetAmounts(*nodes, *shared)

    def room(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        servers: Any = None,
        **terms: Unpack[Terms],
    ) -> NDArray[np.int64]:
        """How many such VMs still fit on each server, each placed as well as can be.

        `servers` as in `amounts`. 0 where a server has no room, is cordoned, or lacks what is
        asked for.
        """
        request = self._resources.encode(cpu, mem, terms)
        _kept, where, count = self._chosen(servers)
        out = np.empty(count, np.int64)
        status = self._library.spane_cluster_room(
            self._pointer, byref(request), where, count, arguments.address(out)
        )
        check(status, self)
        return out

    def room_by_type(
        self, cpu: Request | float, mem: float | None = None, **terms: Unpack[Terms]
    ) -> dict[str, int]:
        """How many such VMs still fit on the servers of each type, by its name.

        `sum(cluster.room_by_type(4, 16).values())` is how many fit in all.
        """
        request = self._resources.encode(cpu, mem, terms)
        count = c_size_t()
        call = self._library.spane_cluster_room_by_type
        check(call(self._pointer, byref(request), None, None, 0, byref(count)), self)
        out = (_structs.TypeRoom * count.value)()
        check(call(self._pointer, byref(request), None, out, len(out), byref(count)), self)
        return {each.type.decode(): each.room for each in out[: count.value]}

    def explain(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        servers: Any = None,
        **terms: Unpack[Terms],
    ) -> list[Reason]:
        """Why such a VM does not go to each server now; `servers` as in `amounts`."""
        request = self._resources.encode(cpu, mem, terms)
        _kept, where, count = self._chosen(servers)
        out = (_structs.Reason * count)()
        if count > 0:
            out[0].struct_size = sizeof(_structs.Reason)
        status = self._library.spane_cluster_explain(
            self._pointer, byref(request), where, count, out
        )
        check(status, self)
        names = ["cpu", "mem", *self._resources.all]
        return [Reason._of(made, names) for made in out]

    def _chosen(self, servers: Any) -> tuple[Any, int | None, int]:
        """Servers for C: what has to stay, where it is, and how many."""
        if servers is None:
            return None, None, self.servers
        return arguments.servers(servers)

    # Moves

    def plan_room(
        self,
        cpu: Request | float | Sequence[Request],
        mem: float | None = None,
        *,
        request: Terms | None = None,
        **terms: Unpack[PlanTerms],
    ) -> Plan:
        """Moves that let a VM in where it fits nowhere: `plan_room(32, 128, moves=4)`.

        Takes a Request too, or a list of Requests, the first to be served first; `request` has
        further terms, such as {"span": 2}. Changes nothing; see `apply`.
        """
        if isinstance(cpu, (list, tuple)):
            if mem is not None or request is not None:
                raise TypeError("Requests are complete; mem and request must not be given as well")
            array, kept = self._resources.encode_many(cpu)
            where = arguments.address(array)
            plan = _plan.made_by(self, _ROOM, where, len(array), terms=terms)
            del kept
            return plan
        one = self._resources.encode(cpu, mem, request or {})  # type: ignore[arg-type]
        return _plan.made_by(self, _ROOM, byref(one), 1, terms=terms)

    def plan_drain(self, server: arguments.Index, **terms: Unpack[PlanTerms]) -> Plan:
        """Moves that empty a server; `stuck` has the VMs for which no place was found."""
        number = arguments.int32(server, "server")
        return _plan.made_by(self, "spane_cluster_plan_drain", number, terms=terms)

    def plan_consolidation(
        self,
        most: arguments.Index,
        *,
        progress: Progress | None = None,
        **terms: Unpack[PlanTerms],
    ) -> Plan:
        """At most so many moves that empty as many servers as they can.

        `progress` is told of servers; see `evaluate`.
        """
        return _plan.consolidation(self, arguments.int64(most, "most"), terms, progress)

    def plan_repair(self, server: arguments.Index, **terms: Unpack[PlanTerms]) -> Plan:
        """Moves from node to node of a server after which its nodes are used more evenly."""
        number = arguments.int32(server, "server")
        return _plan.made_by(self, "spane_cluster_plan_repair", number, terms=terms)

    def apply(self, plan: Plan) -> None:
        """Carries out a plan, wholly or, where the cluster has overtaken it, not at all."""
        pointer = arguments.instance(plan, Plan, "plan")._pointer
        if plan.closed:
            raise ClosedError("plan is closed")
        check(self._library.spane_cluster_apply(self._pointer, pointer), self)

    def apply_move(self, move: Move) -> None:
        """Carries out one move of a plan, when it has happened."""
        made = _plan.encoded(arguments.instance(move, Move, "move"))
        check(self._library.spane_cluster_apply_move(self._pointer, byref(made)), self)

    def cordon(self, server: arguments.Index) -> None:
        """Takes a server out of placement; its VMs stay and can be released."""
        number = arguments.int32(server, "server")
        check(self._library.spane_cluster_cordon(self._pointer, number), self)

    def uncordon(self, server: arguments.Index) -> None:
        """Puts a server back into placement."""
        number = arguments.int32(server, "server")
        check(self._library.spane_cluster_uncordon(self._pointer, number), self)

    @contextmanager
    def trial(self) -> Iterator[Trial]:
        """Takes back what changes within it, unless `keep` is called: what would happen if.

        Trials may stand within one another. Servers are not added, removed or resized in one. What
        sessions remember is not taken back: a mix that is learned, or where move-to-front was.

            with cluster.trial() as trial:
                lost = cluster.fail_server(7)
                fits = all(session.place(vm, **sizes[vm]) for vm in lost)
                if fits:
                    trial.keep()
        """
        check(self._library.spane_cluster_begin_trial(self._pointer), self)
        trial = Trial()
        try:
            yield trial
        except BaseException:
            trial.is_kept = False
            raise
        finally:
            end = "keep" if trial.is_kept else "drop"
            check(getattr(self._library, f"spane_cluster_{end}_trial")(self._pointer), self)

    def set_free(
        self, server: arguments.Index, node: arguments.Index, cpu: float, mem: float
    ) -> None:
        """Corrects what a NUMA node has left, for what the cluster cannot know of."""
        status = self._library.spane_cluster_set_free(
            self._pointer,
            arguments.int32(server, "server"),
            arguments.int32(node, "node"),
            arguments.real(cpu, "cpu"),
            arguments.real(mem, "mem"),
        )
        check(status, self)

    # VMs

    def reserve(self, vms: arguments.Index) -> None:
        """Makes room for this many VMs, so that placing up to that number allocates nothing."""
        check(self._library.spane_cluster_reserve(self._pointer, arguments.size(vms, "vms")), self)

    def place(
        self,
        vm: arguments.Index,
        placement: Placement | _placement.Where,
        cpu: Request | float,
        mem: float | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Places a VM at (server, nodes), wherever that was decided.

        InfeasibleActionError where there is no room, the server is cordoned, or a hard rule of the
        VM's group forbids it.
        """
        # First, for whoever gives the request before it, as in C.
        where = _placement.encoded(placement)
        status = self._library.spane_cluster_place(
            self._pointer,
            arguments.uint64(vm, "vm"),
            byref(self._resources.encode(cpu, mem, terms)),
            where,
        )
        check(status, self)

    def record(
        self,
        vm: arguments.Index,
        placement: Placement | _placement.Where,
        cpu: Request | float,
        mem: float | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Records that a VM runs there already, be there room or not, also on a cordoned server.

        Rules of its group do not matter.
        """
        # First, for whoever gives the request before it, as in C.
        where = _placement.encoded(placement)
        status = self._library.spane_cluster_record(
            self._pointer,
            arguments.uint64(vm, "vm"),
            byref(self._resources.encode(cpu, mem, terms)),
            where,
        )
        check(status, self)

    def release(self, vm: arguments.Index) -> Placement:
        """Removes a VM, gives back what it used, and says where it ran."""
        where = _structs.Placement()
        status = self._library.spane_cluster_release(
            self._pointer, arguments.uint64(vm, "vm"), byref(where)
        )
        check(status, self)
        return Placement(where.server, NODES_OF[where.nodes])

    def move(self, vm: arguments.Index, placement: Placement | _placement.Where) -> None:
        """Moves a VM to another server or to other nodes of its own.

        The room that it leaves counts as free. InfeasibleActionError as from `place`; rules of its
        group by which both servers are in one domain do not forbid it.
        """
        status = self._library.spane_cluster_move(
            self._pointer, arguments.uint64(vm, "vm"), _placement.encoded(placement)
        )
        check(status, self)

    def resize(
        self,
        vm: arguments.Index,
        cpu: Request | float,
        mem: float | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        """Gives a VM another size where it runs, with as many nodes as before."""
        status = self._library.spane_cluster_resize(
            self._pointer,
            arguments.uint64(vm, "vm"),
            byref(self._resources.encode(cpu, mem, terms)),
        )
        check(status, self)

    def rename(self, vm: arguments.Index, other: arguments.Index) -> None:
        """Gives a VM another id."""
        ids = arguments.uint64(vm, "vm"), arguments.uint64(other, "other")
        check(self._library.spane_cluster_rename(self._pointer, *ids), self)

    def find(self, vm: arguments.Index) -> VM:
        """Where a VM runs and what it asked for; NotFoundError, a KeyError, if it is not here."""
        where, request = _structs.Placement(), sized(_structs.Request)
        number = arguments.uint64(vm, "vm")
        status = self._library.spane_cluster_find(
            self._pointer, number, byref(where), byref(request)
        )
        check(status, self)
        extras: Sequence[float] = ()
        if self._resources.all:
            told = np.empty(len(self._resources.all))
            status = self._library.spane_cluster_vm_amounts(
                self._pointer, number, arguments.address(told), len(told)
            )
            check(status, self)
            extras = told.tolist()
        return VM(
            Placement(where.server, NODES_OF[where.nodes]),
            self._resources.decode(request, extras),
        )

    def __contains__(self, vm: arguments.Index) -> bool:
        number = arguments.uint64(vm, "vm")
        status = self._library.spane_cluster_find(self._pointer, number, None, None)
        if status != _NOT_FOUND:
            check(status, self)
        return bool(status == OK)

    @property
    def vms(self) -> int:
        """The number of placed VMs."""
        vms = c_int64()
        check(self._library.spane_cluster_count(self._pointer, None, byref(vms)), self)
        return vms.value

    def vm_ids(self, server: arguments.Index | None = None) -> NDArray[np.uint64]:
        """The ids of all VMs, or of those on one server, ascending."""
        number = -1
        if server is None:
            count = self.vms
        else:
            # Also so that no number of a server stands for all of them.
            number = arguments.int32(server, "server")
            count = self._describe(number).vms
        out, found = np.empty(count, np.uint64), c_size_t()
        status = self._library.spane_cluster_vms(
            self._pointer, number, arguments.address(out), len(out), byref(found)
        )
        check(status, self)
        return out[: found.value]

    def __repr__(self) -> str:
        if self.closed:
            return "<spane.Cluster (closed)>"
        return f"<spane.Cluster of {self.servers} servers with {self.vms} VMs>"


def _names(names: Sequence[str], what: str) -> Any:
    """Texts for C one after another."""
    texts = [arguments.text(name, what) for name in arguments.items(names, what, "a list of names")]
    return (c_char_p * len(texts))(*texts)


def count_servers(library: Any, pointer: ClusterPointer, *handles: Handle[Any]) -> int:
    """The number of servers of a cluster."""
    servers = c_int64()
    check(library.spane_cluster_count(pointer, byref(servers), None), *handles)
    return servers.value
