"""Clusters: servers, VMs, saving."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture
def cluster() -> spane.Cluster:
    made = spane.Cluster()
    made.add_servers(3, node_cpu=40, node_mem=90)
    return made


def test_servers_of_different_sizes() -> None:
    cluster = spane.Cluster()
    assert cluster.servers == 0
    assert cluster.add_servers(node_cpu=40, node_mem=90).tolist() == [0]
    assert cluster.add_servers(2, node_cpu=8, node_mem=16).tolist() == [1, 2]
    assert cluster.add_servers(spane.ServerType([(1.5, 2.25)] * 2)).tolist() == [3]
    assert cluster.add_servers(0, node_cpu=8, node_mem=16).tolist() == []
    assert cluster.servers == 4
    server = cluster.server(3)
    assert server.capacity == server.free == ((1.5, 2.25), (1.5, 2.25))
    assert (server.vms, server.is_cordoned) == (0, False)


def test_a_vm_comes_and_goes(cluster: spane.Cluster) -> None:
    cluster.reserve(100)
    cluster.place(7, (1, (0,)), 4, 8)
    cluster.place(np.uint64(2**64 - 1), spane.Placement(2, (0, 1)), np.float64(4), 16)
    assert cluster.vms == 2
    assert 7 in cluster
    assert 8 not in cluster
    assert cluster.find(7) == spane.VM(spane.Placement(1, (0,)), spane.Request(4, 8, span=1))
    assert cluster.server(1).free == ((36, 82), (40, 90))
    assert cluster.server(2).free == ((38, 82), (38, 82))
    assert cluster.release(2**64 - 1) == (2, (0, 1))
    assert cluster.release(7) == (1, (0,))
    assert cluster.vms == 0
    assert cluster.server(2).free == ((40, 90), (40, 90))


def test_cordoned_servers_take_nothing(cluster: spane.Cluster) -> None:
    cluster.cordon(1)
    assert cluster.server(1).is_cordoned
    with pytest.raises(spane.InfeasibleActionError):
        cluster.place(1, (1, (0,)), 4, 8)
    cluster.uncordon(1)
    cluster.place(1, (1, (0,)), 4, 8)


def test_set_free(cluster: spane.Cluster) -> None:
    cluster.set_free(0, 1, 3, 2.5)
    assert cluster.server(0).free == ((40, 90), (3, 2.5))


def test_split_above() -> None:
    cluster = spane.Cluster(split_above=math.inf)
    cluster.add_servers(node_cpu=40, node_mem=90)
    cluster.place(1, (0, (1,)), 4, 80)
    with pytest.raises(spane.InvalidArgumentError):
        spane.Cluster(split_above=-1)


def test_saving(cluster: spane.Cluster, tmp_path: Path) -> None:
    cluster.place(7, (1, (0,)), 4, 8)
    cluster.cordon(2)
    cluster.save(tmp_path / "cluster.h5")
    again = [
        spane.Cluster.load(tmp_path / "cluster.h5"),
        spane.Cluster.load(str(tmp_path / "cluster.h5")),
        spane.Cluster.from_bytes((tmp_path / "cluster.h5").read_bytes()),
        spane.Cluster.from_bytes(bytearray(cluster.to_bytes())),
        spane.Cluster.from_bytes(memoryview(cluster.to_bytes())),
        spane.Cluster.from_bytes(np.frombuffer(cluster.to_bytes(), np.uint8)),
    ]
    for copy in again:
        assert (copy.servers, copy.vms) == (3, 1)
        assert copy.find(7).placement == (1, (0,))
        assert copy.server(2).is_cordoned


def test_repr(cluster: spane.Cluster) -> None:
    assert repr(cluster) == "<spane.Cluster of 3 servers with 0 VMs>"
    cluster.close()
    assert repr(cluster) == "<spane.Cluster (closed)>"


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 2**32, 2**64])
def test_numbers_are_never_cut_to_size(cluster: spane.Cluster, number: int) -> None:
    with pytest.raises(spane.InvalidArgumentError, match=r"server is .*; it must fit in 32 bits"):
        cluster.cordon(number)
    with pytest.raises(spane.InvalidArgumentError, match="server"):
        cluster.place(1, (number, (0,)), 1, 1)
    assert cluster.vms == 0


def test_ids_are_64_bits(cluster: spane.Cluster) -> None:
    for number in (-1, 2**64):
        with pytest.raises(spane.InvalidArgumentError, match="vm is"):
            cluster.find(number)
        with pytest.raises(spane.InvalidArgumentError, match="vm is"):
            cluster.place(number, (0, (0,)), 1, 1)


def test_numbers_must_be_whole(cluster: spane.Cluster) -> None:
    with pytest.raises(TypeError):
        cluster.cordon(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        cluster.find("1")  # type: ignore[arg-type]


def test_all_that_is_left(cluster: spane.Cluster) -> None:
    cluster.place(7, (1, (0,)), 4, 8)
    cluster.cordon(1)
    assert cluster.amounts().free.tolist() == [
        [[40, 90], [40, 90]],
        [[36, 82], [40, 90]],
        [[40, 90], [40, 90]],
    ]
    some = cluster.amounts([2, 1])
    assert some.capacity.tolist() == [[[40, 90]] * 2] * 2
    assert some.free[1].tolist() == [[36, 82], [40, 90]]
    assert some.server_free.shape == (2, 0)
    assert cluster.amounts([]).free.shape == (0, 2, 2)
    with pytest.raises(spane.InvalidArgumentError, match="3"):
        cluster.amounts([0, 3])


IDS = [0, 2**63 - 1, 2**63, 2**64 - 1]


def test_ids_have_64_bits(cluster: spane.Cluster, tmp_path: Path) -> None:
    for node, vm in enumerate(IDS):
        cluster.place(vm, (0, [node % 2]), 1, 2)
    cluster.save(tmp_path / "cluster.h5")
    with pytest.raises(spane.InvalidArgumentError, match="2\\^64 - 1"):
        cluster.place(2**64, (0, (0,)), 1, 2)
    for again in (cluster, spane.Cluster.load(tmp_path / "cluster.h5")):
        with pytest.raises(spane.ExistsError, match=str(2**64 - 1)):
            again.place(2**64 - 1, (0, (0,)), 1, 2)
        for node, vm in enumerate(IDS):
            assert again.release(vm) == (0, (node % 2,))


def test_ids_that_others_have_written(cluster: spane.Cluster, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    for vm in IDS:
        cluster.place(vm, (0, (0,)), 1, 2)
    cluster.save(tmp_path / "cluster.h5")
    with h5py.File(tmp_path / "cluster.h5", "a", libver=("v110", "v110")) as file:
        ids = file["vm_id"][:].astype("<u8")
        del file["vm_id"]
        file.create_dataset("vm_id", data=ids, chunks=ids.shape, fletcher32=True)
    again = spane.Cluster.load(tmp_path / "cluster.h5")
    assert all(vm in again for vm in IDS)


@pytest.mark.parametrize(("cpu", "mem", "told"), [(1e-7, 1, "1e-07"), (1, 1e-9, "1e-09")])
def test_amounts_below_the_smallest_step(
    cluster: spane.Cluster, cpu: float, mem: float, told: str
) -> None:
    for call in (
        lambda: cluster.place(1, (0, (0,)), cpu, mem),
        lambda: cluster.add_servers(node_cpu=cpu, node_mem=mem),
        lambda: cluster.add_servers(spane.ServerType([(cpu, mem)])),
    ):
        with pytest.raises(spane.InvalidArgumentError, match=f"{told}.* below the smallest step"):
            call()


def test_the_placement_comes_before_the_request() -> None:
    cluster = spane.Cluster()
    cluster.add_servers(1, node_cpu=40, node_mem=90)
    request, placement = spane.Request(4, 8), spane.Placement(0, (0,))
    for put in (cluster.place, cluster.record):
        with pytest.raises(spane.InvalidArgumentError, match=r"^placement is Request\("):
            put(1, request, placement)  # type: ignore[arg-type]
    assert cluster.vms == 0
