#!/usr/bin/env python3
"""The life of a fleet with several kinds of servers: VMs of several flavors are placed, a server
fails, one is emptied and removed, another comes, and a VM grows.

    python3 fleet.py best-fit
    python3 fleet.py ../../data/weights/potential-synthetic.h5
"""

from __future__ import annotations

import random
import sys

import spane

SSD = 1 << 0  # traits are bits, whose meaning is up to you

QUAD = spane.ServerType(  # four equal NUMA nodes in a ring
    nodes=[(32, 128)] * 4,  # cores and GB
    amounts={"disk": 4000},
    traits=SSD,
    distances=[[10, 12, 20, 12], [12, 10, 12, 20], [20, 12, 10, 12], [12, 20, 12, 10]],
)
GPU = spane.ServerType(nodes=[(48, 256, 4), (48, 256)], amounts={"disk": 8000})
OLD = spane.ServerType(nodes=[(40, 90)] * 2, amounts={"disk": 2000})

FLAVORS = {
    "small": spane.Request(2, 8),
    "large": spane.Request(24, 128),  # over two nodes by the rule of the cluster
    "wide": spane.Request(32, 64, span=4),
    "near": spane.Request(24, 64, span=2, farthest=12, amounts={"disk": 100}, require=SSD),
    "gpu": spane.Request(8, 32, amounts={"gpu": 1}),
}


class Fleet:
    def __init__(self, policy: str) -> None:
        self.cluster = spane.Cluster(
            nodes=4,
            split_above=100,
            split_from=64,
            span=2,
            node_resources=["gpu"],
            server_resources=["disk"],
        )
        for kind, count in ((OLD, 3), (QUAD, 2), (GPU, 1)):
            self.cluster.add_servers(kind, count)
        chosen = spane.Model(policy) if policy.endswith(".h5") else policy
        self.session = spane.Session(self.cluster, chosen)
        self.flavors: dict[int, str] = {}  # of the VMs that run
        self.queue: dict[int, str] = {}  # of those that wait, the largest first

    def place(self, vm: int, flavor: str) -> bool:
        """Whether there was room for the VM."""
        placement = self.session.place(vm, FLAVORS[flavor])
        if placement is None:
            return False
        # Here the VM is started on placement.server, on its NUMA nodes placement.nodes.
        self.flavors[vm] = flavor
        return True

    def serve_queue(self) -> int:
        """Places those that wait and have room now; tells how many."""
        placed = [vm for vm, flavor in self.queue.items() if self.place(vm, flavor)]
        for vm in placed:
            del self.queue[vm]
        return len(placed)

    def fail(self, server: int) -> list[int]:
        """A server is lost, and its VMs wait to be started elsewhere."""
        lost = [int(vm) for vm in self.cluster.fail_server(server)]
        for vm in sorted(lost, key=lambda vm: -FLAVORS[self.flavors[vm]].cpu):
            self.queue[vm] = self.flavors.pop(vm)
        return lost

    def empty(self, server: int) -> bool:
        """Moves all VMs of a server elsewhere and removes it; False where some have to stay."""
        self.cluster.cordon(server)
        for vm in self.cluster.vm_ids(server):
            placement = self.session.choose(FLAVORS[self.flavors[int(vm)]])
            if placement is None:
                return False
            # Here the VM is migrated.
            self.cluster.move(vm, placement)
        self.cluster.remove_server(server)
        return True

    def grow(self, vm: int, larger: spane.Request) -> bool:
        """Gives a VM another size, if need be on other nodes or another server."""
        try:
            self.cluster.resize(vm, larger)
        except spane.InfeasibleActionError:
            placement = self.session.choose(larger)
            if placement is None:
                return False
            self.cluster.move(vm, placement)
            self.cluster.resize(vm, larger)
        return True


def main(policy: str = "best-fit") -> None:
    fleet = Fleet(policy)
    cluster, draw = fleet.cluster, random.Random(1)
    flavors = draw.choices(list(FLAVORS), weights=(12, 3, 1, 2, 2), k=32)
    placed = sum(fleet.place(vm, flavor) for vm, flavor in enumerate(flavors))
    print(f"placed {placed} of {len(flavors)} VMs on {cluster.servers} servers")
    for name, flavor in FLAVORS.items():
        print(f"  room for {cluster.room(flavor).sum():3} more of flavor {name}: {flavor}")

    lost = fleet.fail(3)
    print(f"server 3 failed: {fleet.serve_queue()} of its {len(lost)} VMs run elsewhere")
    cluster.remove_server(3)
    (number,) = cluster.add_servers(QUAD)  # its substitute, under the number that is free
    print(f"server {number} is new: {fleet.serve_queue()} more run")
    print("server 0 is", "empty and removed" if fleet.empty(0) else "not yet empty")

    vm = next(vm for vm, flavor in fleet.flavors.items() if flavor == "small")
    before = cluster.find(vm).placement
    larger = spane.Request(12, 48, span=len(before.nodes))
    grown = fleet.grow(vm, larger)
    print(f"VM {vm} {'has' if grown else 'cannot have'} {larger}: {cluster.find(vm).placement}")

    amounts = cluster.amounts()
    used = 1 - amounts.free.sum(axis=(0, 1)) / amounts.capacity.sum(axis=(0, 1))
    print(", ".join(f"{share:.0%} of {name}" for share, name in zip(used, ("cores", "GB", "gpu"))))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit("usage: fleet.py [HEURISTIC | WEIGHTS.h5]")
    try:
        main(*sys.argv[1:])
    except (spane.Error, OSError) as error:
        sys.exit(f"fleet: {error}")
