#!/usr/bin/env python3
"""Would all VMs of a server fit elsewhere if it failed? Each server fails in a trial, which is
taken back. VMs are added until the answer is no for the first time (N+1), and at last for all.

    python3 failover.py ../../data/fleets/small.toml capacity-lost,10*most-allocated+spread
"""

from __future__ import annotations

import itertools
import sys

import spane

SIZES = [(2, 8), (4, 8), (4, 16), (8, 16), (1, 4), (16, 32)]  # cores and GB


def survives(cluster: spane.Cluster, session: spane.Session, server: int) -> bool:
    """Whether the VMs of a server have room on the others; the cluster stays as it is."""
    with cluster.trial():
        lost = {int(vm): cluster.find(vm).request for vm in cluster.vm_ids(server)}
        cluster.fail_server(server)
        return session.place_many(list(lost), list(lost.values())) is not None


def main() -> None:
    file, policy = sys.argv[1:]
    cluster = spane.Cluster.load(file)
    session = spane.Session(cluster, policy)
    servers = cluster.server_numbers().tolist()
    is_safe = True
    for vm, (cpu, mem) in zip(itertools.count(), itertools.cycle(SIZES)):
        if session.place(vm, cpu, mem) is None:
            print(f"full with {vm} VMs")
            break
        safe = [server for server in servers if survives(cluster, session, server)]
        if is_safe and len(safe) < len(servers):
            is_safe = False
            print(f"N+1 up to {vm} VMs; then not without {sorted(set(servers) - set(safe))}")
        if not safe:
            print(f"no server may fail from {vm + 1} VMs on")
            break


if __name__ == "__main__":
    main()
