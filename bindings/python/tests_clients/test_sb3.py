"""Stable-Baselines3 trains on the Gymnasium environment. Run by scripts/test-python-clients.sh."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sb3_contrib import MaskablePPO
from sb3_contrib.common.maskable.evaluation import evaluate_policy
from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
from stable_baselines3 import DQN
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.env_util import make_vec_env

import spane
import spane.gym

REPOSITORY = Path(__file__).resolve().parents[3]
STEPS = 4096


@pytest.fixture(scope="module")
def trace() -> spane.Trace:
    return spane.Trace.generate(5000, seed=1)


@pytest.mark.filterwarnings("error")
def test_its_own_checker_is_silent(trace: spane.Trace) -> None:
    check_env(spane.gym.PlacementEnv(trace, render_mode="rgb_array"))


def test_maskable_ppo(trace: spane.Trace) -> None:
    # With "error", a single choice without room would end the test.
    environments = make_vec_env(
        spane.gym.PlacementEnv,
        n_envs=4,
        seed=1,
        env_kwargs={"trace": trace, "servers": 2, "length": 60, "unavailable": "error"},
    )
    assert is_masking_supported(environments)
    assert get_action_masks(environments).shape == (4, 4)
    model = MaskablePPO("MlpPolicy", environments, n_steps=256, seed=1)
    model.learn(STEPS)
    assert model.num_timesteps >= STEPS
    mean, _ = evaluate_policy(model, environments, n_eval_episodes=8)
    assert np.isfinite(mean)


def test_dqn(trace: spane.Trace) -> None:
    environment = spane.gym.PlacementEnv(trace, servers=2, length=60)
    model = DQN("MlpPolicy", environment, learning_starts=500, seed=1)
    model.learn(STEPS)
    assert model.num_timesteps >= STEPS
    assert len(model.ep_info_buffer or ()) > 10
    observation, _ = environment.reset(seed=1)
    action, _ = model.predict(observation, deterministic=True)
    assert environment.action_space.contains(action)


@pytest.mark.parametrize("algorithm", ["ppo", "dqn"])
def test_example(algorithm: str) -> None:
    example = REPOSITORY / "examples" / "python" / "train_sb3.py"
    ran = subprocess.run(
        [sys.executable, example, "--algorithm", algorithm, "--steps", "3000", "--episodes", "5"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert f"{algorithm}: trimmed mean" in ran.stdout
