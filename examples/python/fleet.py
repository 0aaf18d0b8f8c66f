#!/usr/bin/env python3
"""The life of a fleet whose servers differ, as in ../c/fleet.c: VMs are spread over one, two or
four NUMA nodes by their flavor, a server fails and what ran there is started elsewhere, one is
emptied by moving its VMs and replaced by another kind, one gets more memory, and a VM grows where
it runs. A VM that finds no room is turned away.

    python3 fleet.py ../../data/fleets/small.toml ../data/events.csv best-fit
    python3 fleet.py ../../data/fleets/small.toml ../data/events.csv \\
        ../../data/weights/potential-synthetic.h5
"""

from __future__ import annotations

import csv
import dataclasses
import itertools
import sys

import spane

QUAD = spane.ServerType(  # of four nodes, two each are near each other
    nodes=[(20, 45)] * 4,  # cores and GB
    distances=[[10, 12, 30, 30], [12, 10, 30, 30], [30, 30, 10, 12], [30, 30, 12, 10]],
    name="quad",
)
LARGE_DUAL = spane.ServerType(nodes=[(40, 120)] * 2, name="large dual")


def request_of(cpu: float, mem: float) -> spane.Request:
    """The largest VMs take all nodes of a large server, the next ones two near each other."""
    span = 4 if mem >= 64 else 2 if mem > 16 else 1
    return spane.Request(cpu, mem, span=span, farthest=12 if span == 2 else None)


class Fleet:
    def __init__(self, file: str, policy: str) -> None:
        self.cluster = spane.Cluster.load(file)
        chosen = spane.Model(policy) if policy.endswith(".h5") else policy
        self.session = spane.Session(self.cluster, chosen)
        self.placed = self.turned_away = self.restarted = self.lost = self.moved = 0

    def classes(self) -> str:
        """The classes of all servers, those of one class together."""
        types = [self.cluster.server(server).type for server in self.cluster.server_numbers()]
        runs = [(len(list(run)), name) for name, run in itertools.groupby(types)]
        return ", ".join(f"{count} x {name}" for count, name in runs)

    def start(self, vm: int, request: spane.Request) -> bool:
        """Whether there was room for the VM."""
        placement = self.session.place(vm, request)
        # Here the VM is started on placement.server, on its NUMA nodes placement.nodes.
        return placement is not None

    def requests_on(self, server: int) -> dict[int, spane.Request]:
        """The VMs on a server and what they ask for."""
        return {int(vm): self.cluster.find(vm).request for vm in self.cluster.vm_ids(server)}

    def fail(self, server: int) -> None:
        """A server has failed: what ran there is started anew wherever there is room."""
        requests = self.requests_on(server)
        for vm in self.cluster.fail_server(server):
            if self.start(int(vm), requests[int(vm)]):
                self.restarted += 1
            else:
                self.lost += 1

    def replace(self, server: int, kind: spane.ServerType) -> bool:
        """Empties a server by moving its VMs, the largest ones first, and replaces it.

        Whether all found another place.
        """
        requests = self.requests_on(server)
        self.cluster.cordon(server)
        for vm, request in sorted(requests.items(), key=lambda item: -item[1].span):
            placement = self.session.choose(request)
            if placement is None:
                self.cluster.uncordon(server)
                return False
            self.cluster.move(vm, placement)
            self.moved += 1
        self.cluster.remove_server(server)
        self.cluster.add_servers(kind)  # gets the number that is free
        return True

    def grow(self, server: int) -> bool:
        """Gives the first VM of a server twice its cores, if they are there."""
        for vm, request in self.requests_on(server).items():
            try:
                self.cluster.resize(vm, dataclasses.replace(request, cpu=2 * request.cpu))
            except spane.InfeasibleActionError:
                return False
            return True
        return False

    def hear(self, event: str, vm: int, request: spane.Request) -> None:
        if event == "leave":
            if vm in self.cluster:  # else it was turned away, or lost with its server
                self.cluster.release(vm)
        elif self.start(vm, request):
            self.placed += 1
        else:
            self.turned_away += 1


def main(file: str, events: str, policy: str = "best-fit") -> None:
    fleet = Fleet(file, policy)
    print("fleet       ", fleet.classes())
    with open(events, newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 1):
            if number == 450:
                told = "is replaced by one with four nodes", "cannot be emptied"
                print("server 2    ", told[not fleet.replace(2, QUAD)])
            if number == 600:
                fleet.fail(1)
            if number == 800:
                fleet.cluster.uncordon(1)  # it is repaired
            if number == 1100:
                fleet.cluster.resize_server(3, LARGE_DUAL)
            if number == 1300:
                told = "has twice the cores", "cannot grow"
                print("server 0     its first VM", told[not fleet.grow(0)])
            request = request_of(float(row["cpu"]), float(row["mem"]))
            fleet.hear(row["event"], int(row["id"]), request)
    print("now         ", fleet.classes())
    room = fleet.cluster.room(request_of(8, 32)).sum()
    print(f"placed       {fleet.placed} VMs, {fleet.turned_away} turned away")
    print(f"failure      {fleet.restarted} VMs started again, {fleet.lost} lost")
    print(f"retirement   {fleet.moved} VMs moved")
    print(f"at the end   {fleet.cluster.vms} VMs, and room for {room} more of 8 cores and 32 GB")


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 4:
        sys.exit("usage: fleet.py FLEET.toml EVENTS.csv [HEURISTIC | POTENTIAL.h5]")
    try:
        main(*sys.argv[1:])
    except (spane.Error, OSError) as error:
        sys.exit(f"fleet: {error}")
