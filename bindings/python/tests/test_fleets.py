"""Servers of any kinds, and the life of a fleet."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest
from conftest import REPOSITORY
from fleets import GPU, RING, SINGLE, SSD, UNEVEN, is_consistent, mixed

import spane

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture
def cluster() -> spane.Cluster:
    return mixed()


def test_options_are_told(cluster: spane.Cluster) -> None:
    assert cluster.options == (4, 100, 32, 2, ("gpu",), ("disk",), ())
    assert spane.Cluster().options == (2, 10, np.inf, 2, (), (), ())


def test_what_a_fleet_has(cluster: spane.Cluster) -> None:
    amounts = cluster.amounts()
    assert amounts.capacity.shape == amounts.free.shape == (3, 4, 3)
    assert amounts.capacity.tolist() == [
        [[16, 64, 1]] * 4,
        [[8, 32, 0]] + [[0, 0, 0]] * 3,
        [[48, 256, 4], [24, 128, 0], [0, 0, 0], [0, 0, 0]],
    ]
    assert amounts.server_capacity.tolist() == [[1000], [500], [2000]]
    cluster.place(7, (2, (0, 1)), 8, 40, span=2, amounts={"disk": 100.5})
    assert cluster.amounts([2]).free.tolist() == [[[44, 236, 4], [20, 108, 0], [0] * 3, [0] * 3]]
    assert cluster.amounts(np.array([2, 0], np.int32)).server_free.tolist() == [[1899.5], [1000]]
    server = cluster.server(2)
    assert server.capacity == ((48, 256, 4), (24, 128, 0))
    assert server.free == ((44, 236, 4), (20, 108, 0))
    assert (server.server_capacity, server.server_free) == ((2000,), (1899.5,))
    assert (server.vms, server.is_cordoned, server.traits) == (1, False, SSD | GPU)
    assert len(cluster.server(1).free) == 1


def test_what_a_vm_asked_for_is_told(cluster: spane.Cluster) -> None:
    whole = spane.Request(
        8, 32, span=2, amounts={"gpu": 2.0, "disk": 10.0}, require=SSD, forbid=GPU, farthest=12
    )
    cluster.place(1, (0, (0, 1)), whole)
    assert cluster.find(1) == spane.VM(spane.Placement(0, (0, 1)), whole)
    cluster.place(2, (1, (0,)), 1, 2)
    assert cluster.find(2).request == spane.Request(1, 2, span=1)
    cluster.place(3, (0, (2,)), spane.Request(1, 2, amounts=[1, 5]))
    assert cluster.find(3).request.amounts == {"gpu": 1, "disk": 5}
    assert is_consistent(cluster)


def test_decimals_add_up(cluster: spane.Cluster) -> None:
    for vm in range(10):
        cluster.place(vm, (0, (0,)), 0.1, 0.3, amounts={"gpu": 0.1, "disk": 0.7})
    assert cluster.server(0).free[0] == (15, 61, 0)
    assert cluster.server(0).server_free == (993,)
    with pytest.raises(spane.InfeasibleActionError):
        cluster.place(10, (0, (0,)), 0.1, 0.1, amounts={"gpu": 0.000001})
    for vm in range(10):
        assert cluster.find(vm).request.amounts == {"gpu": 0.1, "disk": 0.7}
        cluster.release(vm)
    assert cluster.server(0).free == cluster.server(0).capacity


def test_record_takes_what_is_true(cluster: spane.Cluster) -> None:
    cluster.cordon(1)
    with pytest.raises(spane.InfeasibleActionError):
        cluster.place(1, (1, (0,)), 4, 8)
    cluster.record(1, (1, (0,)), 10, 40, amounts={"disk": 600})
    assert cluster.server(1).free == ((-2, -8, 0),)
    assert cluster.server(1).server_free == (-100,)
    cluster.uncordon(1)
    assert cluster.room(1, 1, servers=[1]).tolist() == [0]
    with pytest.raises(spane.ExistsError):
        cluster.record(1, (0, (0,)), 1, 1)
    assert is_consistent(cluster)
    cluster.release(1)
    assert cluster.room(1, 1, servers=[1]).tolist() == [8]


def test_move(cluster: spane.Cluster) -> None:
    cluster.place(1, (0, (0, 1)), 32, 20)
    cluster.move(1, (0, (1, 2)))  # what it leaves counts as free
    assert cluster.find(1).placement == (0, (1, 2))
    assert cluster.server(0).free == ((16, 64, 1), (0, 54, 1), (0, 54, 1), (16, 64, 1))
    cluster.move(1, spane.Placement(2, (0, 1)))
    assert cluster.server(0).free == cluster.server(0).capacity
    cluster.place(2, (0, (3,)), 16, 1)
    cluster.cordon(1)
    for placement in ((0, (2, 3)), (1, (0,))):
        with pytest.raises((spane.InfeasibleActionError, spane.InvalidArgumentError)):
            cluster.move(1, placement)
    with pytest.raises(spane.NotFoundError, match="99"):
        cluster.move(99, (0, (0,)))
    assert cluster.find(1).placement == (2, (0, 1))
    assert is_consistent(cluster)


def test_resize(cluster: spane.Cluster) -> None:
    cluster.place(1, (0, (0,)), 10, 20)
    cluster.resize(1, 16, 64, amounts={"gpu": 1})
    assert cluster.server(0).free[0] == (0, 0, 0)
    with pytest.raises(spane.InfeasibleActionError):
        cluster.resize(1, 16.5, 64)
    with pytest.raises(spane.InvalidArgumentError):
        cluster.resize(1, 8, 64, span=2)
    cluster.resize(1, spane.Request(1, 2))
    assert cluster.server(0).free[0] == (15, 62, 1)
    with pytest.raises(spane.NotFoundError):
        cluster.resize(2, 1, 1)
    assert is_consistent(cluster)


def test_a_server_fails(cluster: spane.Cluster) -> None:
    for vm in (9, 2**64 - 1, 4):
        cluster.place(vm, (0, (vm % 4,)), 1, 2)
    cluster.place(5, (2, (1,)), 1, 2)
    assert cluster.fail_server(0).tolist() == [4, 9, 2**64 - 1]
    assert cluster.vm_ids().tolist() == [5]
    assert cluster.server(0).is_cordoned
    assert cluster.server(0).free == cluster.server(0).capacity
    assert cluster.fail_server(1).tolist() == []
    cluster.uncordon(0)
    cluster.place(4, (0, (0,)), 1, 2)


def test_a_server_is_removed(cluster: spane.Cluster) -> None:
    cluster.place(1, (0, (0,)), 1, 2)
    with pytest.raises(spane.BadStateError, match="1"):
        cluster.remove_server(0)
    cluster.move(1, (2, (0,)))
    cluster.remove_server(0)
    # The last one takes its place, and keeps its number.
    assert cluster.server_numbers().tolist() == [2, 1]
    assert cluster.amounts().server_capacity.tolist() == [[2000], [500]]
    assert spane.Session(cluster, "first-fit").choose(1, 2) == (2, (0,))
    for use in (cluster.server, cluster.cordon, cluster.remove_server):
        with pytest.raises(spane.InvalidArgumentError, match="0"):
            use(0)
    assert cluster.add_servers(SINGLE, 2).tolist() == [0, 3]
    assert cluster.server_numbers().tolist() == [2, 1, 0, 3]
    assert cluster.vm_ids(2).tolist() == [1]
    assert is_consistent(cluster)


def test_a_server_gets_another_size(cluster: spane.Cluster) -> None:
    cluster.place(1, (2, (0,)), 40, 100, span=1)
    cluster.resize_server(2, spane.ServerType([(32, 256, 4), (32, 256)], [3000], traits=0))
    server = cluster.server(2)
    assert server.free == ((-8, 156, 4), (32, 256, 0))
    assert (server.server_free, server.traits, server.vms) == ((3000,), 0, 1)
    assert spane.Session(cluster, "first-fit").choose(30, 4, among=[2]) == (2, (1,))
    with pytest.raises(spane.NeverFitsError):
        spane.Session(cluster, "first-fit").choose(1, 1, require=GPU)
    cluster.place(2, (2, (1,)), 1, 1)
    with pytest.raises(spane.InvalidArgumentError, match="node"):
        cluster.resize_server(2, SINGLE)
    assert is_consistent(cluster)


def test_rename_and_lists(cluster: spane.Cluster) -> None:
    for vm, server in ((30, 0), (10, 2), (20, 0)):
        cluster.place(vm, (server, (0,)), 1, 2)
    cluster.rename(30, 15)
    assert cluster.vm_ids().tolist() == [10, 15, 20]
    assert cluster.vm_ids(0).tolist() == [15, 20]
    assert cluster.vm_ids(1).tolist() == []
    assert cluster.find(15).placement == (0, (0,))
    assert 30 not in cluster
    with pytest.raises(spane.ExistsError, match="20"):
        cluster.rename(15, 20)
    with pytest.raises(spane.NotFoundError, match="30"):
        cluster.rename(30, 31)
    with pytest.raises(spane.InvalidArgumentError, match="-1"):
        cluster.vm_ids(-1)


def test_states(cluster: spane.Cluster, tmp_path: Path) -> None:
    cluster.place(1, (0, (1, 3)), 8, 32, span=2, amounts=[1, 10], require=SSD, farthest=20)
    cluster.remove_server(1)
    cluster.record(2, (2, (1,)), 30, 30, span=1)
    cluster.save(tmp_path / "fleet.h5")
    for again in (
        spane.Cluster.load(tmp_path / "fleet.h5"),
        spane.Cluster.from_bytes(cluster.to_bytes()),
        copy.deepcopy(cluster),
    ):
        assert again.options == cluster.options
        assert again.to_bytes() == cluster.to_bytes()
        assert again.server_numbers().tolist() == [0, 2]
        assert [again.server(server) for server in (0, 2)] == [cluster.server(s) for s in (0, 2)]
        assert [again.find(vm) for vm in (1, 2)] == [cluster.find(vm) for vm in (1, 2)]
        assert again.add_servers(UNEVEN).tolist() == [1]
        # Distances are kept too.
        session = spane.Session(again, "first-fit")
        assert session.choose(8, 8, span=2, farthest=12, among=[0]) == (0, (0, 1))


def test_requests_for_the_same_are_saved_alike(cluster: spane.Cluster) -> None:
    cases: list[list[float] | dict[str, float]] = [[], [0.5], {"gpu": 0.5}, [0.5, 0]]
    for vm, amounts in enumerate(cases):
        cluster.place(vm, (0, (vm,)), 1, 2, amounts=amounts, forbid=4)
    assert spane.Cluster.from_bytes(cluster.to_bytes()).to_bytes() == cluster.to_bytes()


def test_a_fleet_in_a_file(tmp_path: Path) -> None:
    path = REPOSITORY / "data" / "fleets" / "mixed.toml"
    cluster = spane.Cluster.load(path)
    options = cluster.options
    assert (options.nodes, options.split_above, options.span) == (4, 64, 2)
    assert (options.node_resources, options.server_resources) == (("gpu",), ("disk",))
    types = [cluster.server(server).type for server in cluster.server_numbers()]
    assert types == ["gen1"] * 6 + ["gen2"] * 3 + ["gpu"]
    assert cluster.server(9).capacity == ((48, 256, 4), (48, 256, 0))
    ssd = 1 << options.traits.index("local-ssd")
    assert [cluster.server(server).traits for server in (0, 6, 9)] == [0, ssd, 0]
    session = spane.Session(cluster, "first-fit")
    chosen = [
        session.choose(4, 8, require=ssd),
        session.choose(4, 8, amounts={"gpu": 1}),
        session.choose(16, 66),  # spread by the fleet's rule
    ]
    assert [(place.server, len(place.nodes)) for place in chosen if place] == [
        (6, 1),
        (9, 1),
        (0, 2),
    ]
    cluster.save(tmp_path / "cluster.h5")
    for again in (
        spane.Cluster.load(tmp_path / "cluster.h5"),
        spane.Cluster.from_bytes(path.read_bytes()),
        copy.deepcopy(cluster),
    ):
        assert again.options == options
        assert [again.server(server).type for server in range(10)] == types
    with pytest.raises(spane.FormatError, match="nodes is 9"):
        spane.Cluster.from_bytes(b'[[server]]\nname = "a"\nnodes = 9\ncpu = 1\nmem = 1\n')


def test_names_of_traits_and_types() -> None:
    cluster = spane.Cluster(traits=["ssd", "gpu"])
    (server,) = cluster.add_servers(spane.ServerType([(4, 8)] * 2, traits=0b10, name="gen\u00fc"))
    assert cluster.options.traits == ("ssd", "gpu")
    assert cluster.server(server).type == "gen\u00fc"
    with pytest.raises(spane.InvalidArgumentError, match="trait ssd is there twice"):
        spane.Cluster(traits=["ssd", "ssd"])
    with pytest.raises(spane.InvalidArgumentError, match="256 bytes"):
        cluster.add_servers(spane.ServerType([(4, 8)] * 2, name="x" * 256))


def test_progress_of_files(cluster: spane.Cluster, tmp_path: Path) -> None:
    path = tmp_path / "cluster.h5"
    told: list[tuple[int, int]] = []

    def hear(done: int, total: int) -> None:
        told.append((done, total))

    cluster.save(path, progress=hear)
    assert told[-1] == (cluster.servers + cluster.vms,) * 2
    spane.Cluster.load(path, progress=hear)
    assert told[-1] == (path.stat().st_size,) * 2


def test_up_to_eight_nodes() -> None:
    cluster = spane.Cluster(nodes=8, span=8, split_above=10)
    assert cluster.add_servers(2, node_cpu=4, node_mem=8).tolist() == [0, 1]
    assert len(cluster.server(1).capacity) == 8
    assert spane.Session(cluster, "best-fit").place(1, 8, 16) == (0, tuple(range(8)))
    assert cluster.server(0).free == ((3, 6),) * 8
    assert spane.Session(cluster, "first-fit").choose(9, 3, span=3) == (0, (0, 1, 2))


WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda c: c.place(1, (0, (0,)), 1, 1, amounts={"fpga": 1}), "'fpga'.*: gpu, disk"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, amounts=[1, 2, 3]), "3 amounts; there are 2 resources"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, amounts={"gpu": -1}), "gpu|amounts"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, farthest=0), "farthest is 0; it must be 1 ... 255"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, farthest=256), "farthest is 256"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, require=-1), "require is -1"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, forbid=2**64), "forbid is 18446744073709551616"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, span=9), "span.* 9"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, span=-1), "span.* -1"),
    (lambda c: c.place(1, (0, (0,)), 0, 1), r"0\.0 cores.*above 0"),
    (lambda c: c.place(1, (0, (0,)), 1, float("nan")), "nan GB.*above 0"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, span=2), "node"),
    (lambda c: c.place(1, (1, (1,)), 1, 1), "node"),
    (lambda c: c.place(1, (3, (0,)), 1, 1), "server.* 3"),
    (lambda c: c.place(1, (0, ()), 1, 1), "it must name one or more, each once"),
    (lambda c: c.place(1, (0, (1, 1)), 1, 1), "it must name one or more, each once"),
    (lambda c: c.place(1, (0, (8,)), 1, 1), r"node 8: nodes must be 0 ... 7"),
    (lambda c: c.place(1, 0, 1, 1), r"placement is 0; it must be \(server, nodes\)"),
    (lambda c: c.add_servers(spane.ServerType([])), "nodes.* 0"),
    (lambda c: c.add_servers(spane.ServerType([(1, 1)] * 5)), "nodes.* 5"),
    (lambda c: c.add_servers(spane.ServerType([(1,)])), r"nodes\[0\] is \(1,\)"),
    (lambda c: c.add_servers(spane.ServerType([(1, 1, 1, 1)])), r"nodes\[0\] has 2 amounts"),
    (lambda c: c.add_servers(spane.ServerType([(1, 1)], {"gpu": 1})), "'gpu'.*: disk"),
    (lambda c: c.add_servers(spane.ServerType([(1, -1)])), "-1"),
    (lambda c: c.add_servers(spane.ServerType([(1, 1)], traits=-1)), "traits is -1"),
    (lambda c: c.add_servers(spane.ServerType([(1, 1)], distances=[[256]])), "0 ... 255"),
    (lambda c: c.add_servers(spane.ServerType([(1, 1)], distances=RING)), r"it must be \(1, 1\)"),
    (lambda c: c.resize_server(3, SINGLE), "server.* 3"),
    (lambda c: c.room(1, 1, servers=[0, 3]), "3"),
    (lambda c: c.amounts([-1]), "-1"),
    (lambda c: spane.Cluster(nodes=0), "nodes.* 0"),
    (lambda c: spane.Cluster(nodes=9), "nodes.* 9"),
    (lambda c: spane.Cluster(span=9), "span.* 9"),
    (lambda c: spane.Cluster(node_resources=["gpu", "gpu"]), "gpu"),
    (lambda c: spane.Cluster(node_resources=["gpu"], server_resources=["gpu"]), "gpu"),
    (lambda c: spane.Cluster(node_resources=[""]), "resource"),
    (lambda c: spane.Cluster(node_resources=["gpu\nfpga"]), r'"gpu\\nfpga" has a line end'),
    (lambda c: spane.Cluster(server_resources=["disk\r"]), "has a line end"),
    (lambda c: spane.Cluster(server_resources=["disk\0"]), "zero byte"),
    (lambda c: spane.Cluster(server_resources=["mem"]), "mem is there twice"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, amounts={"gpu": 1e-9}), "gpu is 1e-09; it is below"),
    (lambda c: c.place(1, (0, (0,)), 1, 1, amounts={"disk": 1e-9}), "disk is 1e-09; it is below"),
    (
        lambda c: c.add_servers(spane.ServerType([(1, 1), (1e-9, 1)])),
        "cpu of node 1 is 1e-09; it is",
    ),
    (lambda c: c.add_servers(spane.ServerType([(1, 1, 1e-9)])), "gpu of node 0 is 1e-09; it is"),
    (lambda c: c.add_servers(spane.ServerType([(1, 1)], [1e-9])), "disk is 1e-09; it is below"),
    (lambda c: spane.Cluster(split_from=-1), "split_from.* -1"),
]


@pytest.mark.parametrize(("use", "told"), WRONG)
def test_what_is_wrong_is_named(
    cluster: spane.Cluster, use: Callable[[spane.Cluster], Any], told: str
) -> None:
    before = cluster.to_bytes()
    with pytest.raises((spane.InvalidArgumentError, spane.ShapeMismatchError), match=told):
        use(cluster)
    assert cluster.to_bytes() == before


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.place(1, (0, (0,)), 1),
        lambda c: c.place(1, (0, (0,)), spane.Request(1, 1), 1),
        lambda c: c.place(1, (0, (0,)), spane.Request(1, 1), span=1),
        lambda c: c.place(1, (0, 0), 1, 1),
        lambda c: c.place(1, (0, (0.5,)), 1, 1),
        lambda c: c.place(1, (0, (0,)), 1, 1, spam=1),
        lambda c: c.add_servers(2),
        lambda c: c.add_servers(2, node_cpu=1),
        lambda c: c.add_servers(2, 3, node_cpu=1, node_mem=1),
        lambda c: c.add_servers(SINGLE, node_cpu=1),
        lambda c: spane.Cluster(node_resources="gpu"),
        lambda c: spane.Cluster(node_resources=[1]),  # type: ignore[list-item]
    ],
)
def test_calls_that_make_no_sense(
    cluster: spane.Cluster, use: Callable[[spane.Cluster], Any]
) -> None:
    with pytest.raises(TypeError):
        use(cluster)


def test_placements_in_arrays() -> None:
    assert spane.Placement.of(*np.array([3, 0b1010], np.int32)) == (3, (1, 3))
    assert spane.Placement(3, (1, 3)).mask == 0b1010
    assert spane.node_sets(4, 2) == [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    assert spane.node_sets(1, 2) == []
    for wrong in ((0, 1), (9, 1), (2, 0), (2, 9)):
        with pytest.raises(spane.InvalidArgumentError, match=r"it must be 1 \.\.\. 8"):
            spane.node_sets(*wrong)
    for mask in (0, 256, -1):
        with pytest.raises(spane.InvalidArgumentError, match=f"mask is {mask}"):
            spane.Placement.of(0, mask)
