"""Logs of clusters, sessions in the shadow of other schedulers, and replays."""

from __future__ import annotations

import inspect
import math
from pathlib import Path

import pytest

import spane
from spane import ShadowOutcome


@pytest.fixture
def cluster(library: str) -> spane.Cluster:
    cluster = spane.Cluster()
    cluster.add_servers(2, node_cpu=40, node_mem=90)
    return cluster


def test_a_log_has_what_happened(cluster: spane.Cluster, tmp_path: Path) -> None:
    path = tmp_path / "cluster.log"
    session = spane.Session(cluster, "first-fit")
    assert cluster.log_info is None
    with cluster.start_log(path):
        cluster.set_log_time(0)
        for vm in range(4):
            session.place(vm, 40, 9)
        assert session.place(9, 40, 9) is None
        cluster.set_log_time(10)
        cluster.release(0)
        assert session.place(9, 40, 9) == (0, (0,))
        cluster.sync_log()
        # The state, the clock, six placements that were tried or made, and an end.
        assert cluster.log_info == (False, 9, path.stat().st_size, 0)
    assert cluster.log_info is None
    told = spane.replay(path)
    assert (told.vms, told.refused, told.waited, told.wait) == (5, 0, 1, 10.0)
    assert (told.compared, told.seconds, told.servers_needed) == (0, 0.0, None)
    again = spane.replay(str(path), "first-fit", needed=True)
    assert (again.vms, again.refused, again.compared, again.alike) == (5, 0, 5, 5)
    # It is refused until it is asked for again.
    assert again.servers_needed is None
    few = spane.replay(path, "first-fit", servers=1)
    assert (few.vms, few.refused) == (5, 2)
    waiting = spane.replay(path, spane.DEFAULT_POLICY, servers=1, queue=True)
    assert waiting.refused >= 1 and waiting.wait > 0 and waiting.longest_wait >= 10


def test_moves_make_room(cluster: spane.Cluster, tmp_path: Path) -> None:
    path = tmp_path / "cluster.log"
    for server in 0, 1:
        cluster.record(server, (server, (0,)), 30, 8)
    with cluster.start_log(path, "buffered"):
        session = spane.Session(cluster, "first-fit")
        assert session.place(7, 70, 60, span=2) is None
    assert spane.replay(path, "balance-fit").refused == 1
    moved = spane.replay(path, "balance-fit", moves=2)
    assert (moved.refused, moved.moves, moved.moved) == (0, 1, 8.0)


def test_a_log_goes_on(cluster: spane.Cluster, tmp_path: Path) -> None:
    path = tmp_path / "cluster.log"
    cluster.start_log(path, durability="synced")
    cluster.cordon(0)
    cluster.stop_log()
    with path.open("ab") as file:
        file.write(b"torn")
    seen: list[tuple[int, int]] = []
    cluster.start_log(path, progress=lambda *done: seen.append(done))
    assert seen[-1] == (2, 2)
    info = cluster.log_info
    assert info is not None and info.cut == 4 and info.events == 1
    cluster.stop_log()
    # What has ended or is closed within a `with` statement is no error at its end.
    with cluster.start_log(path):
        cluster.stop_log()
    with cluster.start_log(path):
        cluster.close()


