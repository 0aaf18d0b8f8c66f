"""Copies and pickles: each has an episode of its own, or there is a sentence that says why not."""

from __future__ import annotations

import copy
import multiprocessing
import operator
import pickle
from typing import Any, Callable

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

COPY: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    lambda made: pickle.loads(pickle.dumps(made)),
    lambda made: pickle.loads(pickle.dumps(made, protocol=2)),
]
copies = pytest.mark.parametrize("again", COPY, ids=["copy", "deepcopy", "pickle", "pickle-2"])


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(2000, seed=1)


def finish(environment: Any) -> list[tuple[float, ...]]:
    """Every step from here to the end."""
    steps = []
    while not environment.info.finished:
        steps.append(tuple(environment.step(int(environment.mask().argmax()))))
    return steps


@copies
def test_cluster(again: Callable[[Any], Any]) -> None:
    cluster = spane.Cluster(split_above=8)
    cluster.add_servers(3, node_cpu=40, node_mem=90)
    cluster.place(7, (1, (0, 1)), 4, 9)
    cluster.cordon(2)
    other = again(cluster)
    assert other.to_bytes() == cluster.to_bytes()
    other.release(7)
    assert 7 in cluster
    assert 7 not in other
    cluster.close()
    assert other.server(2).is_cordoned
    with pytest.raises(spane.ClosedError):
        again(cluster)


@copies
def test_environment(trace: spane.Trace, again: Callable[[Any], Any]) -> None:
    environment = spane.Environment(trace, servers=3, normalised=True)
    environment.reset(50)
    for _ in range(30):
        environment.step(int(environment.mask().argmax()))
    other = again(environment)
    assert other.info == environment.info
    rest = finish(other)
    assert len(rest) > 10
    assert environment.info.placed == 30
    assert finish(environment) == rest
    fresh = again(spane.Environment(trace))
    assert fresh.info.start is None


@copies
@pytest.mark.parametrize("autoreset", ["next-step", "same-step", "disabled"])
def test_vector_environment(
    trace: spane.Trace, again: Callable[[Any], Any], autoreset: str
) -> None:
    vector = spane.VectorEnvironment(trace, 4, threads=2, autoreset=autoreset, length=30, servers=2)
    vector.reset(seed=3)
    for _ in range(29):
        vector.actions[:] = vector.mask.argmax(axis=1)
        vector.step()
    other = again(vector)
    names = ["observation", "mask", "reward", "wait", "total_wait", "placed", "start", "actions"]
    for step in range(3 if autoreset != "disabled" else 1):
        for name in names:
            mine, its = getattr(vector, name), getattr(other, name)
            assert (mine == its).all(), (name, step)
            assert not np.shares_memory(mine, its)
        for each in (vector, other):
            each.step(each.mask.argmax(axis=1).astype(np.int32))
    placed = vector.placed.copy()
    other.reset(seed=1)
    assert (vector.placed == placed).all()


@copies
def test_model(model: spane.Model, again: Callable[[Any], Any]) -> None:
    other = again(model)
    assert other.name == model.name
    assert other.to_bytes() == model.to_bytes()


@copies
def test_trace(again: Callable[[Any], Any], tmp_path: Any) -> None:
    made = spane.Trace.from_arrays([1, 2, 1], [1, 1, 2], [0, 0, 1], [1, 1, 1], ids=[5, 3, 4])
    made.save(tmp_path / "trace.h5", source="by hand", licence="mine")
    trace = spane.Trace(tmp_path / "trace.h5")
    other = again(trace)
    assert all((other.columns[name] == trace.columns[name]).all() for name in trace.columns)
    for name, text in (("source", "by hand"), ("licence", "mine")):
        assert other.provenance(name) == text
    assert other.provenance("content_sha256") == trace.provenance("content_sha256")
    assert trace.to_bytes() == (tmp_path / "trace.h5").read_bytes()


