"""What a VM asks for, and what hosts have of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import spane
from nova.objects import fields

PICKED = "picked"
"""The marker that a node has where Nova would put the VM, and of which the VM needs one a node."""


class Kind(NamedTuple):
    """From which stock of a host a VM takes its CPUs and memory."""

    confined: bool
    """To NUMA cells; others run anywhere on their host."""
    dedicated: bool = False
    """It has CPUs of its own."""
    pagesize: int = 0
    """In KB, or what Nova has for small (-1), large (-2) and any (-3); 0 if nothing is said."""


class Stock(NamedTuple):
    """What a NUMA cell has for VMs of a kind, or a whole host if they are not confined."""

    cpu: float
    free_cpu: float
    mem: int
    """In MB, as all memory here."""
    free_mem: int


class Demand(NamedTuple):
    """What a VM asks for."""

    kind: Kind
    cells: tuple[tuple[int, int], ...]
    """CPUs and MB of each of its cells."""

    @classmethod
    def of(cls, spec: Any) -> Demand:
        """What Nova's RequestSpec asks for."""
        if not spec.numa_topology:
            return cls(Kind(False), ((spec.vcpus, spec.memory_mb),))
        cells = spec.numa_topology.cells
        # Mixed VMs count by their dedicated CPUs, which are scarcer.
        dedicated = cells[0].cpu_policy in (
            fields.CPUAllocationPolicy.DEDICATED,
            fields.CPUAllocationPolicy.MIXED,
        )
        # In objects that Nova has not filled yet, a field may be missing.
        pagesize = (cells[0].pagesize or 0) if "pagesize" in cells[0] else 0
        return cls(
            Kind(True, dedicated, pagesize),
            tuple((len(c.pcpuset if dedicated else c.cpuset), c.memory) for c in cells),
        )

    @property
    def whole(self) -> spane.Request:
        """All of it, in equal parts for each cell, on the nodes that Nova picks."""
        cpu, mem = (sum(amounts) for amounts in zip(*self.cells, strict=True))
        span = len(self.cells)
        return self._request(cpu / span, mem // span, {PICKED: span})

    @property
    def free_to_choose(self) -> spane.Request:
        """The same on any nodes."""
        return spane.Request(self.whole.cpu, self.whole.mem, len(self.cells))

    @property
    def least(self) -> spane.Request:
        """What each of its cells takes at least: no host without room for it has any for the VM."""
        cpu, mem = (min(amounts) for amounts in zip(*self.cells, strict=True))
        return self._request(cpu, mem, None)

    def _request(self, cpu: float, mem: int, amounts: dict[str, float] | None) -> spane.Request:
        span = len(self.cells)
        # libspane knows no VMs without memory or CPUs, though a mixed one may have no dedicated CPU
        # in some cells, so that there is less than one in each.
        share = max(cpu, 1e-6), max(math.floor(mem * STEPS), 1) / 1e6
        return spane.Request(share[0] * span, share[1] * span, span, amounts)


STEPS = 1e6 / 1024
"""libspane counts GB in millionths. What VMs need is rounded down to these and what hosts have is
rounded up, so that whole MB fit in libspane if and only if they fit in Nova."""


def gigabytes(megabytes: int) -> float:
    """What a host has."""
    return math.ceil(megabytes * STEPS) / 1e6


def stocks(host: Any, kind: Kind, ratios: bool) -> tuple[Stock, ...]:
    """What each NUMA cell of Nova's HostState has for VMs of a kind; nothing if it has no cells."""
    cpu_ratio, ram_ratio = (
        (host.cpu_allocation_ratio, host.ram_allocation_ratio) if ratios else (1.0, 1.0)
    )
    if not kind.confined:
        cpu = host.vcpus_total * cpu_ratio
        mem = math.floor(host.total_usable_ram_mb * ram_ratio)
        used = host.total_usable_ram_mb - host.free_ram_mb
        return (Stock(cpu, cpu - host.vcpus_used, mem, mem - used),)
    if not host.numa_topology:
        return ()
    return tuple(_cell(cell, kind, cpu_ratio, ram_ratio) for cell in host.numa_topology.cells)


def _cell(cell: Any, kind: Kind, cpu_ratio: float, ram_ratio: float) -> Stock:
    pages = _pages(cell, kind)
    # The reserved ones are neither free nor used.
    free_kb = sum(page.free_kb for page in pages)
    by_pages = (free_kb + sum(page.used * page.size_kb for page in pages)) // 1024, free_kb // 1024
    if kind.dedicated:
        # Never overcommitted.
        mem, free = by_pages if pages or kind.pagesize else (cell.memory, cell.avail_memory)
        return Stock(len(cell.pcpuset), cell.avail_pcpus, mem, free)
    cpu, mem = len(cell.cpuset) * cpu_ratio, math.floor(cell.memory * ram_ratio)
    free = mem - cell.memory_usage
    if pages or kind.pagesize:
        mem, free = min(mem, by_pages[0]), min(free, by_pages[1])
    return Stock(cpu, cpu - cell.cpu_usage, mem, free)


def _pages(cell: Any, kind: Kind) -> Sequence[Any]:
    """The pages from which the memory comes, where Nova counts them."""
    if kind.pagesize == 0 and not kind.dedicated:
        return ()
    pages = sorted(cell.mempages, key=lambda page: page.size_kb)
    match kind.pagesize:
        case 0 | -1:
            return pages[:1]
        case -2:
            return pages[1:]
        case -3:
            return pages
        case size:
            return [page for page in pages if page.size_kb == size]
