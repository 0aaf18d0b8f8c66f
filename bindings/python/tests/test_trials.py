"""Trials: changes to a cluster that are taken back; and batches."""

from __future__ import annotations

import pytest

import spane


@pytest.fixture
def cluster() -> spane.Cluster:
    cluster = spane.Cluster()
    cluster.add_servers(4, node_cpu=40, node_mem=90)
    return cluster


def test_would_the_vms_of_a_server_fit_elsewhere(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "first-fit")
    for vm in range(10):
        session.place(vm, 8, 9)
    before = {vm: cluster.find(vm) for vm in range(10)}
    with cluster.trial():
        lost = cluster.fail_server(0)
        assert len(lost) == 10
        assert all(session.place(vm, 8, 9) for vm in lost)
    assert {vm: cluster.find(vm) for vm in range(10)} == before
    assert session.place(10, 8, 9) == (1, (0,))


def test_what_is_kept_stays(cluster: spane.Cluster) -> None:
    with cluster.trial() as trial:
        cluster.place(1, (0, (0,)), 4, 8)
        with cluster.trial():
            cluster.release(1)
        assert 1 in cluster
        trial.keep()
    assert 1 in cluster


def test_errors_take_everything_back(cluster: spane.Cluster) -> None:
    with pytest.raises(spane.ExistsError), cluster.trial() as trial:
        trial.keep()
        cluster.place(1, (0, (0,)), 4, 8)
        cluster.place(1, (0, (0,)), 4, 8)
    assert cluster.vms == 0


def test_servers_stay_during_a_trial(cluster: spane.Cluster) -> None:
    with cluster.trial(), pytest.raises(spane.Error, match="a trial is open"):
        cluster.remove_server(3)
    cluster.remove_server(3)


def test_batches_are_placed_wholly_or_not_at_all(cluster: spane.Cluster) -> None:
    session = spane.Session(cluster, "first-fit")
    placed = session.place_many(range(8), [(40, 9.0)] * 8)
    assert placed is not None
    assert placed[:, 0].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert [cluster.find(vm).placement.server for vm in range(8)] == placed[:, 0].tolist()
    cluster.release(7)
    requests = [spane.Request(20, 4), spane.Request(20, 4), spane.Request(1, 4)]
    assert session.place_many([10, 11, 12], requests) is None
    assert cluster.vms == 7 and 10 not in cluster
    with pytest.raises(spane.NeverFitsError, match="400"):
        session.place_many([10, 11], [(20, 4), (400, 4)])
    with pytest.raises(spane.ExistsError, match="id is 3"):
        session.place_many([10, 3], [(20, 4), (20, 4)])
    with pytest.raises(spane.InvalidArgumentError, match="vms are 1 ids"):
        session.place_many([10], [(20, 4), (20, 4)])
    assert cluster.vms == 7
    assert session.place_many([], []) is not None
    with pytest.raises(spane.NeverFitsError, match="400"):
        session.place_many([10, 11], (request for request in [(20, 4), (400, 4)]))
