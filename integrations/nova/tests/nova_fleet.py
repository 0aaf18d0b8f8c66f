"""Nova's scheduler without its services: real host states, filters, weighers and consumption.

What each host must have left is counted here once more, from the VMs that run, so that Nova's host
states and libspane's mirror can both be checked against it.
"""

from __future__ import annotations

import math
import random
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from nova import objects
from nova.scheduler import host_manager, weights
from nova.virt import hardware

from spane_nova import SpaneNUMAFilter, SpaneWeigher
from spane_nova.demand import Kind, stocks
from spane_nova.mirror import HostView, is_empty
from spane_nova.weigher import name_of

objects.register_all()

SMALL, LARGE = 4, 2048
"""Page sizes in KB."""


class CellShape(NamedTuple):
    """A NUMA cell when nothing runs on it."""

    shared: int
    dedicated: int
    memory: int
    large_pages: int = 0
    """Of 2 MB; they are part of the memory."""


@dataclass
class HostShape:
    """A host when nothing runs on it."""

    cells: list[CellShape]
    cpu_ratio: float = 1.0
    ram_ratio: float = 1.0


@dataclass
class Flavor:
    """What a VM asks for."""

    vcpus: int
    memory: int
    specs: dict[str, str] = field(default_factory=dict)


@dataclass
class Running:
    """A VM, and where Nova has put it."""

    host: int
    flavor: Flavor
    topology: Any


def host_state(name: str, shape: HostShape) -> Any:
    """Nova's HostState of an empty compute node."""
    cells, first = [], 0
    for number, cell in enumerate(shape.cells):
        shared = set(range(first, first + cell.shared))
        dedicated = set(range(first + cell.shared, first + cell.shared + cell.dedicated))
        first += cell.shared + cell.dedicated
        pages = [
            objects.NUMAPagesTopology(
                size_kb=SMALL,
                total=(cell.memory * 1024 - cell.large_pages * LARGE) // SMALL,
                used=0,
            ),
            objects.NUMAPagesTopology(size_kb=LARGE, total=cell.large_pages, used=0),
        ]
        cells.append(
            objects.NUMACell(
                id=number,
                cpuset=shared,
                pcpuset=dedicated,
                memory=cell.memory,
                cpu_usage=0,
                memory_usage=0,
                mempages=pages,
                pinned_cpus=set(),
                siblings=[{cpu} for cpu in sorted(shared | dedicated)],
                socket=number,
            )
        )
    memory = sum(cell.memory for cell in shape.cells)
    compute = objects.ComputeNode(
        id=1,
        updated_at=None,
        uuid=str(uuid.uuid4()),
        host=name,
        hypervisor_hostname=name,
        hypervisor_type="QEMU",
        hypervisor_version=1,
        host_ip=None,
        vcpus=first,
        vcpus_used=0,
        memory_mb=memory,
        memory_mb_used=0,
        free_ram_mb=memory,
        local_gb=10**6,
        local_gb_used=0,
        free_disk_gb=10**6,
        disk_available_least=None,
        cpu_info="{}",
        supported_hv_specs=[],
        stats={},
        metrics="[]",
        pci_device_pools=None,
        cpu_allocation_ratio=shape.cpu_ratio,
        ram_allocation_ratio=shape.ram_ratio,
        disk_allocation_ratio=1.0,
        numa_topology=objects.NUMATopology(cells=cells)._to_json(),
    )
    state = host_manager.HostState(name, name, str(uuid.uuid4()))
    state.update(compute=compute)
    return state


def request_spec(flavor: Flavor) -> Any:
    """Nova's RequestSpec of a VM with this flavor."""
    made = objects.Flavor(
        vcpus=flavor.vcpus,
        memory_mb=flavor.memory,
        root_gb=1,
        ephemeral_gb=0,
        swap=0,
        extra_specs=flavor.specs,
    )
    image = objects.ImageMeta(properties=objects.ImageMetaProps())
    return objects.RequestSpec(
        flavor=made,
        image=image,
        instance_uuid=str(uuid.uuid4()),
        numa_topology=hardware.numa_get_constraints(made, image),
        pci_requests=None,
        requested_resources=None,
        scheduler_hints={},
    )


