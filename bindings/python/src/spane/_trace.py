"""Traces: VMs in order of arrival."""

from __future__ import annotations

from ctypes import byref
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import check
from spane._handle import Handle
from spane._library import library
from spane._long_call import LongCall
from spane._memory import saved
from spane._model import read_text
from spane._structs import TraceInfo, TracePointer, sized

VM_DTYPE = np.dtype(
    [
        ("id", np.int64),
        ("cpu", np.float64),
        ("mem", np.float64),
        ("arrival", np.float64),
        ("lifetime", np.float64),
    ]
)
"""One row of `Trace.vms`: cores, GB and seconds."""


class TraceDescription(NamedTuple):
    """Properties of a trace."""

    vms: int
    flavors: int
    """Number of distinct VM sizes."""
    first_arrival: float
    last_arrival: float
    least_cpu: float
    least_mem: float
    most_cpu: float
    most_mem: float


class Trace(Handle[TracePointer]):
    """VMs in order of arrival. Immutable: any number of threads can use it at once."""

    _vms: NDArray[Any] | None = None

    def __init__(self, path: arguments.Path) -> None:
        """Loads HDF5, or CSV with the header vmid,cpu,mem,at,lt or vmid,cpu,memory,time,type."""
        pointer = TracePointer()
        name = arguments.path(path)
        LongCall().run(lambda: check(library().spane_trace_load(name, byref(pointer))))
        self._own(pointer)

    @classmethod
    def load(cls, path: arguments.Path) -> Trace:
        """The same as `Trace(path)`."""
        return cls(path)

    @classmethod
    def from_bytes(cls, data: arguments.Bytes) -> Trace:
        """Loads a trace from the bytes of an HDF5 file."""
        pointer = TracePointer()
        content = arguments.content(data)

        def load() -> None:
            where, size = arguments.address(content), content.size
            check(library().spane_trace_load_memory(where, size, byref(pointer)))

        LongCall().run(load)
        return cls._around(pointer)

    @classmethod
    def from_arrays(cls, cpu: Any, mem: Any, arrival: Any, lifetime: Any, ids: Any = None) -> Trace:
        """Makes a trace from float64 columns in cores, GB and seconds, with ascending arrivals.

        `ids` is int64; by default VMs are numbered from 0. The last VM only ends an episode and is
        never placed.
        """
        first = arguments.given(cpu, np.float64, (None,), "cpu")
        count = len(first)
        columns = [first]
        named = (("mem", mem), ("arrival", arrival), ("lifetime", lifetime))
        columns += [arguments.given(values, np.float64, (count,), name) for name, values in named]
        where = None
        if ids is not None:
            numbers = arguments.given(ids, np.int64, (count,), "ids")
            where = arguments.address(numbers)
        pointer = TracePointer()
        addresses = [arguments.address(column) for column in columns]
        check(library().spane_trace_new(where, *addresses, count, byref(pointer)))
        return cls._around(pointer)

    @classmethod
    def generate(cls, count: arguments.Index, seed: arguments.Index = 0) -> Trace:
        """Generates a synthetic trace; the same arguments give the same VMs on every machine."""
        pointer = TracePointer()
        vms, seed = arguments.size(count, "count"), arguments.uint64(seed, "seed")
        make = library().spane_trace_generate
        LongCall().run(lambda: check(make(vms, seed, byref(pointer))))
        return cls._around(pointer)

    @classmethod
    def _around(cls, pointer: TracePointer) -> Trace:
        trace = cls.__new__(cls)
        trace._own(pointer)
        return trace

    def save(
        self, path: arguments.Path, source: str | None = None, licence: str | None = None
    ) -> None:
        """Saves the trace as HDF5; an existing file is replaced atomically.

        `source` and `licence` record the origin and the licence of the trace; None keeps the
        current entry.
        """
        given = (
            self._pointer,
            arguments.path(path),
            None if source is None else arguments.text(source, "source"),
            None if licence is None else arguments.text(licence, "licence"),
        )
        LongCall().run(lambda: check(self._library.spane_trace_save(*given), self))

    def to_bytes(self) -> bytes:
        """The bytes that `save` writes; `from_bytes` loads the same trace from them."""
        return saved(self, "spane_trace_save_memory")

    @property
    def info(self) -> TraceDescription:
        """What the trace holds."""
        info = sized(TraceInfo)
        check(self._library.spane_trace_describe(self._pointer, byref(info)), self)
        return TraceDescription(
            info.count,
            info.flavors,
            info.first_arrival,
            info.last_arrival,
            info.smallest_cpu,
            info.smallest_mem,
            info.largest_cpu,
            info.largest_mem,
        )

    def __len__(self) -> int:
        return self.info.vms

    def provenance(self, name: str) -> str | None:
        """An entry of the trace's provenance: "source", "licence" or "content_sha256"."""
        return read_text(self, "spane_trace_provenance", name)

    @property
    def vms(self) -> NDArray[Any]:
        """All VMs as a read-only array of dtype VM_DTYPE, copied from the library once.

        `trace.vms["cpu"]` and so on are views of it.
        """
        count = len(self)
        if self._vms is None:
            vms = np.empty(count, VM_DTYPE)
            where = arguments.address(vms)
            check(self._library.spane_trace_vms(self._pointer, 0, count, where), self)
            vms.flags.writeable = False
            self._vms = vms
        return self._vms

    @property
    def ids(self) -> NDArray[np.int64]:
        """The id of each VM; a read-only view of `vms`."""
        return self.vms["id"]

    @property
    def cpu(self) -> NDArray[np.float64]:
        """Cores of each VM; a read-only view of `vms`."""
        return self.vms["cpu"]

    @property
    def mem(self) -> NDArray[np.float64]:
        """GB of each VM; a read-only view of `vms`."""
        return self.vms["mem"]

    @property
    def arrival(self) -> NDArray[np.float64]:
        """Arrival of each VM in seconds; a read-only view of `vms`."""
        return self.vms["arrival"]

    @property
    def lifetime(self) -> NDArray[np.float64]:
        """Seconds from placement to end of each VM; a read-only view of `vms`."""
        return self.vms["lifetime"]

    def close(self) -> None:
        """Frees the trace; objects made from it stay usable."""
        super().close()
        self._vms = None

    def __copy__(self) -> Trace:
        return self

    def __deepcopy__(self, memo: object) -> Trace:
        # Traces are immutable, so a copy would be indistinguishable.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        return "<spane.Trace (closed)>" if self.closed else f"<spane.Trace of {len(self)} VMs>"
