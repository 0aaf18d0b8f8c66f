#!/usr/bin/env python3
"""Anti-affinity on a production fleet: all VMs of a group run on servers of their own, or in racks of
their own. Says how many VMs are refused by each rule, and checks that none runs where it must not.

    python3 groups.py ../../data/fleets first-fit 'capacity-lost,10*most-allocated+spread'
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

import spane

PER_RACK = 17  # servers next to each other


def place_all(folder: Path, policy: str, level: str | None) -> tuple[int, int]:
    """How many VMs are refused, and how many of them for no other reason than their group."""
    servers = spane.Cluster.load(folder / "topology.toml")
    cluster = spane.Cluster(levels=["rack"], split_above=servers.options.split_above)
    for server in servers.server_numbers():
        nodes = servers.server(server).capacity
        (number,) = cluster.add_servers(spane.ServerType(nodes))
        cluster.set_domain(number, "rack", number // PER_RACK)

    with (folder / "topology-groups.csv").open() as file:
        groups = {int(row["vmid"]): int(row["group"]) for row in csv.DictReader(file)}
    if level is not None:
        for group in set(groups.values()):
            cluster.set_group(group, spane.GroupRule("at_most", 1, level))

    session = spane.Session(cluster, policy)
    refused = by_group = 0
    with (folder / "topology.csv").open() as file:
        for row in csv.DictReader(file):
            vm, group = int(row["vmid"]), groups.get(int(row["vmid"]), 0)
            request = spane.Request(
                float(row["cpu"]), float(row["mem"]), span=int(row["span"]), group=group
            )
            if session.place(vm, request) is None:
                refused += 1
                by_group += bool(cluster.room(request).any())

    if level is not None:
        places = (
            (groups[vm], cluster.domain(cluster.find(vm).placement.server, level))
            for vm in map(int, cluster.vm_ids())
            if vm in groups
        )
        assert max(Counter(places).values()) == 1
    return refused, by_group


def main() -> None:
    folder, *policies = sys.argv[1:]
    for policy in policies:
        for level in None, "server", "rack":
            refused, by_group = place_all(Path(folder), policy, level)
            rule = f"at most one of a group per {level}" if level else "no rules"
            print(
                f"{policy}: {rule}: {refused} refused, {by_group} of them by the rule"
            )


if __name__ == "__main__":
    main()
