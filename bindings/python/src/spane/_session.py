"""Policies bound to a cluster or an environment."""

from __future__ import annotations

from ctypes import byref, c_int32, c_size_t
from typing import Any, NoReturn, Union

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _structs
from spane._cluster import Cluster, Placement, count_servers
from spane._environment import Environment
from spane._errors import NEVER_FITS, NO_ROOM, OK, NeverFitsError, check, fail
from spane._handle import Handle
from spane._library import library
from spane._model import Model
from spane._structs import NODES, ClusterPointer, EnvInfo, Request, SessionPointer, sized

Policy = Union[str, Model]
"""A heuristic by name, such as "balance-fit", or a network."""


class Session(Handle[SessionPointer]):
    """A policy bound to a cluster or an environment, whose changes it follows by itself. For one
    thread at a time.

    Sessions on one cluster may decide at once in several threads as long as nobody changes the
    cluster meanwhile. Closing the cluster, the environment or the model first is fine.
    """

    def __init__(self, place: Cluster | Environment, policy: Policy) -> None:
        """`policy`: "first-fit", "best-fit", "balance-fit", "move-to-front", "random[:SEED]" or a
        Model."""
        pointer = SessionPointer()
        lib = library()
        function = "spane_session_new" + ("" if isinstance(place, Cluster) else "_env")
        if isinstance(policy, Model):
            bind = getattr(lib, function)
            check(bind(place._pointer, policy._pointer, byref(pointer)), place, policy)
        else:
            bind = getattr(lib, function + "_heuristic")
            name = arguments.text(policy, "policy")
            check(bind(place._pointer, name, byref(pointer)), place)
        self._place = place._pointer
        self._own(pointer)

    def close(self) -> None:
        """Gives the session back; what it was bound to stays."""
        super().close()
        self._place = type(self._place)()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Session can be neither copied nor pickled, for what its policy remembers belongs to "
            "what it is bound to; make a new one with Session(place, policy)"
        )

    def decide(self) -> int:
        """The action for the next VM of the environment, for `Environment.step`.

        An episode that is decided from its reset to its end comes out as in `evaluate`.
        """
        action = c_int32()
        check(self._library.spane_session_decide(self._pointer, byref(action)), self)
        return action.value

    def choose(self, cpu: float, mem: float) -> Placement | None:
        """The best placement for a VM, or None if it fits nowhere now; the cluster stays as it is.

        NeverFitsError where no server could hold it even if it were empty.
        """
        where = _structs.Placement()
        status = self._library.spane_session_choose(self._pointer, Request(cpu, mem), byref(where))
        return self._outcome(status, where, cpu, mem)

    def place(self, vm: arguments.Index, cpu: float, mem: float) -> Placement | None:
        """Chooses and places the VM there, in one step; None if it fits nowhere now.

        NeverFitsError where no server could hold it even if it were empty.
        """
        where = _structs.Placement()
        status = self._library.spane_session_place(
            self._pointer, arguments.uint64(vm, "vm"), Request(cpu, mem), byref(where)
        )
        return self._outcome(status, where, cpu, mem)

    def choose_many(self, requests: Any, out: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
        """Chooses for each request as if it were the only one; the cluster stays as it is.

        `requests` is float64 of shape (n, 2), cores and GB. Returns int32 of shape (n, 2), server
        and node, or writes it into `out`; server -1 where there is no room, with node -1, or -2
        where no server could hold it even if it were empty.
        """
        requests = arguments.given(requests, np.float64, (None, 2), "requests")
        out = arguments.output(out, np.int32, (len(requests), 2))
        status = self._library.spane_session_choose_many(
            self._pointer, arguments.address(requests), len(requests), arguments.address(out)
        )
        check(status, self)
        return out

    def top(
        self, cpu: float, mem: float, k: arguments.Index
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The `k` best placements with room, best first, and their scores; networks only.

        Returns int32 of shape (found, 2), server and node, and float32 of shape (found,).
        NeverFitsError where no server could hold the VM even if it were empty.
        """
        # More than there are actions cannot be found.
        room = min(arguments.size(k, "k"), max(1, self._servers() * NODES))
        placements = np.empty((room, 2), np.int32)
        scores = np.empty(room, np.float32)
        found = c_size_t()
        status = self._library.spane_session_top(
            self._pointer,
            Request(cpu, mem),
            room,
            arguments.address(placements),
            arguments.address(scores),
            byref(found),
        )
        if status == NEVER_FITS:
            raise NeverFitsError(cpu, mem)
        check(status, self)
        return placements[: found.value], scores[: found.value]

    def scores(
        self,
        cpu: float,
        mem: float,
        servers: Any = None,
        out: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """A score of each NUMA node of all servers or of some (int32); networks only.

        Scores of one request can be compared with each other; higher is better. Nodes without room
        have one too; -infinity for a cordoned server. Returns float32 of shape (servers, nodes), or
        writes it into `out`.
        """
        if servers is None:
            selected, count = None, self._servers()
        else:
            chosen = arguments.given(servers, np.int32, (None,), "servers")
            selected, count = arguments.address(chosen), len(chosen)
        out = arguments.output(out, np.float32, (count, NODES))
        status = self._library.spane_session_scores(
            self._pointer, Request(cpu, mem), selected, count, arguments.address(out)
        )
        check(status, self)
        return out

    def q_values(
        self, cpu: float, mem: float, out: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """Q of every action, float32 of shape (servers, nodes); networks only."""
        count = self._servers()
        out = arguments.output(out, np.float32, (count, NODES))
        status = self._library.spane_session_q_values(
            self._pointer, Request(cpu, mem), arguments.address(out), count * NODES
        )
        check(status, self)
        return out

    def _outcome(
        self, status: int, where: _structs.Placement, cpu: float, mem: float
    ) -> Placement | None:
        if status == OK:
            return Placement(where.server, where.node)
        if status == NEVER_FITS:
            raise NeverFitsError(cpu, mem)
        return None if status == NO_ROOM else fail(status, self)

    def _servers(self) -> int:
        if isinstance(self._place, ClusterPointer):
            return count_servers(self._library, self._place, self)
        info = sized(EnvInfo)
        check(self._library.spane_env_describe(self._place, byref(info)), self)
        return int(info.servers)

    def __repr__(self) -> str:
        return f"<spane.Session{' (closed)' if self.closed else ''}>"
