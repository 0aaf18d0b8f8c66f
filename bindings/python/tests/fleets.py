"""A small fleet of servers of several kinds."""

from __future__ import annotations

import numpy as np

import spane

SSD, GPU = 1, 2  # traits

RING = [[10, 12, 20, 12], [12, 10, 12, 20], [20, 12, 10, 12], [12, 20, 12, 10]]

QUAD = spane.ServerType([(16, 64, 1)] * 4, {"disk": 1000}, traits=SSD, distances=RING)
SINGLE = spane.ServerType([(8, 32)], [500])
UNEVEN = spane.ServerType([(48, 256, 4), (24, 128)], (2000,), traits=SSD | GPU)


def mixed() -> spane.Cluster:
    """Server 0 has four equal nodes, server 1 one, and server 2 two unequal ones."""
    cluster = spane.Cluster(
        nodes=4,
        split_above=100,
        split_from=32,
        node_resources=["gpu"],
        server_resources=["disk"],
    )
    for number, kind in enumerate((QUAD, SINGLE, UNEVEN)):
        assert cluster.add_servers(kind).tolist() == [number]
    return cluster


def is_consistent(cluster: spane.Cluster) -> bool:
    """Whether what is left on all servers is what they have less what their VMs take."""
    amounts = cluster.amounts()
    free, shared = amounts.capacity.copy(), amounts.server_capacity.copy()
    place = {number: index for index, number in enumerate(cluster.server_numbers().tolist())}
    for vm in cluster.vm_ids():
        (server, nodes), request = cluster.find(vm)
        assert len(nodes) == request.span
        extras = dict(request.amounts or {})  # type: ignore[arg-type]
        names = cluster.options.node_resources
        each = [request.cpu, request.mem, *(extras.get(name, 0.0) for name in names)]
        free[place[server], list(nodes)] -= np.array(each) / request.span
        shared[place[server]] -= [extras.get(each, 0) for each in cluster.options.server_resources]
    return np.allclose(free, amounts.free, atol=1e-5) and np.allclose(shared, amounts.server_free)
