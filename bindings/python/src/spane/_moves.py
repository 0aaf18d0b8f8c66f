"""Live migrations that make room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._structs import EnvOptions, EvaluationOptions

MOVES, MOVE_SECONDS_PER_GB, MOVE_PRICE, MOVE_BUDGET = 0, 0.0, 2.0, 2000


@dataclass(frozen=True)
class Moves:
    """What was moved in each episode under each policy."""

    count: NDArray[np.int64]
    """(policies, episodes); live migrations."""
    moved: NDArray[np.float64]
    """(policies, episodes); GB that they took to other servers."""
    moved_local: NDArray[np.float64]
    """(policies, episodes); GB that they took from node to node of a server."""


def moves_of(values: NDArray[np.float64]) -> Moves:
    """What C counts as (policies, episodes, 3)."""
    count, moved, local = (np.ascontiguousarray(values[:, :, index]) for index in range(3))
    return Moves(count.astype(np.int64), moved, local)


def set_moves(
    options: EnvOptions | EvaluationOptions,
    moves: arguments.Index,
    move_seconds_per_gb: float,
    move_price: float,
    move_budget: arguments.Index,
) -> None:
    """Sets the moves that may make room."""
    options.moves = arguments.int32(moves, "moves")
    options.move_budget = arguments.int32(move_budget, "move_budget")
    options.move_price = arguments.real(move_price, "move_price")
    options.move_seconds_per_gb = arguments.real(move_seconds_per_gb, "move_seconds_per_gb")
