"""Logs of what happens to a cluster."""

from __future__ import annotations

from contextlib import suppress
from ctypes import byref
from types import TracebackType
from typing import Literal, NamedTuple

from spane import _arguments as arguments
from spane import _structs
from spane._errors import BadStateError, check
from spane._handle import Handle
from spane._long_call import LongCall, Progress
from spane._structs import ClusterPointer, sized

Durability = Literal["buffered", "written", "synced"]
"""What an event of a log has to survive: nothing, the end of the process, or of the machine."""

_DURABILITIES = ("buffered", "written", "synced")


class LogInfo(NamedTuple):
    """What became of a log."""

    ended: bool
    """Whether it could not be written any more and has ended; the cluster goes on without it."""
    events: int
    """Since it was started."""
    bytes: int
    """Of its file, with what has not been written yet."""
    cut: int
    """Bytes that were cut off when it was started: what was not written whole."""


class RunningLog:
    """Ends the log of a cluster at the end of a `with` statement; see `Cluster.start_log`."""

    def __init__(self, cluster: Logged) -> None:
        self._cluster = cluster

    def __enter__(self) -> RunningLog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Closing the cluster has ended it, or stop_log.
        if self._cluster.closed:
            return
        with suppress(BadStateError):
            self._cluster.stop_log()


class Logged(Handle[ClusterPointer]):
    """A cluster that can write down what happens to it."""

    def start_log(
        self,
        path: arguments.Path,
        durability: Durability = "written",
        *,
        progress: Progress | None = None,
    ) -> RunningLog:
        """Writes the state of the cluster to the end of a log, then every change and decision.

        `spane replay` and `spane.replay` tell what other policies would have made of it. A log that
        is there goes on; what was not written whole when its writer ended is cut off. `durability`:
        "buffered" gathers 64 KB, "written" events survive the end of the process, "synced" ones
        that of the machine. A log that cannot be written any more ends, and the calls go on as
        without one; see `log_info`. `progress` is told of servers and VMs; see `evaluate`.

            with cluster.start_log("cluster.log"):
                session.place(7, cpu=4, mem=8)

        Without a `with` statement it ends with `stop_log`, or when the cluster is closed.
        """
        name, pointer, call = arguments.path(path), self._pointer, LongCall(progress)
        kind = _DURABILITIES.index(arguments.choice(durability, _DURABILITIES, "durability"))
        start = self._library.spane_cluster_start_log
        call.run(lambda: check(start(pointer, name, kind, call.told), self))
        return RunningLog(self)

    def close(self) -> None:
        """Gives the cluster back and ends its log, also while sessions keep the cluster."""
        if not self.closed:
            self._library.spane_cluster_stop_log(self._pointer)
        super().close()

    def stop_log(self) -> None:
        """Ends the log. FileError when it had ended before, as when the disk was full."""
        check(self._library.spane_cluster_stop_log(self._pointer), self)

    def sync_log(self) -> None:
        """Waits until the log so far is safe on the disk; FileError when it has ended."""
        check(self._library.spane_cluster_sync_log(self._pointer), self)

    def set_log_time(self, seconds: float) -> None:
        """Takes the time of events from the caller from now on, for simulated or recorded time.

            for vm in trace:
                cluster.set_log_time(vm.arrival)
                session.place(vm.id, vm.cpu, vm.mem)

        Where it is set before anything else happens in the log, it is that of its beginning too.
        """
        time = arguments.real(seconds, "seconds")
        check(self._library.spane_cluster_set_log_time(self._pointer, time), self)

    @property
    def log_info(self) -> LogInfo | None:
        """What became of the log; None while there is none."""
        info = sized(_structs.LogInfo)
        status = self._library.spane_cluster_describe_log(self._pointer, byref(info))
        if status == BadStateError.status:
            return None
        check(status, self)
        return LogInfo(info.is_ended == 1, info.events, info.bytes, info.cut)
