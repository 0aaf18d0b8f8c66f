#!/usr/bin/env python3
"""A scheduler's main loop with libspane, the same as in examples/c/scheduler.c.

VMs arrive and leave, a fleet is kept up to date, each VM is placed by a policy, and VMs that fit
nowhere wait in a queue. A VM that no server is large enough for would make it wait for ever, so it
is refused.

    python3 scheduler.py ../data/events.csv best-fit
    python3 scheduler.py ../data/events.csv ../../data/weights/potential-synthetic.h5
    python3 scheduler.py ../data/events.csv best-fit 4

With a number of moves, at most so many live migrations make room for the VM that waits longest.
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
    def __init__(self, policy: str, most_moves: int) -> None:
        self.cluster = spane.Cluster()
        self.cluster.add_servers(SERVERS, node_cpu=NODE_CPU, node_mem=NODE_MEM)
        chosen = spane.Model(policy) if policy.endswith(".h5") else policy
        self.session = spane.Session(self.cluster, chosen)
        # VMs that wait by id, first come, first served: cores, GB, and since when.
        self.queue: dict[int, tuple[float, float, float]] = {}
        self.explained: int | None = None  # the one at the head of the queue, once it is told why
        self.used_cpu = 0.0
        self.most_moves = most_moves  # that may make room for one VM
        self.placed = self.waited = self.gave_up = self.refused = self.moves = 0
        self.total_wait = self.moved_mem = 0.0

    def try_to_place(self, vm: int, cpu: float, mem: float) -> bool:
        """Whether the VM need not wait: it was placed, or is refused."""
        try:
            placement = self.session.place(vm, cpu, mem)
        except spane.NeverFitsError:
            self.explain(vm, "is refused", cpu, mem)
            self.refused += 1
            return True
        if placement is None:
            return False
        # Here the VM is started on placement.server, on its NUMA nodes placement.nodes: on one, or
        # spread evenly over both.
        self.placed += 1
        self.used_cpu += cpu
        return True

    def explain(self, vm: int, what: str, cpu: float, mem: float) -> None:
        """Prints why a VM goes nowhere, in one line."""
        why = self.session.explain(cpu, mem, k=0).text
        print(f"scheduler: VM {vm} {what}: {why}", file=sys.stderr)

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

    def make_room(self, cpu: float, mem: float) -> bool:
        """Moves running VMs so that the request fits; whether that was possible."""
        if self.most_moves == 0:
            return False
        plan = self.cluster.plan_room(cpu, mem, moves=self.most_moves)  # plan.text says why
        for move in plan.moves:
            # Here the hypervisor migrates move.vm, which both servers hold meanwhile.
            self.cluster.apply_move(move)
            self.moves += 1
            self.moved_mem += move.mem
        return plan.found

    def serve_queue(self, now: float) -> None:
        """Places those that wait, in order, as long as the first fits or room can be made."""
        while self.queue:
            vm, (cpu, mem, since) = next(iter(self.queue.items()))
            placed = self.placed
            if not self.try_to_place(vm, cpu, mem):
                if self.make_room(cpu, mem):
                    continue
                if self.explained != vm:
                    self.explain(vm, "waits", cpu, mem)
                self.explained = vm
                break
            del self.queue[vm]
            if self.placed > placed:
                self.waited += 1
                self.total_wait += now - since


def main(path: str, policy: str = "balance-fit", most_moves: str = "0") -> None:
    scheduler = Scheduler(policy, int(most_moves))
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
    if scheduler.most_moves > 0:
        print(f"moved        {scheduler.moves} VMs of {scheduler.moved_mem:.0f} GB in all")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3, 4):
        sys.exit("usage: scheduler.py EVENTS.csv [HEURISTIC | WEIGHTS.h5 [MOVES]]")
    try:
        main(*sys.argv[1:])
    except (spane.Error, OSError) as error:
        sys.exit(f"scheduler: {error}")
