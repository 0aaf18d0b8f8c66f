"""The mirror of a fleet that a scheduler keeps up to date."""

from __future__ import annotations

from ctypes import byref, c_int32, c_int64
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _structs
from spane._errors import InvalidArgumentError, NotFoundError, check
from spane._handle import Handle
from spane._library import library
from spane._long_call import LongCall
from spane._memory import saved
from spane._structs import NODES, ClusterOptions, ClusterPointer, ServerInfo, sized

ALL_NODES = -1
"""`Placement.node` of a VM that is split over all nodes of its server."""


class Node(NamedTuple):
    """What a NUMA node has: cores and GB."""

    cpu: float
    mem: float


class Placement(NamedTuple):
    """Where a VM runs or may run."""

    server: int
    """The number of the server, from 0."""
    node: int
    """The NUMA node, or ALL_NODES for a VM that is split over all of them."""


class VM(NamedTuple):
    """A placed VM."""

    placement: Placement
    cpu: float
    mem: float


class Server(NamedTuple):
    """One server of a cluster."""

    capacity: Node
    """What each NUMA node has."""
    free: tuple[Node, ...]
    """What each NUMA node has left."""
    vms: int
    """VMs placed there."""
    is_cordoned: bool
    """Whether no VM may be placed there."""


class Cluster(Handle[ClusterPointer]):
    """What each server has left, and which VMs run where. For one thread at a time."""

    def __init__(self, *, split_above: float = 10.0) -> None:
        """A cluster without servers. VMs with more than `split_above` GB are split."""
        options = sized(ClusterOptions)
        options.split_above = split_above
        pointer = ClusterPointer()
        check(library().spane_cluster_new(byref(options), byref(pointer)))
        self._own(pointer)

    @classmethod
    def load(cls, path: arguments.Path) -> Cluster:
        """The cluster that was saved to a file."""
        pointer = ClusterPointer()
        name = arguments.path(path)
        LongCall().run(lambda: check(library().spane_cluster_load(name, byref(pointer))))
        return cls._around(pointer)

    @classmethod
    def from_bytes(cls, data: arguments.Bytes) -> Cluster:
        """The cluster that `to_bytes` has saved."""
        pointer = ClusterPointer()
        content = arguments.content(data)
        where = arguments.address(content)
        check(library().spane_cluster_load_memory(where, content.size, byref(pointer)))
        return cls._around(pointer)

    @classmethod
    def _around(cls, pointer: ClusterPointer) -> Cluster:
        cluster = cls.__new__(cls)
        cluster._own(pointer)
        return cluster

    def save(self, path: arguments.Path) -> None:
        """Saves everything to a file; an existing one is replaced in one step."""
        where, pointer = arguments.path(path), self._pointer
        LongCall().run(lambda: check(self._library.spane_cluster_save(pointer, where), self))

    def to_bytes(self) -> bytes:
        """The same as `save` would write."""
        return saved(self, "spane_cluster_save_memory")

    def __reduce__(self) -> tuple[Any, ...]:
        # Also what the copy module goes by: every copy is a cluster of its own.
        return type(self).from_bytes, (self.to_bytes(),)

    # Servers

    def add_servers(self, cpu: float, mem: float, count: arguments.Index = 1) -> int:
        """Adds empty servers whose NUMA nodes have `cpu` cores and `mem` GB each.

        Returns the number of the first one.
        """
        return self.add_servers_of(np.full((arguments.size(count, "count"), 2), (cpu, mem), float))

    def add_servers_of(self, nodes: Any) -> int:
        """Adds servers of different sizes: float64 of shape (servers, 2), cores and GB of a node.

        Returns the number of the first one.
        """
        nodes = arguments.given(nodes, np.float64, (None, 2), "nodes")
        first = c_int32()
        where = arguments.address(nodes)
        status = self._library.spane_cluster_add_servers(
            self._pointer, where, len(nodes), byref(first)
        )
        check(status, self)
        return first.value

    @property
    def servers(self) -> int:
        """The number of servers."""
        return count_servers(self._library, self._pointer, self)

    def server(self, server: arguments.Index) -> Server:
        """Describes a server."""
        info = sized(ServerInfo)
        number = arguments.int32(server, "server")
        check(self._library.spane_cluster_server(self._pointer, number, byref(info)), self)
        return Server(
            capacity=Node(info.capacity.cpu, info.capacity.mem),
            free=tuple(Node(node.cpu, node.mem) for node in info.free),
            vms=info.vms,
            is_cordoned=bool(info.is_cordoned),
        )

    def free(
        self,
        first: arguments.Index = 0,
        count: arguments.Index | None = None,
        out: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float64]:
        """What each NUMA node of `count` servers from `first` on has left, by default of all.

        Returns float64 of shape (count, nodes, 2), cores and GB, or writes it into `out`.
        """
        start = arguments.size(first, "first")
        room = max(0, self.servers - start) if count is None else arguments.size(count, "count")
        out = arguments.output(out, np.float64, (room, NODES, 2))
        where = arguments.address(out)
        check(self._library.spane_cluster_read_free(self._pointer, start, room, where), self)
        return out

    def cordon(self, server: arguments.Index) -> None:
        """Takes a server out of placement; its VMs stay and can be released."""
        number = arguments.int32(server, "server")
        check(self._library.spane_cluster_cordon(self._pointer, number), self)

    def uncordon(self, server: arguments.Index) -> None:
        """Puts a server back into placement."""
        number = arguments.int32(server, "server")
        check(self._library.spane_cluster_uncordon(self._pointer, number), self)

    def set_free(
        self, server: arguments.Index, node: arguments.Index, cpu: float, mem: float
    ) -> None:
        """Corrects what a NUMA node has left, for what the cluster cannot know of."""
        status = self._library.spane_cluster_set_free(
            self._pointer,
            arguments.int32(server, "server"),
            arguments.int32(node, "node"),
            _structs.Node(cpu, mem),
        )
        check(status, self)

    # VMs

    def reserve(self, vms: arguments.Index) -> None:
        """Makes room for this many VMs, so that placing up to that number allocates nothing."""
        check(self._library.spane_cluster_reserve(self._pointer, arguments.size(vms, "vms")), self)

    def place(
        self, vm: arguments.Index, cpu: float, mem: float, placement: tuple[int, int]
    ) -> None:
        """Records that a VM of `cpu` cores and `mem` GB in all runs at (server, node)."""
        if len(placement) != 2:
            raise InvalidArgumentError(f"placement is {placement}; it must be (server, node)")
        where = _structs.Placement(
            arguments.int32(placement[0], "server"), arguments.int32(placement[1], "node")
        )
        status = self._library.spane_cluster_place(
            self._pointer, arguments.uint64(vm, "vm"), _structs.Request(cpu, mem), where
        )
        check(status, self)

    def release(self, vm: arguments.Index) -> Placement:
        """Removes a VM, gives back what it used, and says where it ran."""
        where = _structs.Placement()
        status = self._library.spane_cluster_release(
            self._pointer, arguments.uint64(vm, "vm"), byref(where)
        )
        check(status, self)
        return Placement(where.server, where.node)

    def find(self, vm: arguments.Index) -> VM:
        """Where a VM runs and what it asked for; NotFoundError, a KeyError, if it is not here."""
        where, request = _structs.Placement(), _structs.Request()
        status = self._library.spane_cluster_find(
            self._pointer, arguments.uint64(vm, "vm"), byref(where), byref(request)
        )
        check(status, self)
        return VM(Placement(where.server, where.node), request.cpu, request.mem)

    def __contains__(self, vm: arguments.Index) -> bool:
        try:
            self.find(vm)
        except NotFoundError:
            return False
        return True

    @property
    def vms(self) -> int:
        """The number of placed VMs."""
        vms = c_int64()
        check(self._library.spane_cluster_count(self._pointer, None, byref(vms)), self)
        return vms.value

    def __repr__(self) -> str:
        if self.closed:
            return "<spane.Cluster (closed)>"
        return f"<spane.Cluster of {self.servers} servers with {self.vms} VMs>"


def count_servers(library: Any, pointer: ClusterPointer, *handles: Handle[Any]) -> int:
    """The number of servers of a cluster."""
    servers = c_int64()
    check(library.spane_cluster_count(pointer, byref(servers), None), *handles)
    return servers.value