def test_a_log_that_is_cancelled_is_not_there(cluster: spane.Cluster, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cluster.start_log(tmp_path / "cluster.log", progress=stop)
    assert list(tmp_path.iterdir()) == []
    assert cluster.log_info is None


def test_errors(cluster: spane.Cluster, tmp_path: Path) -> None:
    path = tmp_path / "cluster.log"
    with pytest.raises(spane.InvalidArgumentError, match="durability is 'safe'"):
        cluster.start_log(path, "safe")  # type: ignore[arg-type]
    with pytest.raises(spane.FileError, match="not a regular file"):
        cluster.start_log(tmp_path)
    text = tmp_path / "text"
    text.write_text("something else")
    with pytest.raises(spane.FormatError, match="is no log"):
        cluster.start_log(text)
    for call in cluster.stop_log, cluster.sync_log, lambda: cluster.set_log_time(1):
        with pytest.raises(spane.BadStateError, match="has no log"):
            call()
    with cluster.start_log(path):
        with pytest.raises(spane.BadStateError, match="has a log already"):
            cluster.start_log(tmp_path / "other.log")
        with pytest.raises(spane.InvalidArgumentError, match="seconds is nan"):
            cluster.set_log_time(math.nan)
        with pytest.raises(TypeError, match="seconds is 'now'; it must be a number"):
            cluster.set_log_time("now")  # type: ignore[arg-type]
    with pytest.raises(spane.FileError, match=r"no-such\.log"):
        spane.replay(tmp_path / "no-such.log")
    with pytest.raises(spane.FormatError, match="is no log"):
        spane.replay(text, "first-fit")
    with pytest.raises(spane.InvalidArgumentError, match="servers is 0; it must be at least 1"):
        spane.replay(path, "first-fit", servers=0)
    with pytest.raises(spane.InvalidArgumentError, match="servers is 3; the log begins with 2"):
        spane.replay(path, "first-fit", servers=3)
    with pytest.raises(spane.InvalidArgumentError, match=r"needed and .*queue are both 1"):
        spane.replay(path, "first-fit", queue=True, needed=True)
    with pytest.raises(TypeError, match="queue is 1; it must be a bool"):
        spane.replay(path, "first-fit", queue=1)  # type: ignore[arg-type]
    with pytest.raises(spane.InvalidArgumentError, match="moves is -1"):
        spane.replay(path, "first-fit", moves=-1)


def test_networks_replay(cluster: spane.Cluster, model: spane.Model, tmp_path: Path) -> None:
    path = tmp_path / "cluster.log"
    with cluster.start_log(path):
        session = spane.Session(cluster, model)
        for vm in range(30):
            session.place(vm, 2, 4)
    again = spane.replay(path, model)
    assert (again.compared, again.alike) == (30, 30)


def test_shadows(cluster: spane.Cluster, tmp_path: Path) -> None:
    path = tmp_path / "cluster.log"
    session = spane.Session(cluster, "best-fit")
    with cluster.start_log(path):
        told = session.shadow(1, cpu=4, mem=8, server=0, nodes=(0,))
        assert told == spane.Shadow(ShadowOutcome.SAME, spane.Placement(0, (0,)), 0.0)
        assert cluster.find(1).placement == (0, (0,))
        told = session.shadow(2, spane.Request(4, 8), server=1, nodes=[1])
        assert told.outcome is ShadowOutcome.OTHER_SERVER
        assert told.placement == (0, (0,)) and told.advantage >= 0
        told = session.shadow(3, 4, 8, server=None)
        assert told.outcome is ShadowOutcome.ONLY_OWN and math.isnan(told.advantage)
        assert told.placement is not None and 3 not in cluster
        told = session.shadow(4, 400, 8, server=None)
        assert told.outcome is ShadowOutcome.NEITHER and told.placement is None
        with pytest.raises(spane.ExistsError, match="id is 1"):
            session.shadow(1, 4, 8, server=1, nodes=(0,))
        with pytest.raises(spane.InvalidArgumentError, match="it must name one or more"):
            session.shadow(5, 4, 8, server=1)
        with pytest.raises(spane.InvalidArgumentError, match="server is 7"):
            session.shadow(5, 4, 8, server=7, nodes=(0,))
    figures = spane.replay(path)
    assert (figures.vms, figures.refused) == (4, 2)


def test_replay_defaults_are_those_of_the_library(library: str) -> None:
    from ctypes import byref

    from spane import _library, _structs

    options = _structs.sized(_structs.ReplayOptions)
    assert _library.library().spane_replay_options_init(byref(options)) == 0
    taken = inspect.signature(spane.replay).parameters
    for name in "moves", "move_price", "move_budget":
        assert taken[name].default == getattr(options, name)
    assert (options.servers, options.queue, options.needed) == (0, 0, 0)
