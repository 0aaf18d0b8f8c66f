"""Vector environments: explicit starts and saved states."""

from __future__ import annotations

import os

import numpy as np
import pytest

import spane

pytestmark = pytest.mark.usefixtures("library")

STATE = ("observation", "mask", "terminated", "truncated", "total_wait", "placed", "start")


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(500, seed=1)


@pytest.fixture
def vector(trace: spane.Trace) -> spane.VectorEnvironment:
    made = spane.VectorEnvironment(trace, 3, servers=2, length=5, autoreset="same-step")
    made.reset(seed=1)
    return made


def first_fit(vector: spane.VectorEnvironment, steps: int) -> None:
    for _ in range(steps):
        vector.actions[:] = vector.mask.argmax(axis=1)
        vector.step()


def test_a_start_for_each(vector: spane.VectorEnvironment) -> None:
    vector.reset(starts=[10, 20, 30])
    assert vector.start.tolist() == [10, 20, 30]
    first_fit(vector, 2)
    vector.reset(which=np.array([True, False, True]), starts=np.array([1, -1, 3]))
    assert vector.start.tolist() == [1, 20, 3]
    assert vector.placed.tolist() == [0, 2, 0]
    with pytest.raises(spane.InvalidArgumentError, match=r"starts\[1\] is 500"):
        vector.reset(starts=[0, 500, 0])
    with pytest.raises(spane.ShapeMismatchError, match="starts"):
        vector.reset(starts=[0, 1])
    with pytest.raises(spane.InvalidArgumentError, match="seed and starts"):
        vector.reset(3, starts=[0, 1, 2])
    assert vector.start.tolist() == [1, 20, 3]


def test_a_list_is_played_in_order(trace: spane.Trace) -> None:
    starts = [40, 30, 20, 10, 0, 5, 6]
    vector = spane.VectorEnvironment(
        trace, 3, servers=2, length=5, autoreset="same-step", starts=starts
    )
    vector.reset()
    played = []
    for _ in range(7):
        played += vector.start.tolist()
        first_fit(vector, 5)
        # The arrays tell of the episodes that have ended; the next ones are under way.
        vector.start[:] = [vector.info(index).start or 0 for index in range(3)]
    assert played == (starts * 3)
    vector.reset(seed=0)
    assert vector.start.tolist() == [40, 30, 20]
    vector.set_starts(None)
    vector.reset(seed=0)
    assert vector.start.tolist() != [40, 30, 20]
    with pytest.raises(spane.InvalidArgumentError, match="starts is empty"):
        vector.set_starts([])
    with pytest.raises(spane.InvalidArgumentError, match="tuple"):
        spane.VectorEnvironment(trace, 3, starts=(1, 2, 3))


def test_saved_and_loaded(trace: spane.Trace, vector: spane.VectorEnvironment) -> None:
    vector.set_starts([1, 2, 3, 4])
    first_fit(vector, 7)
    state = vector.to_bytes()
    loaded = spane.VectorEnvironment.from_bytes(trace, state, threads=2)
    assert (loaded.count, loaded.servers) == (3, 2)
    assert loaded.final_observation is not None
    assert loaded.to_bytes() == state
    assert loaded.observation.tolist() == vector.observation.tolist()
    for _ in range(20):
        first_fit(vector, 1)
        first_fit(loaded, 1)
        for name in STATE:
            assert (getattr(vector, name) == getattr(loaded, name)).all()
    vector.restore(state)
    assert vector.to_bytes() == state
    first_fit(vector, 20)
    for name in STATE:
        assert (getattr(vector, name) == getattr(loaded, name)).all()


def test_states_of_others(trace: spane.Trace, vector: spane.VectorEnvironment) -> None:
    state = vector.to_bytes()
    with pytest.raises(spane.ShapeMismatchError, match="options"):
        spane.VectorEnvironment(trace, 3, servers=2, length=6).restore(state)
    with pytest.raises(spane.ShapeMismatchError, match="trace"):
        spane.VectorEnvironment.from_bytes(spane.Trace.generate(500, seed=2), state)
    with pytest.raises(spane.FormatError):
        vector.restore(state[:-8])
    with pytest.raises(spane.FormatError):
        spane.VectorEnvironment.from_bytes(trace, b"x" * 80)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process(trace: spane.Trace) -> None:
    vector = spane.VectorEnvironment(trace, 8, threads=4, servers=2, length=5)
    vector.reset(seed=1)
    first_fit(vector, 3)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        first_fit(vector, 20)
        os.write(writing, vector.observation.tobytes())
        os._exit(0)
    os.close(writing)
    first_fit(vector, 20)
    with os.fdopen(reading, "rb") as file:
        assert file.read() == vector.observation.tobytes()
    assert os.waitpid(child, 0)[1] == 0
