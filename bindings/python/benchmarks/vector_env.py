#!/usr/bin/env python3
"""Steps per second of the vector environment with an agent that picks available actions at random.

python3 benchmarks/vector_env.py [TRACE]
"""

from __future__ import annotations

import sys
import time

import numpy as np

import spane

PUBLISHED = 15_000
"""Steps per second of the published Python environment with 5 servers."""
STEPS = 2_000_000


def measure(trace: spane.Trace, servers: int, count: int) -> tuple[float, float]:
    """Steps per second of wall-clock time and of CPU time."""
    vector = spane.VectorEnvironment(trace, count, servers=servers, normalised=True)
    vector.reset(seed=1)
    random = np.random.default_rng(1)
    draws = np.empty(vector.mask.shape, np.float32)
    best = np.empty(count, np.int64)

    def act() -> None:
        random.random(out=draws, dtype=np.float32)
        np.multiply(draws, vector.mask, out=draws)
        draws.argmax(axis=1, out=best)
        vector.actions[:] = best
        vector.step()

    for _ in range(1 + 50_000 // count):
        act()
    rounds = max(1, STEPS * 5 // max(5, servers) // count)
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        act()
    steps = rounds * count
    return steps / (time.perf_counter() - wall), steps / (time.process_time() - processor)


def main() -> None:
    trace = spane.Trace(sys.argv[1]) if len(sys.argv) > 1 else spane.Trace.generate(100_000)
    print(f"{'servers':>7}  {'environments':>12}  {'steps/s':>12}  {'steps/s of processor':>20}")
    for servers, count in ((5, 64), (5, 256), (5, 1024), (5, 4096), (20, 1024), (100, 256)):
        wall, processor = measure(trace, servers, count)
        print(f"{servers:>7}  {count:>12,}  {wall:>12,.0f}  {processor:>20,.0f}")
    print(f"{5:>7}  {1:>12,}  {PUBLISHED:>12,}  the published Python environment, for comparison")


if __name__ == "__main__":
    main()
