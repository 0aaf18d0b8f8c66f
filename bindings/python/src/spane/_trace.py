"""Traces: VMs in order of arrival."""

from __future__ import annotations

from collections.abc import Mapping
from ctypes import POINTER, byref, c_char_p, c_double, c_int32, c_int64, cast
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import check
from spane._handle import Handle
from spane._library import library
from spane._long_call import LongCall, Progress
from spane._memory import saved
from spane._model import read_text
from spane._structs import TraceBuffers, TraceColumns, TraceInfo, TracePointer, sized

_NUMBERS = ("cpu", "mem", "arrival", "lifetime")


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
    resources: tuple[str, ...]
    """The names of what VMs ask for beside cores and GB."""


class Trace(Handle[TracePointer]):
    """VMs in order of arrival. Immutable: any number of threads can use it at once."""

    _columns: dict[str, NDArray[Any]] | None = None

    def __init__(self, path: arguments.Path, *, progress: Progress | None = None) -> None:
        """Loads HDF5, or CSV with the header vmid,cpu,mem,at,lt or vmid,cpu,memory,time,type.

        `progress` is told of bytes; see `evaluate`.
        """
        pointer = TracePointer()
        name, call = arguments.path(path), LongCall(progress)
        call.run(lambda: check(library().spane_trace_load(name, call.told, byref(pointer))))
        self._own(pointer)

    @classmethod
    def load(cls, path: arguments.Path, *, progress: Progress | None = None) -> Trace:
        """The same as `Trace(path)`."""
        return cls(path, progress=progress)

    @classmethod
    def load_part(
        cls,
        path: arguments.Path,
        first: arguments.Index,
        count: arguments.Index,
        *,
        progress: Progress | None = None,
    ) -> Trace:
        """Loads `count` VMs from the one numbered `first` on, which are a trace of their own.

        Of an HDF5 file nothing else is read, so that parts of a long trace take little memory.
        """
        pointer = TracePointer()
        name, call = arguments.path(path), LongCall(progress)
        start, vms = arguments.int64(first, "first"), arguments.int64(count, "count")

        def load() -> None:
            check(library().spane_trace_load_part(name, start, vms, call.told, byref(pointer)))

        call.run(load)
        return cls._around(pointer)

    @classmethod
    def from_bytes(cls, data: arguments.Bytes, *, progress: Progress | None = None) -> Trace:
        """Loads a trace from the bytes of an HDF5 file; `progress` is told of bytes."""
        pointer = TracePointer()
        content, call = arguments.content(data), LongCall(progress)

        def load() -> None:
            where, size = arguments.address(content), content.size
            check(library().spane_trace_load_memory(where, size, call.told, byref(pointer)))

        call.run(load)
        return cls._around(pointer)

    @classmethod
    def from_arrays(
        cls,
        cpu: Any,
        mem: Any,
        arrival: Any,
        lifetime: Any,
        ids: Any = None,
        span: Any = None,
        resources: Mapping[str, Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Trace:
        """A trace from columns, such as arrays and the columns of a pandas DataFrame.

        `cpu` (cores), `mem` (GB), `arrival` and `lifetime` (seconds; arrivals ascending) are
        float64. `ids` is int64; by default VMs are numbered from 0. `span` is int32, the number of
        NUMA nodes, or 0 for what the rule of the servers says, as by default. `resources` has a
        float64 column of amounts for each name. The last VM only ends an episode and is never
        placed. `progress` is told of VMs; see `evaluate`.
        """
        first = arguments.given(cpu, np.float64, (None,), "cpu")
        count = len(first)
        columns = sized(TraceColumns)
        kept = []

        def put(values: Any, dtype: Any, name: str) -> Any:
            column = arguments.given(values, dtype, (count,), name)
            kept.append(column)
            return arguments.address(column)

        for name, values in zip(_NUMBERS, (first, mem, arrival, lifetime)):
            setattr(columns, name, cast(put(values, np.float64, name), POINTER(c_double)))
        if ids is not None:
            columns.ids = cast(put(ids, np.int64, "ids"), POINTER(c_int64))
        if span is not None:
            columns.span = cast(put(span, np.int32, "span"), POINTER(c_int32))
        named = dict(resources or {})
        texts = [arguments.text(name, "resources") for name in named]
        amounts = [put(named[name], np.float64, f"resources[{name!r}]") for name in named]
        columns.resource_count = len(named)
        columns.resources = (c_char_p * len(named))(*texts)
        columns.amounts = (POINTER(c_double) * len(named))(
            *(cast(where, POINTER(c_double)) for where in amounts)
        )
        pointer, call = TracePointer(), LongCall(progress)

        def make() -> None:
            check(library().spane_trace_new(byref(columns), count, call.told, byref(pointer)))

        call.run(make)
        return cls._around(pointer)

    @classmethod
    def generate(
        cls,
        count: arguments.Index,
        seed: arguments.Index = 0,
        *,
        progress: Progress | None = None,
    ) -> Trace:
        """The synthetic trace; the same arguments give the same VMs on every machine.

        `progress` is told of VMs; see `evaluate`.
        """
        pointer, call = TracePointer(), LongCall(progress)
        vms, seed = arguments.size(count, "count"), arguments.uint64(seed, "seed")
        make = library().spane_trace_generate
        call.run(lambda: check(make(vms, seed, call.told, byref(pointer))))
        return cls._around(pointer)

    @classmethod
    def _around(cls, pointer: TracePointer) -> Trace:
        trace = cls.__new__(cls)
        trace._own(pointer)
        return trace

    def save(
        self,
        path: arguments.Path,
        source: str | None = None,
        licence: str | None = None,
        *,
        progress: Progress | None = None,
    ) -> None:
        """Saves the trace as HDF5; an existing file is replaced atomically.

        `source` and `licence` record the origin and the licence of the trace; None keeps the
        current entry. `progress` is told of VMs; see `evaluate`.
        """
        call = LongCall(progress)
        given = (
            self._pointer,
            arguments.path(path),
            None if source is None else arguments.text(source, "source"),
            None if licence is None else arguments.text(licence, "licence"),
            call.told,
        )
        call.run(lambda: check(self._library.spane_trace_save(*given), self))

    def to_bytes(self) -> bytes:
        """The bytes that `save` writes; `from_bytes` loads the same trace from them."""
        return saved(self, "spane_trace_save_memory", None)

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
            tuple(info.resources[place].decode() for place in range(info.resource_count)),
        )

    def __len__(self) -> int:
        return self.info.vms

    def provenance(self, name: str) -> str | None:
        """An entry of the trace's provenance: "source", "licence" or "content_sha256"."""
        return read_text(self, "spane_trace_provenance", name)

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """All columns by name, read-only: `pandas.DataFrame(trace.columns)` is a table of them.

        They are ids, cpu, mem, arrival, lifetime, span, and "resource:NAME" for each resource;
        copied out of the library once.
        """
        if self._columns is None:
            self._columns = self._read()
        return dict(self._columns)

    def _read(self) -> dict[str, NDArray[Any]]:
        info = self.info
        count = info.vms
        columns: dict[str, NDArray[Any]] = {"ids": np.empty(count, np.int64)}
        columns.update((name, np.empty(count)) for name in _NUMBERS)
        columns["span"] = np.empty(count, np.int32)
        amounts = [np.empty(count) for _ in info.resources]
        buffers = sized(TraceBuffers)
        buffers.resource_count = len(amounts)
        kinds = {"ids": c_int64, "span": c_int32}
        for name, column in columns.items():
            kind: Any = kinds.get(name, c_double)
            setattr(buffers, name, cast(arguments.address(column), POINTER(kind)))
        buffers.amounts = (POINTER(c_double) * len(amounts))(
            *(cast(arguments.address(column), POINTER(c_double)) for column in amounts)
        )
        check(self._library.spane_trace_read(self._pointer, 0, count, byref(buffers)), self)
        columns.update((f"resource:{name}", of) for name, of in zip(info.resources, amounts))
        for column in columns.values():
            column.flags.writeable = False
        return columns

    def _column(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    @property
    def ids(self) -> NDArray[np.int64]:
        """The names that the trace gives its VMs; read-only, as all columns are."""
        return self._column("ids")

    @property
    def cpu(self) -> NDArray[np.float64]:
        """Cores of each VM."""
        return self._column("cpu")

    @property
    def mem(self) -> NDArray[np.float64]:
        """GB of each VM."""
        return self._column("mem")

    @property
    def arrival(self) -> NDArray[np.float64]:
        """Seconds, ascending."""
        return self._column("arrival")

    @property
    def lifetime(self) -> NDArray[np.float64]:
        """Seconds from a VM's placement to its end."""
        return self._column("lifetime")

    @property
    def span(self) -> NDArray[np.int32]:
        """Over how many NUMA nodes each VM is spread; 0 for what the rule of the servers says."""
        return self._column("span")

    @property
    def resources(self) -> dict[str, NDArray[np.float64]]:
        """What each VM asks for beside cores and GB: a column of amounts for each resource."""
        return {name: self._column(f"resource:{name}") for name in self.info.resources}

    def close(self) -> None:
        """Frees the trace; objects made from it stay usable."""
        super().close()
        self._columns = None

    def __copy__(self) -> Trace:
        return self

    def __deepcopy__(self, memo: object) -> Trace:
        # Traces are immutable, so a copy would be indistinguishable.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        return "<spane.Trace (closed)>" if self.closed else f"<spane.Trace of {len(self)} VMs>"
