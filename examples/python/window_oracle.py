#!/usr/bin/env python3
"""A planner that knows the next VMs, as a slow oracle: mixed-integer programs solved by HiGHS.

    pip install spane highspy
    python3 window_oracle.py [TRACE] --window 16

Before each decision it knows what no scheduler knows: size, arrival and lifetime of the next VMs of
the trace, and the lifetimes of those that run. It plays these VMs with the default rule; only if
one of them would wait, it solves a program that places as many of them as possible without a wait,
and takes the plan if the VMs of the window wait less with it in all. So it shows how much a better
choice is worth that looks a little ahead; it is no bound, since what comes behind the window counts
for nothing, and in the window it stops planning at the first VM that has to wait.

Nothing is learned or selected; it is compared on starts in the last third of the trace.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path

import highspy
import numpy as np

import spane

TRACE = Path(__file__).parents[2] / "data" / "synthetic.h5"

SPLIT_ABOVE = 10.0  # GB; the default of environments


@dataclass
class Running:
    """A VM that runs: when it ends, and what it takes of each node, [server][node][cpu, mem]."""

    end: float
    taken: np.ndarray


@dataclass
class Episode:
    """An episode as the planner follows it."""

    environment: spane.Environment
    session: spane.EnvironmentSession
    running: list[Running] = field(default_factory=list)


class WindowOracle:
    """A policy of `spane.evaluate`. It must know the trace that is played."""

    def __init__(self, trace: spane.Trace, window: int, servers: int) -> None:
        self.trace, self.window, self.servers = trace, window, servers
        # With a known mix the rule decides by what it sees alone, so that it can be played ahead.
        self.rule = spane.Rule(spane.DEFAULT_POLICY, mix=trace)
        self.episodes: dict[int, Episode] = {}
        self.decisions = self.planned = self.changed = 0

    def __call__(self, decisions: spane.Decisions) -> np.ndarray:
        rows = zip(decisions.episode.tolist(), decisions.vm.tolist(), decisions.first.tolist())
        return np.array([self.decide(*row) for row in rows], np.int32)

    def decide(self, number: int, vm: int, is_first: bool) -> int:
        if is_first:
            environment = spane.Environment(self.trace, servers=self.servers)
            environment.reset(vm, length=len(self.trace) - vm - 2)
            session = spane.EnvironmentSession(environment, self.rule)
            self.episodes[number] = Episode(environment, session)
        episode = self.episodes[number]
        action = episode.session.decide()
        self.decisions += 1
        usual = self.wait_ahead(episode, [])
        if usual > 0:
            self.planned += 1
            plan = self.plan(episode, vm, action)
            if self.wait_ahead(episode, plan) < usual:
                self.changed += plan[0] != action
                action = plan[0]
        now = episode.environment.info.clock
        ran = Running(now + self.trace.lifetime[vm], self.taken(vm, action))
        episode.running = [one for one in episode.running if one.end > now] + [ran]
        episode.environment.step(action)
        return action

    def wait_ahead(self, episode: Episode, plan: list[int]) -> float:
        """How long the VMs of the window wait under a plan, and under the rule behind it."""
        environment = episode.environment.clone()
        session = spane.EnvironmentSession(environment, self.rule)
        total = 0.0
        for place in range(self.window):
            action = plan[place] if place < len(plan) else -1
            if action < 0 or not environment.mask()[action]:
                plan, action = [], session.decide()
            step = environment.step(action)
            # What the VM at the head has waited already is the same for all plans.
            total += step.wait if place else 0.0
            if step.terminated or step.truncated:
                break
        return total

    def is_split(self, vm: int) -> bool:
        return bool(self.trace.mem[vm] > SPLIT_ABOVE)

    def taken(self, vm: int, action: int) -> np.ndarray:
        """What a placement takes, [server][node][cpu, mem]."""
        taken = np.zeros((self.servers, 2, 2))
        size = np.array([self.trace.cpu[vm], self.trace.mem[vm]])
        if self.is_split(vm):
            taken[action // 2] = size / 2
        else:
            taken[action // 2, action % 2] = size
        return taken

    def plan(self, episode: Episode, vm: int, usual: int) -> list[int]:
        """Actions for the longest possible run of VMs that start when they arrive.

        Binary x[i, a] says that VM i gets action a. When VM j starts, what those before it take
        that still run is at most what is free then. `usual` is preferred where it does not matter.
        """
        now = episode.environment.info.clock
        vms = range(vm, min(vm + self.window, len(self.trace) - 1))
        begins = np.maximum(now, self.trace.arrival[vms.start : vms.stop])
        ends = begins + self.trace.lifetime[vms.start : vms.stop]
        columns = [
            (place, action)
            for place, each in enumerate(vms)
            for action in range(0, 2 * self.servers, 2 if self.is_split(each) else 1)
        ]
        owner = np.array([place for place, _ in columns])
        takes = np.array([self.taken(vms[place], action).ravel() for place, action in columns])
        free = episode.environment.observation()[:-3].astype(float)
        rows, least, most = [], [], []
        for place, begin in enumerate(begins):
            runs = (owner <= place) & (ends[owner] > begin)
            left = free + sum(
                one.taken.ravel() for one in episode.running if now < one.end <= begin
            )
            rows.append(np.where(runs[:, None], takes, 0.0).T)
            least.append(np.full(len(left), -highspy.kHighsInf))
            most.append(left + 1e-6)
        # Each VM at most once, the first one now, and none before the one ahead of it.
        chosen = (owner == np.arange(len(vms))[:, None]).astype(float)
        rows += [chosen, chosen[1:] - chosen[:-1]]
        least += [(np.arange(len(vms)) == 0).astype(float), np.full(len(vms) - 1, -1.0)]
        most += [np.ones(len(vms)), np.zeros(len(vms) - 1)]
        worth = 1.0 + 0.01 * np.array([column == (0, usual) for column in columns])
        x = solve(worth, np.vstack(rows), np.concatenate(least), np.concatenate(most))
        return [action for (_, action), value in zip(columns, x) if value > 0.5]


def solve(worth: np.ndarray, rows: np.ndarray, least: np.ndarray, most: np.ndarray) -> list[float]:
    """Binaries of the greatest worth with `least` <= rows @ x <= `most`."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = rows.shape
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.row_lower_, lp.row_upper_ = worth, least, most
    lp.col_lower_, lp.col_upper_ = np.zeros(len(worth)), np.ones(len(worth))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(worth)
    where, what = np.nonzero(rows)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.searchsorted(where, np.arange(len(rows) + 1))
    lp.a_matrix_.index_, lp.a_matrix_.value_ = what, rows[where, what]
    highs = highspy.Highs()
    highs.silent()
    highs.setOptionValue("threads", 1)
    # A limit of nodes and not of time: the same plans on every machine.
    highs.setOptionValue("mip_max_nodes", 100)
    highs.passModel(lp)
    highs.run()
    return list(highs.getSolution().col_value)


def part(trace: spane.Trace, low: int, high: int, count: int) -> str:
    """Starts drawn from a part of the trace, in hundredths of its length."""
    return f"{len(trace) * low // 100}..<{len(trace) * high // 100}:{count}:1"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("trace", nargs="?", default=TRACE)
    parser.add_argument("--window", type=int, default=16, help="VMs that are known")
    parser.add_argument("--servers", type=int, default=5)
    parser.add_argument("--test", type=int, default=20, help="episodes to compare on")
    given = parser.parse_args()

    trace = spane.Trace(given.trace)
    starts = part(trace, 70, 95, given.test)
    oracle = WindowOracle(trace, given.window, given.servers)
    policies = {"first-fit": "first-fit", "default rule": spane.DEFAULT_POLICY}
    begin = time.process_time()
    result = spane.evaluate(trace, starts, {"oracle": oracle, **policies}, servers=given.servers)
    took = (time.process_time() - begin) / oracle.decisions
    print(
        f"{oracle.decisions:,} decisions of {1000 * took:.1f} ms; {oracle.planned:,} with a "
        f"program, {oracle.changed:,} not as the rule"
    )
    print(result.summary())
    print(result.compare("default rule", "mean_log"))


if __name__ == "__main__":
    main()
