"""Trials: changes to a cluster that are taken back."""

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