class Ledger:
    """What the VMs that run must leave of hosts, and whether libspane knows."""

    def __init__(
        self,
        shapes: list[HostShape],
        hosts: list[Any],
        weigher: SpaneWeigher,
        vms: dict[str, Running],
    ) -> None:
        """`hosts`: Nova's states of hosts that have these shapes."""
        self.shapes, self.hosts, self.weigher, self.vms = shapes, hosts, weigher, vms

    def left(self, host: int, kind: Kind) -> list[tuple[float, float]]:
        """Cores and MB that each cell must have left, or the host if VMs are not confined."""
        shape = self.shapes[host]
        here = [vm for vm in self.vms.values() if vm.host == host]
        if not kind.confined:
            cpu = sum(cell.shared + cell.dedicated for cell in shape.cells) * shape.cpu_ratio
            mem = math.floor(sum(cell.memory for cell in shape.cells) * shape.ram_ratio)
            return [
                (
                    cpu - sum(vm.flavor.vcpus for vm in here),
                    mem - sum(vm.flavor.memory for vm in here),
                )
            ]
        used: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for vm in here:
            for cell in vm.topology.cells if vm.topology else ():
                of_cell = used[cell.id]
                of_cell["shared"] += len(cell.cpuset)
                of_cell["dedicated"] += len(cell.pcpuset)
                of_cell["memory"] += cell.memory
                of_cell["large" if cell.pagesize == LARGE else "small"] += cell.memory
        return [
            self._left(cell, used[number], kind, shape) for number, cell in enumerate(shape.cells)
        ]

    @staticmethod
    def _left(
        cell: CellShape, used: dict[str, int], kind: Kind, shape: HostShape
    ) -> tuple[float, float]:
        large = cell.large_pages * LARGE // 1024
        if kind.pagesize in (LARGE, -2):
            by_pages = large - used["large"]
        else:
            by_pages = cell.memory - large - used["small"]
        if kind.dedicated:
            return cell.dedicated - used["dedicated"], by_pages
        mem = math.floor(cell.memory * shape.ram_ratio) - used["memory"]
        return (
            cell.shared * shape.cpu_ratio - used["shared"],
            min(mem, by_pages) if kind.pagesize else mem,
        )

    def differences(self, *hosts: int) -> list[str]:
        """Where libspane's servers, or some, are not what the VMs that run leave of the hosts."""
        found = []
        for kind, mirror in self.weigher.mirrors.items():
            seen = {
                number: HostView(name_of(self.hosts[number]), cells)
                for number in hosts or range(len(self.hosts))
                if not is_empty(cells := stocks(self.hosts[number], kind, ratios=True))
            }
            mirror.update(list(seen.values()))
            for number, host in seen.items():
                mine = [(cpu, round(mem * 1024, 2)) for cpu, mem in mirror.free(host.name)]
                must = [(cpu, max(mem, 0)) for cpu, mem in self.left(number, kind)]
                if mine[: len(must)] != must:
                    found.append(f"{host.name} {kind}: {mine}, must be {must}")
        return found


class Fleet(Ledger):
    """Hosts, and the VMs that Nova has put there as its scheduler does."""

    def __init__(self, shapes: list[HostShape]) -> None:
        hosts = [host_state(f"host{number:02}", shape) for number, shape in enumerate(shapes)]
        super().__init__(shapes, hosts, SpaneWeigher(), {})
        self.filter = SpaneNUMAFilter()
        self.seconds_in_all = 0.0
        # The host of the last event.
        self.changed = 0

    def weighed(self, spec: Any) -> list[Any]:
        """The hosts that pass, best first, with their weights."""
        passed = list(self.filter.filter_all(self.candidates(spec), spec))
        handler = weights.HostWeightHandler()
        weighed: list[Any] = handler.get_weighed_objects([self.weigher], passed, spec)
        return weighed

    def candidates(self, spec: Any) -> list[Any]:
        """The hosts that placement would name: those with enough in all."""
        for host in self.hosts:
            host.allocation_candidates = [{"mappings": {}}]
        return [
            host
            for number, host in enumerate(self.hosts)
            for cpu, mem in self.left(number, Kind(False))
            if cpu >= spec.vcpus and mem >= spec.memory_mb
        ]

    def boot(self, flavor: Flavor) -> bool:
        """Whether the scheduler has found a host for a VM."""
        spec = request_spec(flavor)
        started = time.perf_counter()
        weighed = self.weighed(spec)
        if weighed:
            self.put(weighed[0].obj, spec, flavor)
        self.seconds_in_all += time.perf_counter() - started
        return bool(weighed)

    def put(self, host: Any, spec: Any, flavor: Flavor) -> None:
        """A VM on a host that was chosen."""
        host.consume_from_request(spec)
        self.changed = self.hosts.index(host)
        self.vms[spec.instance_uuid] = Running(self.changed, flavor, spec.numa_topology)

    def delete(self, vm: str) -> None:
        """What the compute node would report once the VM has gone."""
        gone = self.vms.pop(vm)
        self.changed = gone.host
        host = self.hosts[gone.host]
        host.numa_topology = hardware.numa_usage_from_instance_numa(
            host.numa_topology, gone.topology, free=True
        )
        host.vcpus_used -= gone.flavor.vcpus
        host.free_ram_mb += gone.flavor.memory

    def delete_any(self, chance: random.Random) -> None:
        """One of those that run."""
        self.delete(chance.choice(list(self.vms)))
