#!/usr/bin/env python3
"""MaskablePPO of sb3-contrib on the native vector environment of `spane.gym`.

    pip install 'spane[gym]' sb3-contrib
    python3 ppo_masked.py [TRACE] --steps 300000

Stable-Baselines3 has vector environments of its own kind; `Adapter` makes one of
`spane.gym.PlacementVectorEnv`, which steps all episodes inside the library. `train_sb3.py` is the
shorter way, with an environment for each episode. It learns on episodes that start in the first
half of the trace and compares with the rules on starts in the last third; nothing is selected.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sb3_contrib import MaskablePPO
from stable_baselines3.common.vec_env import VecEnv, VecMonitor

import spane
import spane.gym

TRACE = Path(__file__).parents[2] / "data" / "synthetic.h5"


class Adapter(VecEnv):
    """A vector environment of Gymnasium as one of Stable-Baselines3."""

    def __init__(self, vector: spane.gym.PlacementVectorEnv) -> None:
        self.vector = vector
        super().__init__(
            vector.num_envs, vector.single_observation_space, vector.single_action_space
        )
        self._actions = np.zeros(vector.num_envs, np.int64)

    def reset(self) -> np.ndarray:
        observation, _ = self.vector.reset(seed=self._seeds[0])
        self._reset_seeds()
        return observation

    def step_async(self, actions: np.ndarray) -> None:
        self._actions = actions

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        observation, reward, terminated, truncated, told = self.vector.step(self._actions)
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for index in np.flatnonzero(terminated | truncated):
            infos[index]["terminal_observation"] = told["final_obs"][index]
            infos[index]["TimeLimit.truncated"] = bool(truncated[index] and not terminated[index])
        return observation, reward.astype(np.float32), terminated | truncated, infos

    def env_method(
        self, name: str, *arguments: Any, indices: Any = None, **named: Any
    ) -> list[Any]:
        """Such as "action_masks", which gives a row for each environment."""
        rows = getattr(self.vector, name)(*arguments, **named)
        return [rows[index] for index in self._get_indices(indices)]

    def has_attr(self, name: str) -> bool:
        return hasattr(self.vector, name)

    def get_attr(self, name: str, indices: Any = None) -> list[Any]:
        return [getattr(self.vector, name) for _ in self._get_indices(indices)]

    def set_attr(self, name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError(f"{name} cannot be set")

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        return [False for _ in self._get_indices(indices)]

    def close(self) -> None:
        self.vector.close()


class Learned:
    """What a model prefers, as a policy of `spane.evaluate`."""

    normalised = True  # As the observations of `spane.gym` are.

    def __init__(self, model: MaskablePPO) -> None:
        self.model = model

    def __call__(self, decisions: spane.Decisions) -> np.ndarray:
        action, _ = self.model.predict(
            decisions.observation, action_masks=decisions.mask, deterministic=True
        )
        return action.astype(np.int32)


def part(trace: spane.Trace, low: int, high: int, count: int) -> str:
    """Starts drawn from a part of the trace, in hundredths of its length."""
    return f"{len(trace) * low // 100}..<{len(trace) * high // 100}:{count}:1"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("trace", nargs="?", default=TRACE)
    parser.add_argument("--steps", type=int, default=300_000, help="decisions to learn from")
    parser.add_argument("--servers", type=int, default=5)
    parser.add_argument("--envs", type=int, default=32)
    parser.add_argument("--rollout", type=int, default=64, help="steps between updates")
    parser.add_argument("--test", type=int, default=200, help="episodes to compare on")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    torch.set_num_threads(1)  # The networks are small.
    trace = spane.Trace(given.trace)
    vector = spane.gym.PlacementVectorEnv(
        given.envs,
        trace,
        servers=given.servers,
        autoreset_mode="SameStep",
        starts=range(len(trace) // 2 - 1000),
        # A choice without room would be an error: with masks there is none.
        unavailable="error",
    )
    model = MaskablePPO(
        "MlpPolicy",
        VecMonitor(Adapter(vector)),
        n_steps=given.rollout,
        batch_size=given.envs * given.rollout // 4,
        n_epochs=4,
        learning_rate=1e-3,
        gamma=0.99,
        policy_kwargs={"net_arch": [64, 64]},
        seed=given.seed,
    )
    begin = time.process_time()
    model.learn(given.steps)
    print(f"learned for {time.process_time() - begin:.0f} s of processor time")

    starts = part(trace, 70, 95, given.test)
    policies = {
        "ppo": Learned(model),
        "first-fit": "first-fit",
        "default rule": spane.DEFAULT_POLICY,
    }
    result = spane.evaluate(trace, starts, policies, servers=given.servers)
    print(result.summary())
    print(result.compare("default rule", "mean_log"))


if __name__ == "__main__":
    main()
