#!/usr/bin/env python3
"""PPO in one file, in the manner of CleanRL, on the vector environment with masks.

    pip install 'spane[torch]'
    python3 ppo_cleanrl.py [TRACE] --steps 500000

The policy scores a placement by how much it changes a learned potential of the server, so it treats
all servers alike and works for any number of them; placements without room are never drawn. What it
learns is saved as weights that libspane itself plays (`potential` in docs/file-formats.md), and
compared with the rules on VMs that it has not seen. It learns on episodes that start in the first
half of the trace; the update to keep is chosen on starts in the next fifth, and the test is behind.
"""

from __future__ import annotations

import argparse
import copy
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

import spane
from spane.convert import WeightsOptions, convert_weights

TRACE = Path(__file__).parents[2] / "data" / "synthetic.h5"

UNIT = torch.tensor([40.0, 90.0])  # cores and GB of a NUMA node
ON_ONE_NODE = torch.tensor([[1.0, 0.0], [0.0, 1.0]])  # [action][node] of a VM that is not split


class Agent(nn.Module):
    """A potential of single servers as the actor, and a critic that pools them."""

    def __init__(self) -> None:
        super().__init__()
        # Named and shaped as in a weights file; the last layer has no bias, which would cancel.
        self.potential = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1, bias=False))
        self.embedding = nn.Sequential(nn.Linear(4, 16), nn.ReLU())
        self.critic = nn.Sequential(nn.Linear(16 + 3, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(
        self, observation: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The logit of each action, and the value."""
        free = observation[:, :-3].reshape(len(observation), -1, 2, 2) / UNIT
        request, split = observation[:, -3:-1] / UNIT, observation[:, -1]
        # What each of the two actions of a server takes from each of its nodes.
        takes = torch.where(split[:, None, None] == 1, torch.ones(2, 2), ON_ONE_NODE)
        demand = takes[..., None] * (request / (1 + split[:, None]))[:, None, None, :]
        after = free[:, :, None] - demand[:, None]
        logits = (self.of_server(after) - self.of_server(free)[:, :, None]).flatten(1)
        pooled = self.embedding(free.flatten(2)).mean(1)
        value = self.critic(torch.cat([pooled, request, split[:, None]], 1)).squeeze(1)
        return logits.masked_fill(~mask, -1e9), value

    def of_server(self, free: torch.Tensor) -> torch.Tensor:
        """The sum over both orders of the nodes."""
        both = self.potential(free.flatten(-2)) + self.potential(free.flip(-2).flatten(-2))
        return both.squeeze(-1)


class Greedy:
    """The most probable placement of an agent, as a policy of `spane.evaluate`."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    @torch.no_grad()
    def __call__(self, decisions: spane.Decisions) -> np.ndarray:
        observation, mask = map(torch.from_numpy, (decisions.observation, decisions.mask))
        logits = self.agent(observation, mask)[0]
        # Servers that look the same differ by rounding alone; then the first one, as in libspane.
        return logits.round(decimals=5).argmax(1).numpy().astype(np.int32)


def learn(agent: Agent, trace: spane.Trace, given: argparse.Namespace) -> Agent:
    """PPO; gives the agent that was best on the starts to select on."""
    optimiser = torch.optim.Adam(agent.parameters(), given.learning_rate, eps=1e-5)
    # The environments of a group play the same episodes, each with choices of its own.
    generator = np.random.default_rng(given.seed)
    starts = generator.integers(len(trace) // 2 - 1000, size=10_000 * given.groups)
    vector = spane.VectorEnvironment(
        trace,
        given.envs,
        servers=given.servers,
        autoreset="same-step",
        starts=np.repeat(starts, given.envs // given.groups),
    )
    vector.reset()
    shape = (given.rollout, given.envs)
    observations = torch.zeros(*shape, vector.observation.shape[1])
    masks = torch.zeros(*shape, vector.mask.shape[1], dtype=torch.bool)
    actions = torch.zeros(shape, dtype=torch.long)
    chances, rewards, ends, values = (torch.zeros(shape) for _ in range(4))
    selection = part(trace, 50, 69, given.select)
    best, best_figure = copy.deepcopy(agent), np.inf
    updates = max(1, given.steps // (given.envs * given.rollout))
    for update in range(updates):
        optimiser.param_groups[0]["lr"] = given.learning_rate * (1 - update / updates)
        for step in range(given.rollout):
            observations[step] = torch.from_numpy(vector.observation)
            masks[step] = torch.from_numpy(vector.mask)
            with torch.no_grad():
                logits, values[step] = agent(observations[step], masks[step])
            policy = Categorical(logits=logits)
            actions[step] = policy.sample()
            chances[step] = policy.log_prob(actions[step])
            vector.step(actions[step].numpy().astype(np.int32))
            # How long a VM waits is decided by the trace above all; what a choice has to do with it
            # is how much longer it waits than in the other episodes of the group.
            reward = vector.reward.reshape(given.groups, -1)
            reward = (reward - reward.mean(axis=1, keepdims=True)).ravel()
            # Returns are then of the size of a reward, which suits the critic.
            rewards[step] = torch.from_numpy(reward) * (1 - given.discount)
            ends[step] = torch.from_numpy(vector.terminated | vector.truncated)

        # Generalised advantage estimates, backwards in time.
        with torch.no_grad():
            following = agent(*map(torch.from_numpy, (vector.observation, vector.mask)))[1]
        advantages, estimate = torch.zeros(shape), torch.zeros(given.envs)
        for step in reversed(range(given.rollout)):
            goes_on = 1 - ends[step]
            error = rewards[step] + given.discount * following * goes_on - values[step]
            estimate = error + given.discount * given.trace_decay * goes_on * estimate
            advantages[step], following = estimate, values[step]
        returns = advantages + values

        batch = [
            part.flatten(0, 1)
            for part in (observations, masks, actions, chances, advantages, returns)
        ]
        for _ in range(given.epochs):
            for rows in torch.randperm(len(batch[0])).chunk(given.minibatches):
                seen, mask, action, chance, advantage, target = (part[rows] for part in batch)
                logits, value = agent(seen, mask)
                policy = Categorical(logits=logits)
                ratio = (policy.log_prob(action) - chance).exp()
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                clipped = ratio.clamp(1 - given.clip, 1 + given.clip)
                gain = torch.min(ratio * advantage, clipped * advantage).mean()
                loss = (value - target).square().mean()
                objective = -gain + 0.5 * loss - given.entropy * policy.entropy().mean()
                optimiser.zero_grad()
                objective.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
                optimiser.step()

        if update % given.every == given.every - 1 or update == updates - 1:
            played = spane.evaluate(trace, selection, {"ppo": Greedy(agent)}, servers=given.servers)
            figure = np.log1p(played["ppo"] / 1000).mean()
            print(f"step {(update + 1) * given.envs * given.rollout:,}: {figure:.4f}", flush=True)
            if figure < best_figure:
                best, best_figure = copy.deepcopy(agent), figure
    return best


def as_model(agent: Agent, path: Path) -> spane.Model:
    """The actor as weights of libspane."""
    state = {
        name: value for name, value in agent.state_dict().items() if name.startswith("potential.")
    }
    torch.save(state, path.with_suffix(".pt"))
    cpu, mem = UNIT.tolist()
    options = WeightsOptions(activation="tanh", cpu=cpu, mem=mem, licence="MIT", force=True)
    convert_weights(path.with_suffix(".pt"), path, options)
    return spane.Model(path)


def part(trace: spane.Trace, low: int, high: int, count: int) -> str:
    """Starts drawn from a part of the trace, in hundredths of its length."""
    return f"{len(trace) * low // 100}..<{len(trace) * high // 100}:{count}:1"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("trace", nargs="?", default=TRACE)
    parser.add_argument("--steps", type=int, default=500_000, help="decisions to learn from")
    parser.add_argument("--servers", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--select", type=int, default=50, help="episodes to select on")
    parser.add_argument("--test", type=int, default=200, help="episodes to compare on")
    parser.add_argument("--output", type=Path, help="keep the weights in this .h5 file")
    parser.add_argument("--envs", type=int, default=64)
    parser.add_argument("--groups", type=int, default=4, help="which divide the environments")
    parser.add_argument("--rollout", type=int, default=64, help="steps between updates")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minibatches", type=int, default=8)
    parser.add_argument("--every", type=int, default=20, help="updates between selections")
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--discount", type=float, default=0.98)
    parser.add_argument("--trace-decay", type=float, default=0.95)
    parser.add_argument("--clip", type=float, default=0.2)
    parser.add_argument("--entropy", type=float, default=0.001)
    given = parser.parse_args()

    torch.manual_seed(given.seed)
    torch.set_num_threads(1)  # The networks are small.
    trace = spane.Trace(given.trace)
    begin = time.process_time()
    agent = learn(Agent(), trace, given)
    print(f"learned for {time.process_time() - begin:.0f} s of processor time")

    starts = part(trace, 70, 95, given.test)
    with tempfile.TemporaryDirectory() as folder:
        model = as_model(agent, given.output or Path(folder) / "ppo.h5")
        policies = {
            "ppo": Greedy(agent),
            "ppo as weights": model,
            "first-fit": "first-fit",
            "default rule": spane.DEFAULT_POLICY,
        }
        result = spane.evaluate(trace, starts, policies, servers=given.servers)
    print(result.summary())
    print(result.compare("default rule", "mean_log"))


if __name__ == "__main__":
    main()
