"""Clusters that several threads use, and decisions that are carried out later."""

from __future__ import annotations

from ctypes import byref
from dataclasses import dataclass, field

from spane import _arguments as arguments
from spane import _structs
from spane._errors import CONFLICT, check
from spane._handle import Handle
from spane._placement import Placement
from spane._request import Request, Resources
from spane._structs import ClusterPointer


@dataclass(frozen=True)
class Proposal:
    """A decision for `Cluster.commit`, from `Session.propose`."""

    placement: Placement
    """Where the VM would go."""
    request: Request
    """What it asks for."""

    _made: _structs.Proposal = field(repr=False, compare=False)


class Shared(Handle[ClusterPointer]):
    """What threads do with a cluster."""

    _resources: Resources

    def share(self) -> None:
        """Lets any number of threads use the cluster at once from now on, for good.

        Calls wait for each other instead of failing with BadStateError. Make a Session for each
        thread. `progress` functions must not use the cluster that they are told about, nor its
        sessions: they would wait for the call, and the call for them.
        """
        check(self._library.spane_cluster_share(self._pointer), self)

    def commit(self, vm: arguments.Index, proposal: Proposal) -> bool:
        """Places a VM as proposed; False, and nothing changes, where that has been overtaken.

        It has been if its server or its group is not as it was when that was decided.
        """
        made = arguments.instance(proposal, Proposal, "proposal")
        request = self._resources.encode(made.request, None, {})
        status = self._library.spane_cluster_commit(
            self._pointer, arguments.uint64(vm, "vm"), byref(request), byref(made._made)
        )
        if status == CONFLICT:
            return False
        check(status, self)
        return True
