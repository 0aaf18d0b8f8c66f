#!/usr/bin/env python3
"""libspane in the shadow of another scheduler, whose decisions it sees and does not make.

For each VM it says where it would have put it, and writes both decisions to a log. The log is played
again then: what would have come of it, had libspane been in charge? `spane replay` shows the same.

    python3 shadow.py ../data/events.csv best-fit cluster.log
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

import spane

SERVERS = 4
NODE_CPU, NODE_MEM = 40, 90  # cores and GB of each of the two NUMA nodes of a server
SHOWN = 3  # VMs on another server that are told one by one


class InCharge:
    """Stands for the scheduler in charge: First Fit, which refuses what fits nowhere."""

    def __init__(self) -> None:
        self.servers = spane.Cluster()
        self.servers.add_servers(SERVERS, node_cpu=NODE_CPU, node_mem=NODE_MEM)
        self.session = spane.Session(self.servers, "first-fit")

    def end(self, vm: int) -> bool:
        """Ends a VM; whether it ran at all."""
        runs = vm in self.servers
        if runs:
            self.servers.release(vm)
        return runs


def run(events: Path, policy: str, log: Path) -> None:
    scheduler, cluster = InCharge(), spane.Cluster()
    cluster.add_servers(SERVERS, node_cpu=NODE_CPU, node_mem=NODE_MEM)
    session = spane.Session(cluster, policy)
    outcomes: Counter[spane.ShadowOutcome] = Counter()
    with cluster.start_log(log), events.open() as file:
        for row in csv.DictReader(file):
            vm, cpu, mem = int(row["id"]), float(row["cpu"]), float(row["mem"])
            cluster.set_log_time(float(row["time"]))  # unless the time is that of the clock
            if row["event"] == "leave":
                if scheduler.end(vm):
                    cluster.release(vm)
                continue
            server, nodes = scheduler.session.place(vm, cpu, mem) or (None, ())
            told = session.shadow(vm, cpu, mem, server=server, nodes=nodes)
            outcomes[told.outcome] += 1
            other = told.outcome is spane.ShadowOutcome.OTHER_SERVER
            if other and outcomes[told.outcome] <= SHOWN and told.placement:
                print(f"VM {vm} went to server {server}, not {told.placement.server}")
    for outcome in spane.ShadowOutcome:
        print(f"{outcomes[outcome]:6} {outcome.name.lower().replace('_', ' ')}")


def main() -> None:
    events, policy, log = sys.argv[1:]
    Path(log).unlink(missing_ok=True)  # a log that is there would go on
    run(Path(events), policy, Path(log))
    then, now = spane.replay(log), spane.replay(log, policy)
    for name, made in ("in charge", then), (policy, now):
        print(f"{name}: {made.refused} of {made.vms} VMs refused, {made.refused_cores:.0f} cores")


if __name__ == "__main__":
    main()
