"""What the library says of itself."""

from __future__ import annotations

import re

import header
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