@copies
def test_session(again: Callable[[Any], Any]) -> None:
    session = spane.Session(spane.Cluster(), "move-to-front")
    with pytest.raises(TypeError, match="a Session cannot be copied or pickled, because"):
        again(session)
    environment = spane.Environment(spane.Trace.generate(50, seed=1))
    inside = spane.EnvironmentSession(environment, "move-to-front")
    with pytest.raises(TypeError, match="an EnvironmentSession can be neither copied nor pickled"):
        again(inside)


@copies
def test_watch(trace: spane.Trace, again: Callable[[Any], Any]) -> None:
    environment = spane.Environment(trace)
    environment.reset(0)
    watch = environment.watch()
    watch.update()
    other = again(watch)
    assert (other.observation == watch.observation).all()
    before = watch.observation.copy()
    environment.step(0)
    other.update()
    assert (watch.observation == before).all()


@copies
@pytest.mark.parametrize("wrapped", [False, True])
def test_placement_env(trace: spane.Trace, again: Callable[[Any], Any], wrapped: bool) -> None:
    gymnasium = pytest.importorskip("gymnasium")
    import spane.gym

    if wrapped and again is copy.copy:
        pytest.skip("wrappers are Gymnasium's")
    environment: Any = spane.gym.PlacementEnv(trace, servers=2, render_mode="rgb_array")
    if wrapped:
        environment = gymnasium.make("spane/Placement-v0", trace=trace, servers=2)
    environment.reset(seed=4)
    for _ in range(20):
        environment.step(int(environment.unwrapped.action_masks().argmax()))
    other = again(environment)
    for _ in range(30):
        action = int(other.unwrapped.action_masks().argmax())
        theirs = other.step(action)
    for _ in range(30):
        action = int(environment.unwrapped.action_masks().argmax())
        mine = environment.step(action)
    assert (mine[0] == theirs[0]).all()
    assert mine[1:4] == theirs[1:4]
    assert mine[4]["clock"] == theirs[4]["clock"]
    starts = [each.reset()[1]["start"] for each in (environment, other)]
    assert starts[0] == starts[1]


@copies
@pytest.mark.parametrize("limit", [None, 25])
def test_placement_vector_env(
    trace: spane.Trace, again: Callable[[Any], Any], limit: int | None
) -> None:
    pytest.importorskip("gymnasium")
    import spane.gym

    vector = spane.gym.PlacementVectorEnv(3, trace, servers=2, max_episode_steps=limit)
    vector.reset(seed=4)
    actions = np.zeros(3, np.int64)
    for _ in range(20):
        vector.step(actions)
    other = again(vector)
    theirs = [other.step(actions) for _ in range(10)]
    mine = [vector.step(actions) for _ in range(10)]
    for ours, its in zip(mine, theirs):
        for index in range(4):
            assert (ours[index] == its[index]).all()
    assert any(step[3].any() for step in mine) == (limit is not None)


def test_pickles_of_closed_traces(trace: spane.Trace) -> None:
    own = spane.Trace.generate(100)
    environment = spane.Environment(own)
    environment.reset(0)
    own.close()
    assert copy.deepcopy(environment).info == environment.info
    with pytest.raises(spane.ClosedError, match="this Trace is closed"):
        pickle.dumps(environment)


def test_other_processes(trace: spane.Trace, model: spane.Model) -> None:
    cluster = spane.Cluster()
    cluster.add_servers(node_cpu=40, node_mem=90)
    environment = spane.Environment(trace)
    environment.reset(5)
    vector = spane.VectorEnvironment(trace, 2)
    vector.reset(seed=1)
    made: list[Any] = [cluster, environment, vector, model, trace]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        results = pool.map(operator.methodcaller("to_bytes"), made)
        (returned,) = pool.map(copy.copy, [environment])
    assert results == [each.to_bytes() for each in made]
    assert finish(returned) == finish(environment)
