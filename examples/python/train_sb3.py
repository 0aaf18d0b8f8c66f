#!/usr/bin/env python3
"""Trains a policy with Stable-Baselines3 and compares it with First Fit on VMs it has not seen.

    pip install 'spane[gym]' sb3-contrib
    python3 train_sb3.py [TRACE] --algorithm ppo --steps 200000

"ppo" is MaskablePPO, which never chooses a server without room; "dqn" is plain DQN, whose choices
without room are replaced by First Fit's.
"""

from __future__ import annotations

import argparse

import numpy as np
from sb3_contrib import MaskablePPO
from stable_baselines3 import DQN
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.env_util import make_vec_env

import spane
import spane.gym


def learner(algorithm: str, environment: object, seed: int) -> BaseAlgorithm:
    network = {"net_arch": [64, 64]}
    if algorithm == "ppo":
        return MaskablePPO(
            "MlpPolicy", environment, gamma=0.95, n_steps=256, policy_kwargs=network, seed=seed
        )
    return DQN(
        "MlpPolicy",
        environment,
        gamma=0.95,
        learning_rate=1e-3,
        learning_starts=1000,
        policy_kwargs=network,
        seed=seed,
    )


def total_wait(model: BaseAlgorithm, environment: spane.gym.PlacementEnv, start: int) -> float:
    """The seconds that all VMs of an episode wait under a policy."""
    observation, info = environment.reset(options={"start": start})
    finished = False
    while not finished:
        if isinstance(model, MaskablePPO):
            masks = environment.action_masks()
            action, _ = model.predict(observation, action_masks=masks, deterministic=True)
        else:
            action, _ = model.predict(observation, deterministic=True)
        observation, _, terminated, truncated, info = environment.step(int(action))
        finished = terminated or truncated
    return float(info["total_wait"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("trace", nargs="?", help="default: 40,000 synthetic VMs")
    parser.add_argument("--algorithm", choices=("ppo", "dqn"), default="ppo")
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--servers", type=int, default=5)
    parser.add_argument("--episodes", type=int, default=20, help="to compare on")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    trace = spane.Trace(given.trace) if given.trace else spane.Trace.generate(40_000, seed=1)
    # Learns on the first half of the trace, and is compared on the third quarter.
    options = {"trace": trace, "servers": given.servers}
    environments = make_vec_env(
        spane.gym.PlacementEnv,
        n_envs=8 if given.algorithm == "ppo" else 1,
        seed=given.seed,
        env_kwargs={**options, "starts": range(len(trace) // 2)},
    )
    model = learner(given.algorithm, environments, given.seed)
    model.learn(given.steps)

    generator = np.random.default_rng(given.seed)
    starts = generator.integers(len(trace) // 2, len(trace) * 3 // 4, given.episodes)
    environment = spane.gym.PlacementEnv(**options)
    learned = np.array([total_wait(model, environment, int(start)) for start in starts])
    others = spane.evaluate(trace, starts, ["first-fit", "balance-fit"], servers=given.servers)
    print(others.summary())
    print(f"{given.algorithm}: trimmed mean {spane.trimmed_mean(learned):,.2f}")


if __name__ == "__main__":
    main()
