"""Vector environments: as many single ones, whatever the number of threads."""

from __future__ import annotations

import gc
import threading
from typing import Any

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

ARRAYS = ("observation", "mask", "reward", "terminated", "truncated", "wait", "total_wait")


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(3000, seed=1)


def first_fit(vector: spane.VectorEnvironment) -> None:
    vector.actions[:] = vector.mask.argmax(axis=1)
    vector.step()


def test_as_single_environments(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 7, servers=3, length=40, autoreset="disabled")
    vector.reset(seed=5)
    singles = [spane.Environment(trace, servers=3) for _ in range(7)]
    for index, single in enumerate(singles):
        single.reset(int(vector.start[index]), length=40)
    for _ in range(40):
        first_fit(vector)
        for index, single in enumerate(singles):
            step = single.step(single.mask().argmax())
            assert step.reward == vector.reward[index]
            assert step.wait == vector.wait[index]
            assert step.terminated == vector.terminated[index]
            assert step.truncated == vector.truncated[index]
            assert single.observation().tolist() == vector.observation[index].tolist()
            assert single.mask().tolist() == vector.mask[index].tolist()
            assert single.info == vector.info(index)
    assert vector.terminated.all()
    with pytest.raises(spane.BadStateError):
        vector.step()


def test_threads_change_nothing(trace: spane.Trace) -> None:
    vectors = [spane.VectorEnvironment(trace, 33, threads=number) for number in (1, 2, 5)]
    for vector in vectors:
        vector.reset(seed=9)
    for _ in range(300):
        for vector in vectors:
            first_fit(vector)
            for name in ARRAYS:
                assert (getattr(vector, name) == getattr(vectors[0], name)).all()


def test_arrays_stay_the_same(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 4)
    before = {name: getattr(vector, name) for name in ARRAYS}
    vector.reset(seed=1)
    first_fit(vector)
    for name, array in before.items():
        assert getattr(vector, name) is array
    assert vector.observation.any()


def test_seeds(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 50, starts=(100, 200), seed=3)
    vector.reset()
    first = vector.start.copy()
    assert ((first >= 100) & (first < 200)).all()
    vector.reset()
    assert (vector.start != first).any()
    vector.reset(seed=3)
    assert (vector.start == first).all()


def test_some_are_reset(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 4)
    vector.reset(seed=1)
    first_fit(vector)
    vector.reset(which=np.array([True, False, False, True]))
    assert vector.placed.tolist() == [0, 1, 1, 0]
    with pytest.raises(spane.InvalidArgumentError, match="which has dtype int64"):
        vector.reset(which=np.array([1, 0, 0, 1]))


def test_next_step(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 3, length=10)
    vector.reset(seed=1)
    for _ in range(10):
        first_fit(vector)
    assert vector.terminated.all()
    vector.step()
    assert not vector.terminated.any()
    assert vector.placed.tolist() == [0, 0, 0]
    assert vector.final_observation is None


def test_same_step(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 3, length=10, autoreset="same-step")
    vector.reset(seed=1)
    for _ in range(10):
        first_fit(vector)
    assert vector.terminated.all()
    assert vector.placed.tolist() == [10, 10, 10]
    assert vector.observation[:, :20].tolist() == [[40, 90] * 10] * 3
    assert vector.final_observation is not None
    assert vector.final_observation[:, :20].tolist() != [[40, 90] * 10] * 3


def test_actions_of_the_caller(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 3)
    vector.reset(seed=1)
    vector.step(np.array([0, 2, 4], np.int32))
    assert vector.placed.tolist() == [1, 1, 1]
    with pytest.raises(spane.InvalidArgumentError, match="actions has dtype int64"):
        vector.step(np.array([0, 2, 4]))
    with pytest.raises(spane.InvalidArgumentError, match="contiguous"):
        vector.step(np.zeros(6, np.int32)[::2])
    with pytest.raises(spane.ShapeMismatchError):
        vector.step(np.zeros(2, np.int32))
    with pytest.raises(spane.InfeasibleActionError, match="1"):
        vector.step(np.array([0, -1, 0], np.int32))
    assert vector.placed.tolist() == [1, 1, 1]


def test_options_are_checked(trace: spane.Trace) -> None:
    wrong: list[dict[str, Any]] = [
        {"count": 0},
        {"count": 2**32 + 1},
        {"count": 1, "threads": -1},
        {"count": 1, "autoreset": "never"},
        {"count": 1, "starts": (5, 5)},
        {"count": 1, "starts": (0, 10**9)},
        {"count": 1, "length": 0},
        {"count": 1, "servers": 0},
    ]
    for options in wrong:
        with pytest.raises(spane.InvalidArgumentError):
            spane.VectorEnvironment(trace, **options)


def test_closed(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 3, threads=2)
    observation = vector.observation
    vector.reset()
    vector.close()
    vector.close()
    for use in (vector.reset, vector.step, lambda: vector.info(0)):
        with pytest.raises(spane.ClosedError, match="this VectorEnvironment is closed"):
            use()
    assert observation.any()


def test_closing_while_another_thread_steps(trace: spane.Trace) -> None:
    def work(vector: spane.VectorEnvironment) -> None:
        try:
            while True:
                first_fit(vector)
        except spane.ClosedError:
            closed.append(True)

    for threads in (1, 3):
        closed: list[bool] = []
        vector = spane.VectorEnvironment(trace, 500, threads=threads)
        vector.reset(seed=1)
        worker = threading.Thread(target=work, args=(vector,))
        worker.start()
        vector.close()
        del vector
        gc.collect()
        worker.join()
        assert closed == [True]
