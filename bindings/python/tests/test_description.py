"""What the library says of itself."""

from __future__ import annotations

import re

import header
import numpy as np
import pytest

import spane
from spane import _library

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture
def cluster() -> spane.Cluster:
    made = spane.Cluster()
    made.add_servers(2, node_cpu=40, node_mem=90)
    return made


def test_rules(cluster: spane.Cluster) -> None:
    def names(role: spane.HeuristicRole) -> list[str]:
        return [h.name for h in spane.heuristics() if h.role is role]

    servers, nodes = names(spane.HeuristicRole.SERVER), names(spane.HeuristicRole.NODE)
    assert "most-allocated" in servers and "spread" in nodes
    for server in servers:
        for node in nodes:
            for name in (f"{server}+{node}", f"0.5*{server},-3*l2+{node}"):
                assert spane.Session(cluster, name).choose(1, 2) is not None
    with pytest.raises(spane.InvalidArgumentError, match="one of first, spread, pack"):
        spane.Session(cluster, "most-allocated+near")


def test_the_default_is_the_one_of_c() -> None:
    text = header.PATH.read_text()
    assert f'#define SPANE_DEFAULT_POLICY "{spane.DEFAULT_POLICY}"' in text


def test_a_mix(cluster: spane.Cluster) -> None:
    trace = spane.Trace.generate(200, seed=1)
    rule = spane.Rule("capacity-lost,100*most-allocated", trace)
    assert spane.Session(cluster, rule).choose(8, 16) is not None
    waits = spane.evaluate(trace, [0, 20], {"given": rule, "learned": rule.name}, length=50)
    assert set(waits.policies) == {"given", "learned"}
    assert spane.evaluate(trace, [0], [rule], length=50).policies == (rule.name,)
    with pytest.raises(spane.InvalidArgumentError, match="mix is set"):
        spane.Session(cluster, spane.Rule("l2", trace))
    with pytest.raises(TypeError, match="mix"):
        spane.Session(cluster, spane.Rule("l2", "trace.h5"))  # type: ignore[arg-type]


def test_a_closed_mix_is_refused(cluster: spane.Cluster) -> None:
    trace = spane.Trace.generate(200, seed=1)
    other = spane.Trace.generate(200, seed=2)
    rule = spane.Rule("capacity-lost", trace)
    session = spane.Session(cluster, rule)
    trace.close()
    assert session.choose(8, 16) is not None
    with pytest.raises(spane.ClosedError, match="this Trace is closed"):
        spane.Session(cluster, rule)
    with pytest.raises(spane.ClosedError, match="this Trace is closed"):
        spane.evaluate(other, [0], [rule], length=50)


def test_resources_of_a_mix_do_not_count() -> None:
    # Flavors that differ in disk alone are one. As twenty they would leave no place among the
    # sixteen that count to the other one.
    cpu, mem = [12.0] + [36.0] * 20, [40.0] + [8.0] * 20
    times, lives = [float(second) for second in range(21)], [1.0] * 21
    disk = [float(index) for index in range(21)]
    mixes = [
        spane.Trace.from_arrays(cpu, mem, times, lives, resources=resources)
        for resources in (None, {"disk": disk})
    ]
    cluster = some_use()
    requests = [[cores, gigabytes] for cores in (2.0, 5.0, 11.0) for gigabytes in (3.0, 9.0, 17.0)]
    rules: list[spane.Policy] = [*(spane.Rule("capacity-lost", mix) for mix in mixes), "first"]
    plain, parted, none = [
        spane.Session(cluster, rule).choose_many(requests).tolist() for rule in rules
    ]
    assert plain == parted
    assert plain != none


def test_a_ranking_is_that_of_one_rule() -> None:
    cluster = some_use()

    def session() -> spane.Session:
        made = spane.Session(cluster, "capacity-lost")
        for _ in range(10):
            made.choose(36, 8)
        return made

    ranked, _ = session().top(8, 8, k=cluster.servers)
    rest = list(range(cluster.servers))
    for server, _ in ranked.tolist():
        choice = session().choose(8, 8, among=np.array(rest, np.int32))
        assert choice is not None and choice.server == server
        rest.remove(server)
    assert len(ranked) > 64


def some_use() -> spane.Cluster:
    """Servers whose nodes have something of each kind left."""
    cluster = spane.Cluster()
    cluster.add_servers(80, node_cpu=40, node_mem=90)
    random = np.random.default_rng(3)
    for vm in range(160):
        size = float(random.integers(1, 36)), float(random.integers(1, 10))
        cluster.place(vm, spane.Placement(vm // 2, (vm % 2,)), *size)
    return cluster


def test_heuristics(cluster: spane.Cluster) -> None:
    known = [h for h in spane.heuristics() if h.role is spane.HeuristicRole.POLICY]
    assert [h.name for h in known] == [
        "first-fit",
        "best-fit",
        "balance-fit",
        "move-to-front",
        "random",
    ]
    assert [h.argument for h in known] == [None, None, None, None, "SEED"]
    assert all(h.summary for h in known)
    for heuristic in known:
        assert spane.Session(cluster, heuristic.name).choose(1, 2) is not None
    with pytest.raises(spane.InvalidArgumentError) as raised:
        spane.Session(cluster, "worst-fit")
    assert all(h.name in str(raised.value) for h in known)


def test_build() -> None:
    build = spane.build()
    assert build.version == spane.__version__
    assert build.abi_version == int(header.macros()["SPANE_ABI_VERSION"])
    assert re.fullmatch(r"[12]\.\d+\.\d+", build.hdf5_version)
    assert build.instruction_set in ("baseline", "x86-64-v3")
    assert build.default_threads >= 1


def test_the_version_of_the_library_is_that_of_the_package() -> None:
    assert _library.library().spane_version_string().decode() == spane.__version__


def test_clusters(cluster: spane.Cluster) -> None:
    before = cluster.info
    cluster.cordon(0)
    after = cluster.info
    assert before.servers == after.servers and before.vms == after.vms
    assert (before.cordoned, after.cordoned) == (0, 1)
    assert after.bytes >= before.bytes > 0
