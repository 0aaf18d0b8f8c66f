#!/usr/bin/env python3
"""A scheduler's main loop with libspane, the same as in examples/c/scheduler.c.

VMs arrive and leave, a fleet is kept up to date, each VM is placed by a policy, and VMs that fit
nowhere wait in a queue. A VM that no server is large enough for would make it wait for ever, so it
is refused.

    python3 scheduler.py ../data/events.csv best-fit
    python3 scheduler.py ../data/events.csv ../../data/weights/potential-synthetic.h5
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import spane

SERVERS = 5
NODE_CPU, NODE_MEM = 40, 90  # cores and GB of each of the two NUMA nodes of a server
CORDON_AT, UNCORDON_AT = 1000, 1200  # events between which server 0 is in maintenance


class Scheduler:
    def __init__(self, policy: str) -> None:
        self.cluster = spane.Cluster()
        self.cluster.add_servers(SERVERS, node_cpu=NODE_CPU, node_mem=NODE_MEM)
        chosen = spane.Model(policy) if policy.endswith(".h5") else policy
        self.session = spane.Session(self.cluster, chosen)
        # VMs that wait by id, first come, first served: cores, GB, and since when.
        self.queue: dict[int, tuple[float, float, float]] = {}
        self.used_cpu = 0.0
        self.placed = self.waited = self.gave_up = self.refused = 0
        self.total_wait = 0.0

    def try_to_place(self, vm: int, cpu: float, mem: float) -> bool:
        """Whether the VM need not wait: it was placed, or is refused."""
        try:
            placement = self.session.place(vm, cpu, mem)
        except spane.NeverFitsError as error:
            print(f"scheduler: VM {vm} is refused: {error}", file=sys.stderr)
            self.refused += 1
            return True
        if placement is None:
            return False
        # Here the VM is started on placement.server, on its NUMA nodes placement.nodes: on one, or
        # spread evenly over both.
        self.placed += 1
        self.used_cpu += cpu
        return True

    def arrive(self, now: float, vm: int, cpu: float, mem: float) -> None:
        if self.queue or not self.try_to_place(vm, cpu, mem):
            self.queue[vm] = (cpu, mem, now)

    def leave(self, vm: int, cpu: float) -> None:
        if vm in self.queue:  # it has waited for too long
            del self.queue[vm]
            self.gave_up += 1
        elif vm in self.cluster:  # else it was refused
            self.cluster.release(vm)
            self.used_cpu -= cpu

    def serve_queue(self, now: float) -> None:
        """Places those that wait, in order, as long as the first one fits."""
        while self.queue:
            vm, (cpu, mem, since) = next(iter(self.queue.items()))
            placed = self.placed
            if not self.try_to_place(vm, cpu, mem):
                break
            del self.queue[vm]
            if self.placed > placed:
                self.waited += 1
                self.total_wait += now - since


def main(path: str, policy: str = "balance-fit") -> None:
    scheduler = Scheduler(policy)
    first = now = None
    busy = 0.0
    with Path(path).open(newline="", encoding="utf-8") as file:
        for number, event in enumerate(csv.DictReader(file)):
            time, cpu, mem = float(event["time"]), float(event["cpu"]), float(event["mem"])
            if first is None or now is None:
                first = now = time
            busy += scheduler.used_cpu * (time - now)
            now = time
            # Server 0 is taken out for a while: its VMs go on, and new ones go elsewhere.
            if number == CORDON_AT:
                scheduler.cluster.cordon(0)
            if number == UNCORDON_AT:
                scheduler.cluster.uncordon(0)
            if event["event"] == "arrive":
                scheduler.arrive(now, int(event["id"]), cpu, mem)
            else:
                scheduler.leave(int(event["id"]), cpu)
            scheduler.serve_queue(now)
    if first is None or now is None:
        sys.exit(f"scheduler: {path}: no events")

    waited = scheduler.waited
    capacity = SERVERS * 2 * NODE_CPU * (now - first)
    print(f"placed       {scheduler.placed} VMs")
    print(f"waited       {waited} VMs, {scheduler.total_wait / max(1, waited):.0f} s on average")
    print(f"gave up      {scheduler.gave_up} VMs")
    print(f"refused      {scheduler.refused} VMs")
    print(f"utilisation  {100 * busy / capacity:.1f} % of the cores")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: scheduler.py EVENTS.csv [HEURISTIC | WEIGHTS.h5]")
    try:
        main(*sys.argv[1:])
    except (spane.Error, OSError) as error:
        sys.exit(f"scheduler: {error}")
