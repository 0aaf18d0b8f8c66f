#!/usr/bin/env python3
"""The cross-entropy method on the weights of a rule, in NumPy alone.

    pip install spane
    python3 cross_entropy.py [TRACE] --generations 10

A rule is a name such as "capacity-lost,12.4*most-allocated,-0.8*l2+spread", so whoever can write
numbers into a text can search for one. Each generation draws weights from a normal distribution,
plays all of them on the same training episodes in one call of `spane.evaluate`, and fits the
distribution to the best. `spane tune` does the same with CMA-ES and says how sure the result is.

It draws on episodes that start in the first half of the trace, decides between the result and the
default rule on starts in the next fifth, and compares on those behind.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

import spane

TRACE = Path(__file__).parents[2] / "data" / "synthetic.h5"

PARTS = ("most-allocated", "balanced", "l2", "bottleneck", "dot-product")
# The distribution begins at the default rule, 10 * most-allocated.
MEAN = np.array([10.0, 0.0, 0.0, 0.0, 0.0])
DEVIATION = np.array([5.0, 3.0, 3.0, 3.0, 3.0])


def rule(weights: np.ndarray) -> str:
    """The name of the rule with these weights."""
    parts = [f"{weight:.3f}*{part}" for weight, part in zip(weights, PARTS) if abs(weight) >= 1e-3]
    return ",".join(["capacity-lost", *parts]) + "+spread"


def figures(result: spane.Evaluation) -> np.ndarray:
    """What is minimised: the mean of ln(1 + total wait / 1000 s), for each policy."""
    return np.log1p(result.waits / 1000).mean(axis=1)


def part(trace: spane.Trace, low: int, high: int, count: int) -> str:
    """Starts drawn from a part of the trace, in hundredths of its length."""
    return f"{len(trace) * low // 100}..<{len(trace) * high // 100}:{count}:1"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("trace", nargs="?", default=TRACE)
    parser.add_argument("--generations", type=int, default=10)
    parser.add_argument("--population", type=int, default=24)
    parser.add_argument("--elite", type=int, default=8)
    parser.add_argument("--train", type=int, default=100, help="episodes of a generation")
    parser.add_argument("--select", type=int, default=200, help="episodes to select on")
    parser.add_argument("--test", type=int, default=200, help="episodes to compare on")
    parser.add_argument("--servers", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    trace = spane.Trace(given.trace)
    generator = np.random.default_rng(given.seed)
    mean, deviation = MEAN.copy(), DEVIATION.copy()
    options = {"servers": given.servers}
    begin = time.process_time()
    for generation in range(given.generations):
        # Other episodes in each generation, the same for all rules of one.
        starts = np.sort(generator.choice(len(trace) // 2 - 1000, given.train, replace=False))
        drawn = mean + deviation * generator.standard_normal((given.population, len(PARTS)))
        drawn[0] = mean
        played = spane.evaluate(
            trace, starts, {str(i): rule(w) for i, w in enumerate(drawn)}, **options
        )
        figure = figures(played)
        elite = drawn[np.argsort(figure, kind="stable")[: given.elite]]
        # Half a step, so that one lucky generation does not decide.
        mean = 0.5 * mean + 0.5 * elite.mean(axis=0)
        deviation = 0.5 * deviation + 0.5 * elite.std(axis=0)
        print(f"generation {generation + 1}: {figure[0]:.4f} {rule(mean)}", flush=True)
    print(f"searched for {time.process_time() - begin:.0f} s of processor time")

    found = rule(mean)
    starts = part(trace, 50, 69, given.select)
    selected = spane.evaluate(trace, starts, [found, spane.DEFAULT_POLICY], **options)
    better = figures(selected)[0] < figures(selected)[1]
    print(
        f"on the starts to select on it is {'better' if better else 'not better'} than the default"
    )

    policies = {
        "cross-entropy": found,
        "first-fit": "first-fit",
        "default rule": spane.DEFAULT_POLICY,
    }
    starts = part(trace, 70, 95, given.test)
    result = spane.evaluate(trace, starts, policies, **options)
    print(result.summary())
    print(result.compare("default rule", "mean_log"))


if __name__ == "__main__":
    main()
