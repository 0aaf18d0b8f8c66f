"""Episodes of vector environments that Gymnasium is asked to cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spane

gymnasium = pytest.importorskip("gymnasium")
from gymnasium.vector import AutoresetMode  # noqa: E402

import spane.gym  # noqa: E402

pytestmark = pytest.mark.usefixtures("library")

STARTS = [100, 900, 40, 1500, 7, 300, 800]
LIMIT = 25


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(3000, seed=1)


@pytest.mark.parametrize("kind", ["sync", "async", "vector_entry_point", None])
def test_make_vec(trace: spane.Trace, kind: str | None) -> None:
    vector = gymnasium.make_vec(
        "spane/Placement-v0", 3, vectorization_mode=kind, max_episode_steps=LIMIT, trace=trace
    )
    vector.reset(seed=1)
    for step in range(1, 2 * LIMIT + 2):
        _, _, terminated, truncated, _ = vector.step(np.zeros(3, np.int64))
        # The step after the last one of an episode resets it.
        assert truncated.tolist() == [step in (LIMIT, 2 * LIMIT + 1)] * 3
        assert not terminated.any()
    vector.close()


@pytest.mark.parametrize("kind", ["sync", "vector_entry_point"])
def test_a_limit_of_the_registry(trace: spane.Trace, kind: str) -> None:
    spec = gymnasium.spec("spane/Placement-v0")
    gymnasium.register(
        "spane/Short-v0",
        entry_point=spec.entry_point,
        vector_entry_point=spec.vector_entry_point,
        max_episode_steps=2,
    )
    try:
        vector = gymnasium.make_vec("spane/Short-v0", 2, vectorization_mode=kind, trace=trace)
        vector.reset()
        flags = [vector.step(np.zeros(2, np.int64))[3].tolist() for _ in range(3)]
        assert flags == [[False] * 2, [True] * 2, [False] * 2]
    finally:
        del gymnasium.registry["spane/Short-v0"]


def play(vector: Any, steps: int, mode: AutoresetMode) -> list[Any]:
    observation, info = vector.reset(seed=3)
    told: list[Any] = [observation.tolist()]
    random = np.random.default_rng(5)
    for _ in range(steps):
        observation, reward, terminated, truncated, info = vector.step(random.integers(0, 4, 1))
        ended = terminated | truncated
        told.append([observation, reward, terminated, truncated, info["action_mask"]])
        if mode is AutoresetMode.SAME_STEP and ended.any():
            told.append([info["final_obs"][0], info["final_info"]["total_wait"]])
            told.append(info["final_info"]["action_mask"])
        if mode is AutoresetMode.DISABLED and ended.any():
            observation, info = vector.reset(options={"reset_mask": ended})
            told.append([observation, info["action_mask"]])
    return [[np.asarray(part).tolist() for part in parts] for parts in told]


@pytest.mark.parametrize("mode", AutoresetMode)
@pytest.mark.parametrize("length", [10, LIMIT, 40])
def test_the_same_as_the_wrapper(trace: spane.Trace, mode: AutoresetMode, length: int) -> None:
    """Whichever comes first, the end of the episode or the limit."""
    given: dict[str, Any] = {"trace": trace, "starts": STARTS, "length": length, "servers": 2}
    native = spane.gym.PlacementVectorEnv(1, autoreset_mode=mode, max_episode_steps=LIMIT, **given)
    wrapped = gymnasium.vector.SyncVectorEnv(
        [lambda: _told(gymnasium.wrappers.TimeLimit(spane.gym.PlacementEnv(**given), LIMIT))],
        autoreset_mode=mode,
    )
    assert play(native, 120, mode) == play(wrapped, 120, mode)


class _told(gymnasium.Wrapper):  # type: ignore[name-defined,misc]
    """Tells the total wait also of an episode that was cut."""

    def step(self, action: Any) -> Any:
        *rest, info = self.env.step(action)
        info["total_wait"] = self.unwrapped._environment.info.total_wait
        return (*rest, info)


def test_episodes_of_different_lengths(trace: spane.Trace) -> None:
    """Rows that are reset by hand count from there."""
    vector = spane.gym.PlacementVectorEnv(2, trace, max_episode_steps=10)
    vector.reset(seed=1)
    cut = []
    for step in range(1, 30):
        if step == 5:
            vector.reset(options={"reset_mask": np.array([True, False])})
        truncated = vector.step(np.zeros(2, np.int64))[3]
        cut += [(step, int(row)) for row in np.flatnonzero(truncated)]
    assert cut == [(10, 1), (14, 0), (21, 1), (25, 0)]


def test_mistakes(trace: spane.Trace) -> None:
    with pytest.raises(spane.InvalidArgumentError, match="max_episode_steps is 0"):
        spane.gym.PlacementVectorEnv(2, trace, max_episode_steps=0)
    vector = spane.gym.PlacementVectorEnv(
        2, trace, max_episode_steps=3, autoreset_mode=AutoresetMode.DISABLED
    )
    vector.reset(seed=1)
    for _ in range(3):
        vector.step(np.zeros(2, np.int64))
    with pytest.raises(spane.BadStateError, match="truncated after 3 steps; it must be reset"):
        vector.step(np.zeros(2, np.int64))
    vector.reset()
    vector.step(np.zeros(2, np.int64))
