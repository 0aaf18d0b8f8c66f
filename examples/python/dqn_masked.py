#!/usr/bin/env python3
"""Double, dueling DQN with masks, n-step returns and a replay buffer, in PyTorch.

    pip install 'spane[torch]'
    python3 dqn_masked.py [TRACE] --steps 300000

Stable-Baselines3 has no DQN that knows which actions are available; this one neither explores nor
bootstraps over actions without room. The network is SPANE's: one embedding for all servers, pooled.
What it learns is saved as weights that libspane itself plays. It learns on episodes that start in
the first half of the trace; the network to keep is chosen on starts in the next fifth, and compared
with the rules on those behind. `spane train` trains such networks faster (preset `masked`).
"""

from __future__ import annotations

import argparse
import copy
import tempfile
import time
from collections import deque
from pathlib import Path

import numpy as np
import torch
from torch import nn

import spane
from spane.convert import WeightsOptions, convert_weights

TRACE = Path(__file__).parents[2] / "data" / "synthetic.h5"

NODE = (40.0, 90.0)  # cores and GB of a NUMA node


def layers(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, outputs))


class Spane(nn.Module):
    """The published network; the names of its parts are those of a weights file."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.server_embedding = layers(4, width, width)
        self.value_layers = layers(width + 3, 8, 1)
        self.adv_layers = layers(width + width + 3, 16, 2)
        self.register_buffer("unit", torch.tensor(NODE), persistent=False)

    def forward(self, observation: torch.Tensor) -> torch.Tensor:
        """Q of every action."""
        server = (observation[:, :-3].reshape(len(observation), -1, 2) / self.unit).reshape(
            len(observation), -1, 4
        )
        request = torch.cat([observation[:, -3:-1] / self.unit, observation[:, -1:]], 1)
        embedding = self.server_embedding(server)
        shared = torch.cat([embedding.mean(1), request], 1)
        everywhere = shared[:, None].expand(-1, embedding.shape[1], -1)
        advantage = self.adv_layers(torch.cat([embedding, everywhere], 2)).flatten(1)
        return self.value_layers(shared) + advantage - advantage.mean(1, keepdim=True)


class Greedy:
    """The best available action, as a policy of `spane.evaluate`."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    @torch.no_grad()
    def best(self, observation: np.ndarray, mask: np.ndarray) -> np.ndarray:
        # Servers that look the same differ by rounding alone; then the first one, as in libspane.
        q = self.network(torch.from_numpy(observation)).round(decimals=5).numpy()
        return np.where(mask, q, -np.inf).argmax(axis=1).astype(np.int32)

    def __call__(self, decisions: spane.Decisions) -> np.ndarray:
        return self.best(decisions.observation, decisions.mask)


class Replay:
    """Transitions of n steps in arrays that are written in a circle."""

    def __init__(self, capacity: int, values: int, actions: int) -> None:
        self.arrays = {
            "observation": np.zeros((capacity, values), np.float32),
            "action": np.zeros(capacity, np.int64),
            "reward": np.zeros(capacity, np.float32),
            "next": np.zeros((capacity, values), np.float32),
            "next_mask": np.zeros((capacity, actions), np.bool_),
            # Of what the next state is worth; 0 behind the end of an episode.
            "discount": np.zeros(capacity, np.float32),
        }
        self.capacity, self.written = capacity, 0

    def add(self, **rows: np.ndarray) -> None:
        count = len(rows["action"])
        places = (self.written + np.arange(count)) % self.capacity
        for name, values in rows.items():
            self.arrays[name][places] = values
        self.written += count

    def sample(self, count: int, generator: np.random.Generator) -> dict[str, torch.Tensor]:
        rows = generator.integers(min(self.written, self.capacity), size=count)
        return {name: torch.from_numpy(values[rows]) for name, values in self.arrays.items()}


