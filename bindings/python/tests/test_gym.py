"""The Gymnasium environments."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest

import spane

gymnasium = pytest.importorskip("gymnasium")
from gymnasium.utils.env_checker import check_env  # noqa: E402
from gymnasium.vector import AutoresetMode  # noqa: E402

import spane.gym  # noqa: E402

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture(scope="module")
def trace(library: str) -> spane.Trace:
    return spane.Trace.generate(3000, seed=1)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"normalised": False},
        {"servers": 12, "render_mode": "rgb_array"},
        {"length": 20, "balance_weight": 0.5},
        {"starts": (10, 20), "unavailable": "error", "servers": 100},
    ],
)
def test_check_env_is_silent(options: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        environment = gymnasium.make("spane/Placement-v0", **options)
        check_env(environment.unwrapped)
        check_env(gymnasium.make("spane/Placement-v0", **options).unwrapped)


def play(environment: Any, start: int) -> tuple[float, dict[str, Any], bool, bool]:
    _, info = environment.reset(options={"start": start})
    total, terminated, truncated = 0.0, False, False
    while not (terminated or truncated):
        assert (info["action_mask"] == environment.unwrapped.action_masks()).all()
        _, _, terminated, truncated, info = environment.step(info["action_mask"].argmax())
        total += info["wait"]
    return total, info, terminated, truncated


def test_an_episode_is_that_of_the_library(trace: spane.Trace) -> None:
    environment = gymnasium.make("spane/Placement-v0", trace=trace, servers=2)
    expected = spane.evaluate(trace, [50], ["first-fit"], servers=2)
    total, info, terminated, truncated = play(environment, 50)
    assert total == info["total_wait"] == expected.waits[0, 0]
    assert (info["placed"], info["start"]) == (expected.lengths[0], 50)
    assert (terminated, truncated) == (True, False)


def test_the_end_of_the_trace_truncates(trace: spane.Trace) -> None:
    environment = gymnasium.make("spane/Placement-v0", trace=trace, exceed=10**6)
    _, _, terminated, truncated = play(environment, len(trace) - 20)
    assert (terminated, truncated) == (False, True)


def test_observations_are_inside_their_space(trace: spane.Trace) -> None:
    for normalised in (True, False):
        environment = spane.gym.PlacementEnv(trace, servers=2, normalised=normalised)
        environment.reset(seed=1)
        for _ in range(500):
            action = int(environment.action_masks().argmax())
            observation, _, terminated, truncated, info = environment.step(action)
            assert environment.observation_space.contains(observation)
            assert info["action_mask"].dtype == np.int8
            if terminated or truncated:
                environment.reset()


def test_seeds_and_starts(trace: spane.Trace) -> None:
    environment = spane.gym.PlacementEnv(trace, starts=(100, 200))
    drawn = [environment.reset(seed=3)[1]["start"]]
    drawn += [environment.reset()[1]["start"] for _ in range(20)]
    assert all(100 <= start < 200 for start in drawn)
    assert len(set(drawn)) > 5
    assert environment.reset(seed=3)[1]["start"] == drawn[0]
    environment = spane.gym.PlacementEnv(trace, starts=np.array([7, 11]))
    assert {environment.reset()[1]["start"] for _ in range(30)} == {7, 11}


def full(environment: spane.gym.PlacementEnv) -> int:
    """Plays until some action has no room; returns that one."""
    environment.reset(seed=1)
    while environment.action_masks().all():
        environment.step(0)
    return int((~environment.action_masks()).argmax())


def test_actions_without_room(trace: spane.Trace) -> None:
    environment = spane.gym.PlacementEnv(trace, servers=2)
    blocked = full(environment)
    first = int(environment.action_masks().argmax())
    assert environment.step(blocked)[4]["action"] == first
    environment = spane.gym.PlacementEnv(trace, servers=2, unavailable="error")
    blocked = full(environment)
    with pytest.raises(spane.InfeasibleActionError):
        environment.step(blocked)
    with pytest.raises(spane.InvalidArgumentError):
        spane.gym.PlacementEnv(trace, unavailable="ignore")


def test_pictures(trace: spane.Trace) -> None:
    environment = spane.gym.PlacementEnv(trace, servers=3, render_mode="rgb_array")
    environment.reset(seed=1)
    empty = environment.render()
    for _ in range(30):
        environment.step(int(environment.action_masks().argmax()))
    used = environment.render()
    assert empty is not None
    assert used is not None
    assert empty.shape == used.shape
    assert used.dtype == np.uint8
    blue = [(picture == (42, 111, 187)).all(axis=2).sum() for picture in (empty, used)]
    assert blue[1] > blue[0] + 500
    assert spane.gym.PlacementEnv(trace).render() is None
    with pytest.raises(spane.InvalidArgumentError):
        spane.gym.PlacementEnv(trace, render_mode="human")


def vector_of(mode: AutoresetMode, trace: spane.Trace, **options: Any) -> Any:
    return gymnasium.make_vec(
        "spane/Placement-v0",
        num_envs=6,
        trace=trace,
        autoreset_mode=mode,
        length=30,
        **options,
    )


@pytest.mark.parametrize("mode", AutoresetMode)
def test_vector(mode: AutoresetMode, trace: spane.Trace) -> None:
    vector = vector_of(mode, trace, servers=2)
    assert isinstance(vector.unwrapped, spane.gym.PlacementVectorEnv)
    assert vector.metadata["autoreset_mode"] is mode
    observation, info = vector.reset(seed=1)
    assert vector.observation_space.contains(observation)
    ends = 0
    vector.action_space.seed(1)
    for _ in range(100):
        observation, rewards, terminated, truncated, info = vector.step(
            vector.action_space.sample()
        )
        assert vector.observation_space.contains(observation)
        assert rewards.shape == terminated.shape == truncated.shape == (6,)
        assert info["action_mask"].shape == (6, 4)
        ended = terminated | truncated
        ends += int(ended.sum())
        if mode is AutoresetMode.SAME_STEP:
            assert ("final_obs" in info) == ended.any()
            for index in np.flatnonzero(ended):
                assert vector.single_observation_space.contains(info["final_obs"][index])
                assert info["final_info"]["placed"][index] == 30
        if mode is AutoresetMode.DISABLED and ended.any():
            vector.reset(options={"reset_mask": ended})
    assert ends == 6 * (100 // 31 if mode is AutoresetMode.NEXT_STEP else 100 // 30)


def test_vector_is_many_single_ones(trace: spane.Trace) -> None:
    vector = vector_of(AutoresetMode.SAME_STEP, trace, servers=2)
    _, info = vector.reset(seed=5)
    singles = [spane.gym.PlacementEnv(trace, servers=2, length=30) for _ in range(6)]
    for single, start in zip(singles, info["start"]):
        single.reset(options={"start": int(start)})
    random = np.random.default_rng(1)
    for step in range(30):
        actions = random.integers(0, 4, 6)
        observation, rewards, terminated, _, info = vector.step(actions)
        for index, single in enumerate(singles):
            expected = single.step(actions[index])
            assert rewards[index] == expected[1]
            shown = info["final_obs"][index] if step == 29 else observation[index]
            assert shown.tolist() == expected[0].tolist()
    assert terminated.all()


def test_vector_copies(trace: spane.Trace) -> None:
    vector = spane.gym.PlacementVectorEnv(3, trace)
    first, _ = vector.reset(seed=1)
    kept = first.copy()
    vector.step(np.zeros(3, np.int64))
    assert (first == kept).all()
    vector = spane.gym.PlacementVectorEnv(3, trace, copy=False)
    first, _ = vector.reset(seed=1)
    second, *_ = vector.step(np.zeros(3, np.int64))
    assert first is second


def test_vector_seeds(trace: spane.Trace) -> None:
    vector = spane.gym.PlacementVectorEnv(20, trace)
    starts = [vector.reset(seed=seed)[1]["start"].tolist() for seed in (1, 2, 1)]
    assert starts[0] == starts[2] != starts[1]
    fresh = [spane.gym.PlacementVectorEnv(20, trace).reset()[1]["start"].tolist() for _ in range(2)]
    assert fresh[0] != fresh[1]


def test_vector_actions_are_checked(trace: spane.Trace) -> None:
    vector = spane.gym.PlacementVectorEnv(2, trace)
    vector.reset(seed=1)
    for wrong in (np.zeros(3, np.int64), np.zeros(2), np.zeros((2, 1), np.int64)):
        with pytest.raises(spane.InvalidArgumentError):
            vector.step(wrong)
    for number in (-1, 10, 2**32):
        with pytest.raises(spane.InfeasibleActionError):
            vector.step(np.array([0, number]))
    vector.step([0, 3])  # type: ignore[arg-type]


def test_vector_pictures(trace: spane.Trace) -> None:
    vector = spane.gym.PlacementVectorEnv(2, trace, render_mode="rgb_array")
    vector.reset(seed=1)
    pictures = vector.render()
    assert pictures is not None
    assert len(pictures) == 2
    vector.close()
    with pytest.raises(spane.ClosedError):
        vector.reset()


def test_other_vector_environments_work_too(trace: spane.Trace) -> None:
    for kind in ("sync", "async"):
        vector = gymnasium.make_vec(
            "spane/Placement-v0", 2, vectorization_mode=kind, trace=trace, length=10
        )
        vector.reset(seed=1)
        for _ in range(15):
            vector.step(vector.action_space.sample())
        vector.close()
    assert len(pickle.loads(pickle.dumps(trace))) == len(trace)


def test_vector_starts(trace: spane.Trace) -> None:
    vector = spane.gym.PlacementVectorEnv(3, trace, length=4, starts=[9, 8, 7, 6])
    assert vector.reset(seed=1)[1]["start"].tolist() == [9, 8, 7]
    _, info = vector.reset(options={"starts": [1, 2, 3]})
    assert info["start"].tolist() == [1, 2, 3]
    mask = np.array([False, True, False])
    _, info = vector.reset(options={"starts": [0, 20, 0], "reset_mask": mask})
    assert info["start"].tolist() == [1, 20, 3]
    assert vector.reset()[1]["start"].tolist() == [6, 9, 8]
