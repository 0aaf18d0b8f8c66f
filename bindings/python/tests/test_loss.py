"""Evaluations without a queue, and metrics of fleets."""

from __future__ import annotations

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

STARTS = [0, 300, 900]
POLICIES = ["first-fit", "random:3"]


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(5000, seed=1)


def refusals(trace: spane.Trace, start: int, length: int, servers: int) -> list[int]:
    """The VMs that First Fit refuses, placed one by one in a cluster."""
    cluster = spane.Cluster()
    cluster.add_servers(servers, node_cpu=40, node_mem=90)
    session = spane.Session(cluster, "first-fit")
    ends: dict[int, float] = {}
    refused = []
    for index in range(start, start + length):
        for vm in [vm for vm, end in ends.items() if end <= trace.arrival[index]]:
            cluster.release(vm)
            del ends[vm]
        if session.place(index, cpu=trace.cpu[index], mem=trace.mem[index]) is None:
            refused.append(index)
        else:
            ends[index] = trace.arrival[index] + trace.lifetime[index]
    return refused


def test_refusals(trace: spane.Trace) -> None:
    result = spane.evaluate(trace, STARTS, POLICIES, servers=3, length=800, queue=False)
    assert result.policies == tuple(POLICIES)
    assert result.length == 800
    assert result.losses.shape == (2, 3, 4, 6)
    gone = [refusals(trace, start, 800, 3) for start in STARTS]
    assert sum(map(len, gone)) > 20
    for episode, start in enumerate(STARTS):
        cores = trace.cpu[start : start + 800]
        counts = result.losses[0, episode]
        assert counts[0, :4].tolist() == [
            800,
            len(gone[episode]),
            cores.sum(),
            trace.cpu[gone[episode]].sum(),
        ]
        # Small, medium and large VMs beside servers of 80 cores.
        limits = [(cores < 5).sum(), ((cores >= 5) & (cores < 20)).sum(), (cores >= 20).sum()]
        assert counts[1:, 0].tolist() == limits
        assert counts[1:].sum(axis=0) == pytest.approx(counts[0])
    asked = sum(trace.cpu[start : start + 800].sum() for start in STARTS)
    lost = sum(trace.cpu[vms].sum() for vms in gone)
    assert result.refused()[0] == pytest.approx(lost / asked)
    assert result.refused("vms")[0] == pytest.approx(sum(map(len, gone)) / 2400)
    assert 0 < result.refused("core-seconds", "large")[1] <= 1
    for arguments in (("nodes",), ("cores", "huge")):
        with pytest.raises(spane.InvalidArgumentError, match="must be one of"):
            result.refused(*arguments)


def test_metrics(trace: spane.Trace) -> None:
    described = spane.fleet_metrics()
    assert {"empty_servers", "packing_density"} <= {metric.name for metric in described}
    assert all(metric.summary for metric in described)
    plain = spane.evaluate(trace, STARTS, POLICIES, servers=3)
    assert plain.fleet_metrics == {}
    with_queue = spane.evaluate(trace, STARTS, POLICIES, servers=3, samples=4)
    assert (with_queue.waits == plain.waits).all()
    assert (with_queue.bounds == plain.bounds).all()
    assert (with_queue.lengths == plain.lengths).all()
    without = spane.evaluate(trace, STARTS, POLICIES, servers=3, length=800, queue=False)
    for result in (with_queue, without):
        assert list(result.fleet_metrics) == [metric.name for metric in described]
        for values in result.fleet_metrics.values():
            assert values.shape == (2, 3)
            assert ((values >= 0) & (values <= 1)).all()
        assert (result.fleet_metrics["used_cores"] > 0.2).all()
    # While nothing waits and nothing is refused, a queue makes no difference.
    waiting = spane.evaluate(trace, STARTS, POLICIES, servers=200, length=300, samples=5)
    refusing = spane.evaluate(
        trace, STARTS, POLICIES, servers=200, length=300, samples=5, queue=False
    )
    assert waiting.waits.max() == refusing.losses[..., 1].max() == 0
    for name, values in waiting.fleet_metrics.items():
        assert np.array_equal(values, refusing.fleet_metrics[name])


def test_threads_and_progress(trace: spane.Trace) -> None:
    heard: list[tuple[int, int]] = []
    results = [
        spane.evaluate(
            trace,
            STARTS,
            POLICIES,
            servers=3,
            length=800,
            queue=False,
            threads=threads,
            progress=lambda done, total: heard.append((done, total)),
        ).losses
        for threads in (1, 3)
    ]
    assert (results[0] == results[1]).all()
    assert heard[-1] == (6, 6)


def test_mistakes(trace: spane.Trace) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="length is None"):
        spane.evaluate(trace, STARTS, POLICIES, queue=False)
    with pytest.raises(spane.InvalidArgumentError, match="samples is -1"):
        spane.evaluate(trace, STARTS, POLICIES, samples=-1)
    with pytest.raises(TypeError, match="queue"):
        spane.evaluate(trace, STARTS, POLICIES, length=3, queue=0)  # type: ignore[call-overload]