def learn(network: Spane, trace: spane.Trace, given: argparse.Namespace) -> Spane:
    """DQN; gives the network that was best on the starts to select on."""
    generator = np.random.default_rng(given.seed)
    target = copy.deepcopy(network)
    optimiser = torch.optim.Adam(network.parameters(), given.learning_rate)
    vector = spane.VectorEnvironment(
        trace,
        given.envs,
        servers=given.servers,
        autoreset="same-step",
        seed=given.seed,
        starts=range(len(trace) // 2 - 1000),
    )
    vector.reset()
    replay = Replay(given.capacity, vector.observation.shape[1], vector.mask.shape[1])
    policy, recent = Greedy(network), deque(maxlen=given.n_step)
    selection = part(trace, 50, 69, given.select)
    best, best_figure = copy.deepcopy(network), np.inf
    iterations = max(1, given.steps // given.envs)
    for iteration in range(iterations):
        left = 1 - iteration / iterations
        epsilon = given.epsilon * left
        optimiser.param_groups[0]["lr"] = given.learning_rate * left
        observation = vector.observation.copy()
        action = policy.best(observation, vector.mask)
        # One of the available actions, uniformly.
        other = np.where(vector.mask, generator.random(vector.mask.shape), -1.0).argmax(axis=1)
        explores = generator.random(given.envs) < epsilon
        action[explores] = other[explores]
        vector.step(action)
        ended = vector.terminated | vector.truncated
        recent.append((observation, action, vector.reward.copy(), ended))
        if len(recent) == given.n_step:
            # Rewards of n steps, or of fewer where the episode ends.
            total, alive = np.zeros(given.envs), np.ones(given.envs)
            for power, (_, _, reward, end) in enumerate(recent):
                total += given.discount**power * reward * alive
                alive *= ~end
            replay.add(
                observation=recent[0][0],
                action=recent[0][1],
                reward=total,
                next=vector.observation,
                next_mask=vector.mask,
                discount=alive * given.discount**given.n_step,
            )
        if replay.written >= given.batch and iteration % given.interval == 0:
            batch = replay.sample(given.batch, generator)
            with torch.no_grad():
                ahead = network(batch["next"]).masked_fill(~batch["next_mask"], -torch.inf)
                worth = target(batch["next"]).gather(1, ahead.argmax(1, keepdim=True)).squeeze(1)
                wanted = batch["reward"] + batch["discount"] * worth
            found = network(batch["observation"]).gather(1, batch["action"][:, None]).squeeze(1)
            loss = nn.functional.smooth_l1_loss(found, wanted)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            with torch.no_grad():
                for slow, fast in zip(target.parameters(), network.parameters()):
                    slow.lerp_(fast, given.target_rate)
        if iteration % given.every == given.every - 1 or iteration == iterations - 1:
            played = spane.evaluate(trace, selection, {"dqn": policy}, servers=given.servers)
            figure = np.log1p(played["dqn"] / 1000).mean()
            print(f"step {(iteration + 1) * given.envs:,}: {figure:.4f}", flush=True)
            if figure < best_figure:
                best, best_figure = copy.deepcopy(network), figure
    return best


def as_model(network: Spane, path: Path) -> spane.Model:
    """The network as weights of libspane."""
    torch.save(network.state_dict(), path.with_suffix(".pt"))
    options = WeightsOptions(cpu=NODE[0], mem=NODE[1], licence="MIT", force=True)
    convert_weights(path.with_suffix(".pt"), path, options)
    return spane.Model(path)


def part(trace: spane.Trace, low: int, high: int, count: int) -> str:
    """Starts drawn from a part of the trace, in hundredths of its length."""
    return f"{len(trace) * low // 100}..<{len(trace) * high // 100}:{count}:1"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("trace", nargs="?", default=TRACE)
    parser.add_argument("--steps", type=int, default=300_000, help="decisions to learn from")
    parser.add_argument("--servers", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--select", type=int, default=50, help="episodes to select on")
    parser.add_argument("--test", type=int, default=200, help="episodes to compare on")
    parser.add_argument("--output", type=Path, help="keep the weights in this .h5 file")
    parser.add_argument("--envs", type=int, default=32)
    parser.add_argument("--capacity", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--interval", type=int, default=1, help="iterations per gradient step")
    parser.add_argument("--every", type=int, default=1000, help="iterations between selections")
    parser.add_argument("--n-step", type=int, default=50)
    parser.add_argument("--discount", type=float, default=0.95)
    parser.add_argument("--epsilon", type=float, default=0.6, help="at the beginning; 0 at the end")
    parser.add_argument("--learning-rate", type=float, default=5e-3)
    parser.add_argument("--target-rate", type=float, default=0.01)
    given = parser.parse_args()

    torch.manual_seed(given.seed)
    torch.set_num_threads(1)  # The networks are small.
    trace = spane.Trace(given.trace)
    begin = time.process_time()
    network = learn(Spane(), trace, given)
    print(f"learned for {time.process_time() - begin:.0f} s of processor time")

    starts = part(trace, 70, 95, given.test)
    with tempfile.TemporaryDirectory() as folder:
        policies = {
            "dqn": Greedy(network),
            "dqn as weights": as_model(network, given.output or Path(folder) / "dqn.h5"),
            "first-fit": "first-fit",
            "default rule": spane.DEFAULT_POLICY,
        }
        result = spane.evaluate(trace, starts, policies, servers=given.servers)
    print(result.summary())
    print(result.compare("default rule", "mean_log"))


if __name__ == "__main__":
    main()
