"""The marker by which a host is scored on the cells that Nova picks."""

from __future__ import annotations

import math
import random
from pathlib import Path

import numpy as np
import pytest
import spane

from spane_nova.demand import PICKED, Stock, gigabytes
from spane_nova.mirror import HostView, Mirror

WEIGHTS = Path(__file__).parents[3] / "data" / "weights" / "potential-synthetic.h5"


@pytest.mark.parametrize("span", [1, 2])
@pytest.mark.parametrize(
    "policy",
    [
        "capacity-lost,10*most-allocated+spread",
        "most-allocated-share+pack",
        "least-allocated",
        "l2",
        "dot-product",
        "best-fit",
        "balance-fit",
        "first-fit",
        spane.Model(WEIGHTS),
    ],
    ids=str,
)
def test_the_marker_changes_no_order(policy: str | spane.Model, span: int) -> None:
    """On the cells that a policy picks itself, scores differ as they do without it."""
    chance = random.Random(span)
    hosts = [
        [Stock(40, chance.randint(10, 40), 92160, chance.randint(20000, 92160)) for _ in range(3)]
        for _ in range(20)
    ]
    plain = spane.Cluster(nodes=3, split_above=math.inf)
    for number, cells in enumerate(hosts):
        plain.add_servers(spane.ServerType([(cell.cpu, gigabytes(cell.mem)) for cell in cells]))
        for node, cell in enumerate(cells):
            plain.set_free(number, node, cell.free_cpu, gigabytes(cell.free_mem))
    # A network ranks all placements of a host, the best of which comes first.
    without = spane.Session(plain, policy).explain(8, 16, k=60, span=span).best
    own = {each.placement.server: each for each in without[::-1]}
    assert len(own) == len(hosts)

    mirror = Mirror(policy)
    servers = mirror.update(
        [
            HostView(str(number), tuple(cells), own[number].placement.nodes)
            for number, cells in enumerate(hosts)
        ]
    )
    marked = mirror.session.explain(8, 16, k=20, span=span, among=servers, amounts={PICKED: span})
    assert {each.placement for each in marked.best} == {each.placement for each in own.values()}
    moved = [each.score - own[each.placement.server].score for each in marked.best]
    assert np.ptp(moved) < 1e-5


def test_hosts_are_updated_in_place() -> None:
    """Sizes, what is left, and the cells that are picked, without a new server."""
    mirror = Mirror("best-fit")
    small, large = Stock(8, 8, 4096, 4096), Stock(16, 5.5, 8192, 1025)
    for cells in ((small, small), (large, small), (small, large), (small, small)):
        for picked in ((0,), (1,), (0, 1)):
            assert mirror.update([HostView("a", cells, picked)]).tolist() == [0]
            assert mirror.free("a") == [(c.free_cpu, gigabytes(c.free_mem)) for c in cells]
    over = Stock(8, -2, 4096, -100)
    mirror.update([HostView("a", (over, small)), HostView("b", (small, small))])
    assert mirror.free("a") == [(0, 0), (8, 4)]
    assert mirror.cluster.servers == 2
