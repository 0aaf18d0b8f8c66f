"""Places that are held for VMs until a time of the caller's clock."""

from __future__ import annotations

from ctypes import byref, c_double, c_size_t

import numpy as np

from spane import _arguments as arguments
from spane._errors import BufferTooSmallError, check
from spane._handle import Handle
from spane._structs import ClusterPointer

_TOO_SMALL = BufferTooSmallError.status


class Reserving(Handle[ClusterPointer]):
    """What a cluster knows of reservations: placed VMs whose places end unless confirmed."""

    def set_expiry(self, vm: arguments.Index, expires: float) -> None:
        """Lets the place of a VM end at a time; infinity for a VM that stays."""
        number, end = arguments.uint64(vm, "vm"), arguments.real(expires, "expires")
        check(self._library.spane_cluster_set_expiry(self._pointer, number, end), self)

    def confirm(self, vm: arguments.Index) -> None:
        """Lets a reservation be a VM that stays; NotFoundError where it has ended."""
        number = arguments.uint64(vm, "vm")
        check(self._library.spane_cluster_confirm(self._pointer, number), self)

    def expiry(self, vm: arguments.Index) -> float:
        """When the place of a VM ends; infinity for a VM that stays."""
        expires = c_double()
        number = arguments.uint64(vm, "vm")
        check(self._library.spane_cluster_expiry(self._pointer, number, byref(expires)), self)
        return expires.value

    def expire(self, now: float) -> list[int]:
        """Releases the reservations that have ended; their ids, those first that ended first."""
        time, count = arguments.real(now, "now"), c_size_t()
        while True:
            out = np.empty(max(16, count.value), np.uint64)
            status = self._library.spane_cluster_expire(
                self._pointer, time, arguments.address(out), len(out), byref(count)
            )
            if status != _TOO_SMALL:
                check(status, self)
                return [int(vm) for vm in out[: count.value]]

    def reservations(self) -> dict[int, float]:
        """When the place of each reservation ends, by its id; those first that end first."""
        count = c_size_t()
        while True:
            ids, ends = np.empty(max(16, count.value), np.uint64), np.empty(max(16, count.value))
            status = self._library.spane_cluster_reservations(
                self._pointer,
                arguments.address(ids),
                arguments.address(ends),
                len(ids),
                byref(count),
            )
            if status != _TOO_SMALL:
                check(status, self)
                return dict(zip(ids[: count.value].tolist(), ends[: count.value].tolist()))
