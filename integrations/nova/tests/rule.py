"""The default rule once more, in plain Python, for hosts that are all alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Expected(NamedTuple):
    """A flavor for which room is kept."""

    cpu: float
    mem: float
    span: int
    weight: float


class DefaultRule:
    """`capacity-lost,10*most-allocated`, with the mix given; memory is in MB."""

    def __init__(
        self, mix: dict[tuple[int, int, int], float], servers: tuple[float, float]
    ) -> None:
        """`mix`: how often (cores, MB, cells) are asked for; `servers`: what each has."""
        self._servers = servers
        often = sum(mix.values())
        self._mix = [
            Expected(cpu / span, mem / span, span, count / often * cpu)
            for (cpu, mem, span), count in mix.items()
        ]

    def score(
        self, left: Sequence[tuple[float, float]], cpu: float, mem: float, picked: Sequence[int]
    ) -> float:
        """Of a VM on these cells of a server that has so much left in each."""
        share = cpu / len(picked), mem / len(picked)
        after = [
            (c - share[0], m - share[1]) if cell in picked else (c, m)
            for cell, (c, m) in enumerate(left)
        ]
        most_allocated = -sum(
            sum(cell[resource] for cell in after) / self._servers[resource] for resource in (0, 1)
        )
        lost = self._capacity(after) - self._capacity(left)
        return lost + 0.001 * most_allocated + 10 * most_allocated

    def _capacity(self, left: Sequence[tuple[float, float]]) -> float:
        return sum(
            each.weight * _room([int(min(c / each.cpu, m / each.mem)) for c, m in left], each.span)
            for each in self._mix
        )


def _room(shares: Sequence[int], span: int) -> int:
    """How many VMs, each with a share in `span` cells."""
    room = 0
    while sum(min(share, room + 1) for share in shares) >= span * (room + 1):
        room += 1
    return room
