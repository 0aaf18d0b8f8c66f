#!/usr/bin/env python3
"""A policy of your own beside First Fit and the default rule, on the same episodes, with intervals.

    python3 own_policy.py [TRACE] [EPISODES]      default: ../../data/synthetic.h5 100

    spane evaluate --trace ../../data/synthetic.h5 --starts '70000..<95000:100:1' \\
        --policy own_policy.py:fullest --policy first-fit         the same from the shell
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import spane

TRACE = Path(__file__).parents[2] / "data" / "synthetic.h5"


def fullest(decisions: spane.Decisions) -> NDArray[np.int64]:
    """The node with the fewest cores left that has room: a rule for servers with two nodes."""
    count = len(decisions.vm)
    # What every node has left, (rows, servers, nodes, cores and GB); then what the VM asks for.
    left = decisions.observation[:, :-3].reshape(count, decisions.servers, 2, 2)
    is_split = decisions.observation[:, -1] == 1
    cores = left[..., 0]
    # A VM on both nodes of a server sees their sum.
    cores = np.where(is_split[:, None, None], cores.sum(axis=2, keepdims=True), cores)
    best: NDArray[np.int64] = np.where(decisions.mask, cores.reshape(count, -1), np.inf).argmin(axis=1)
    return best


def main() -> None:
    trace = spane.Trace(sys.argv[1] if len(sys.argv) > 1 else TRACE)
    episodes = sys.argv[2] if len(sys.argv) > 2 else "100"
    starts = f"{len(trace) * 7 // 10}..<{len(trace) * 95 // 100}:{episodes}:1"
    policies = {"first-fit": "first-fit", "fullest": fullest, "default": spane.DEFAULT_POLICY}
    result = spane.evaluate(trace, starts, policies)
    print(result.compare())


if __name__ == "__main__":
    main()
