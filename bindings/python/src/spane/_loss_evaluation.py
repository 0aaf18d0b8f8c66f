"""Results of an evaluation without a queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spane._errors import InvalidArgumentError
from spane._moves import Moves

SIZES = ("all", "small", "medium", "large")
"""How VMs are counted by size: all, those with fewer cores than a sixteenth of the largest server,
from there on, and from a quarter of it on."""

_VALUES = ("vms", "cores", "core-seconds")


@dataclass(frozen=True)
class LossEvaluation:
    """What is refused where nothing waits, one episode per start."""

    policies: tuple[str, ...]
    """The names of the policies."""
    starts: NDArray[np.int64]
    """(episodes,); index of the first VM."""
    length: int
    """The number of VMs of each episode."""
    losses: NDArray[np.float64]
    """(policies, episodes, sizes, 6); of each of `SIZES` the VMs asked for and refused, the cores
    asked for and refused, and the core-seconds asked for and refused."""
    fleet_metrics: Mapping[str, NDArray[np.float64]]
    """(policies, episodes) by name, see `spane.fleet_metrics`; empty unless samples were taken."""
    moves: Moves | None = None
    """What was moved; None unless moves were allowed."""

    def refused(self, what: str = "cores", size: str = "all") -> NDArray[np.float64]:
        """(policies,); the share that is refused in all episodes together: of "vms", of "cores", or
        of "core-seconds", the load that is not hosted; of VMs of one of `SIZES`. 0 where none was
        asked for."""
        if what not in _VALUES:
            raise InvalidArgumentError(f"what is {what!r}; it must be one of {list(_VALUES)}")
        if size not in SIZES:
            raise InvalidArgumentError(f"size is {size!r}; it must be one of {list(SIZES)}")
        place = 2 * _VALUES.index(what)
        sums = self.losses[:, :, SIZES.index(size), place : place + 2].sum(axis=1)
        shares: NDArray[np.float64] = sums[:, 1] / np.maximum(sums[:, 0], np.finfo(np.float64).tiny)
        return shares
