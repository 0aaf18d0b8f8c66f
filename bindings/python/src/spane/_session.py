"""Policies bound to a cluster."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_size_t
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane import _structs
from spane._cluster import Cluster, count_servers
from spane._errors import NEVER_FITS, NO_ROOM, OK, InvalidArgumentError, NeverFitsError, check, fail
from spane._explanation import JSON, TEXT, Explanation, line
from spane._handle import Handle
from spane._library import library
from spane._placement import NODES_OF, Placement, encoded, most_sets
from spane._policy import Policy, SessionDescription, encode, models, session_description
from spane._request import Request, request_of
from spane._shadow import Shadow
from spane._structs import SessionInfo, SessionPointer, sized
from spane._threads import Proposal

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from spane._request import Terms


class Session(Handle[SessionPointer]):
    """A policy bound to a cluster, whose changes it follows by itself. For one thread at a time.

    Sessions on one cluster may decide at once in several threads as long as nobody changes the
    cluster meanwhile, or if it is shared (`Cluster.share`). Closing the cluster or the model first
    is fine.
    """

    def __init__(self, cluster: Cluster, policy: Policy) -> None:
        """`policy`: a heuristic by name, such as "best-fit", a Rule, or a Model."""
        arguments.instance(cluster, Cluster, "cluster")
        pointer = SessionPointer()
        made = encode(policy)
        status = library().spane_session_new(cluster._pointer, byref(made), byref(pointer))
        check(status, cluster, *models(policy))
        self._cluster = cluster._pointer
        self._resources = cluster._resources
        self._width = most_sets(cluster.options.nodes)
        self._own(pointer)

    def close(self) -> None:
        """Gives the session back; the cluster stays."""
        super().close()
        self._cluster = type(self._cluster)()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Session cannot be copied or pickled, because its policy keeps state of the cluster; "
            "make a new one with Session(cluster, policy)"
        )

    def choose(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        among: Any = None,
        **terms: Unpack[Terms],
    ) -> Placement | None:
        """The best placement for a VM, or None if it fits nowhere now; the cluster stays as it is.

        `among` names the servers (int32, each once) to choose among; by default all. `terms` are
        the other fields of Request. NeverFitsError where no server could hold the VM even if it
        were empty.
        """
        where = _structs.Placement()
        request = byref(self._resources.encode(cpu, mem, terms))
        if among is None:
            status = self._library.spane_session_choose(self._pointer, request, byref(where))
        else:
            _kept, servers, count = arguments.servers(among, "among")
            status = self._library.spane_session_choose_among(
                self._pointer, request, servers, count, byref(where)
            )
        if status == OK:
            return Placement(where.server, NODES_OF[where.nodes])
        self._without_room(status, cpu, mem, terms)
        return None

    def place(
        self,
        vm: arguments.Index,
        cpu: Request | float,
        mem: float | None = None,
        **terms: Unpack[Terms],
    ) -> Placement | None:
        """Chooses and places the VM there, in one step; None if it fits nowhere now.

        `terms` are the other fields of Request. NeverFitsError where no server could hold it even
        if it were empty.
        """
        where = _structs.Placement()
        status = self._library.spane_session_place(
            self._pointer,
            arguments.uint64(vm, "vm"),
            byref(self._resources.encode(cpu, mem, terms)),
            byref(where),
        )
        if status == OK:
            return Placement(where.server, NODES_OF[where.nodes])
        self._without_room(status, cpu, mem, terms)
        return None

    def reserve(
        self,
        vm: arguments.Index,
        cpu: Request | float,
        mem: float | None = None,
        *,
        expires: float,
        **terms: Unpack[Terms],
    ) -> Placement | None:
        """As `place`, of a place that ends at `expires` unless it is confirmed before.

        The time is the caller's: `Cluster.expire` says what time it is. Cancel a reservation by
        `Cluster.release`.
        """
        where = _structs.Placement()
        status = self._library.spane_session_reserve(
            self._pointer,
            arguments.uint64(vm, "vm"),
            byref(self._resources.encode(cpu, mem, terms)),
            arguments.real(expires, "expires"),
            byref(where),
        )
        if status == OK:
            return Placement(where.server, NODES_OF[where.nodes])
        self._without_room(status, cpu, mem, terms)
        return None

    def propose(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        among: Any = None,
        **terms: Unpack[Terms],
    ) -> Proposal | None:
        """As `choose`, for a decision that `Cluster.commit` carries out later, in any thread."""
        asked = request_of(cpu, mem, terms)
        made = sized(_structs.Proposal)
        kept, servers, count = None, None, 0
        if among is not None:
            kept, servers, count = arguments.servers(among, "among")
        status = self._library.spane_session_propose(
            self._pointer,
            byref(self._resources.encode(asked, None, {})),
            servers,
            count,
            byref(made),
        )
        del kept
        if status != OK:
            self._without_room(status, asked, None, {})
            return None
        where = made.placement
        return Proposal(Placement(where.server, NODES_OF[where.nodes]), asked, made)

    def choose_many(self, requests: Any, out: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
        """Chooses for each request as if it were the only one; the cluster stays as it is.

        `requests` is float64 of shape (n, 2), cores and GB, or a list of Requests. Returns int32 of
        shape (n, 2), server and nodes as a bit mask (see `Placement.of`), or writes it into `out`.
        Where there is no room the server is -1, or -2 where no server could hold the VM even if it
        were empty; the mask is 0 then.
        """
        made, _used = self._resources.encode_many(requests)
        out = arguments.output(out, np.int32, (len(made), 2))
        status = self._library.spane_session_choose_many(
            self._pointer, arguments.address(made), len(made), arguments.address(out)
        )
        check(status, self)
        return out

    def place_many(self, vms: Any, requests: Any) -> NDArray[np.int32] | None:
        """Places all VMs or none, each with those before it in place.

        `vms` are n ids and `requests` as in `choose_many`. Returns int32 of shape (n, 2), server
        and nodes as a bit mask, or None if one of them fits nowhere now; nothing is placed then.
        NeverFitsError where no server could hold one even if it were empty.
        """
        if not isinstance(requests, np.ndarray):
            requests = list(requests)
        made, _used = self._resources.encode_many(requests)
        ids = np.array([arguments.uint64(vm, "vms") for vm in vms], np.uint64)
        if len(ids) != len(made):
            raise InvalidArgumentError(
                f"vms are {len(ids)} ids; they must be as many as the {len(made)} requests"
            )
        out = np.empty((len(made), 2), np.int32)
        refused = c_size_t()
        status = self._library.spane_session_place_many(
            self._pointer,
            arguments.address(ids),
            arguments.address(made),
            len(made),
            arguments.address(out),
            byref(refused),
        )
        if status == OK:
            return out
        if status == NEVER_FITS:
            wrong = requests[refused.value]
            raise NeverFitsError(wrong if isinstance(wrong, Request) else Request(*wrong))
        if status != NO_ROOM:
            fail(status, self)
        return None

    def top(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        k: arguments.Index,
        among: Any = None,
        **terms: Unpack[Terms],
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The `k` best placements with room, best first, and their scores.

        A network ranks placements. A heuristic ranks servers: its choice, then its choice among the
        others, and so on; its scores are 0, -1, -2 and so on. `among` and `terms` as in `choose`.
        Returns int32 of shape (found, 2), server and nodes as a bit mask, and float32 of shape
        (found,). NeverFitsError where no server could hold the VM even if it were empty.
        """
        request = self._resources.encode(cpu, mem, terms)
        if among is None:
            servers, count, most = None, 0, self._servers()
        else:
            _kept, servers, count = arguments.servers(among, "among")
            most = count
        # More than there are placements cannot be found.
        room = min(arguments.size(k, "k"), max(1, most * self._width))
        placements = np.empty((room, 2), np.int32)
        scores = np.empty(room, np.float32)
        found = c_size_t()
        status = self._library.spane_session_top(
            self._pointer,
            byref(request),
            servers,
            count,
            room,
            arguments.address(placements),
            arguments.address(scores),
            byref(found),
        )
        if status != OK:
            self._without_room(status, cpu, mem, terms)
        return placements[: found.value], scores[: found.value]

    def explain(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        k: arguments.Index = 3,
        among: Any = None,
        **terms: Unpack[Terms],
    ) -> Explanation:
        """Why `choose` would return what it returns now, with the `k` best placements.

        `among` and `terms` as in `choose`. Nothing changes, and no room is no error.
        """
        request = byref(self._resources.encode(cpu, mem, terms))
        most = arguments.size(k, "k")
        if among is None:
            kept, servers, count = None, None, 0
        else:
            kept, servers, count = arguments.servers(among, "among")

        def told(form: int) -> str:
            def call(*room: Any) -> int:
                status: int = self._library.spane_session_explain(
                    self._pointer, request, servers, count, most, form, *room
                )
                return status

            return line(call, lambda status: check(status, self))

        made = Explanation(told(TEXT), told(JSON))
        del kept
        return made

    def shadow(
        self,
        vm: arguments.Index,
        cpu: Request | float,
        mem: float | None = None,
        *,
        server: arguments.Index | None,
        nodes: Iterable[arguments.Index] = (),
        **terms: Unpack[Terms],
    ) -> Shadow:
        """What the session would have done beside another scheduler; records what that one did.

        `server` and `nodes` are where the scheduler in charge has placed the VM; `server` is None
        when it has refused it. `terms` are the other fields of Request. With a log (see
        `Cluster.start_log`) both decisions are in it, and `spane replay` sums them up.

            told = session.shadow(7, cpu=4, mem=8, server=3, nodes=(0,))
            if told.outcome is not spane.ShadowOutcome.SAME:
                print(f"VM 7 would have gone to {told.placement}")
        """
        told = sized(_structs.Shadow)
        where = None if server is None else byref(encoded((server, nodes)))
        status = self._library.spane_session_shadow(
            self._pointer,
            arguments.uint64(vm, "vm"),
            byref(self._resources.encode(cpu, mem, terms)),
            where,
            byref(told),
        )
        check(status, self)
        return Shadow._of(told)

    def scores(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        servers: Any = None,
        out: NDArray[np.float32] | None = None,
        **terms: Unpack[Terms],
    ) -> NDArray[np.float32]:
        """A score of each placement on all servers or on some (int32); networks only.

        Scores of one request can be compared with each other; higher is better. Those of a server
        are in the order of `node_sets(nodes, span)` with the most nodes that a server of the
        cluster may have, again from the first on where there are fewer sets than columns. Nodes
        without room have one too; -infinity for a cordoned server and for nodes that a server
        lacks. Returns float32 of shape (servers, sets), or writes it into `out`: with two nodes
        that is (servers, nodes).
        """
        request = self._resources.encode(cpu, mem, terms)
        if servers is None:
            chosen, count = None, self._servers()
        else:
            _kept, chosen, count = arguments.servers(servers)
        out = arguments.output(out, np.float32, (count, self._width))
        status = self._library.spane_session_scores(
            self._pointer, byref(request), chosen, count, arguments.address(out)
        )
        check(status, self)
        return out

    def q_values(
        self,
        cpu: Request | float,
        mem: float | None = None,
        *,
        out: NDArray[np.float32] | None = None,
        **terms: Unpack[Terms],
    ) -> NDArray[np.float32]:
        """Q of every action, in the form of `scores` of all servers; networks only."""
        request = self._resources.encode(cpu, mem, terms)
        out = arguments.output(out, np.float32, (self._servers(), self._width))
        status = self._library.spane_session_q_values(
            self._pointer, byref(request), arguments.address(out), out.size
        )
        check(status, self)
        return out

    def _without_room(
        self, status: int, cpu: Request | float, mem: float | None, terms: Terms
    ) -> None:
        if status == NEVER_FITS:
            raise NeverFitsError(request_of(cpu, mem, terms))
        if status != NO_ROOM:
            fail(status, self)

    @property
    def info(self) -> SessionDescription:
        """What the session has done so far."""
        info = sized(SessionInfo)
        check(self._library.spane_session_describe(self._pointer, byref(info)), self)
        return session_description(info)

    def _servers(self) -> int:
        return count_servers(self._library, self._cluster, self)

    def __repr__(self) -> str:
        return f"<spane.Session{' (closed)' if self.closed else ''}>"
