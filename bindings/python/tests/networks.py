"""Random weights of all networks, by their tensor names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[np.float32]]


def spane(
    server: tuple[int, int] = (8, 1),
    value: tuple[int, int] = (8, 1),
    advantage: tuple[int, int] = (16, 1),
    aggregators: int = 1,
    advantages: int = 2,
) -> Arrays:
    """Each pair is (width, depth). With one advantage it is an afterstate network."""
    width, cluster = server[0], aggregators * server[0]
    return {
        **_stack("server_embedding", 4, server, width),
        **_stack("value_layers", cluster + 3, value, 1),
        **_stack("adv_layers", width + cluster + 3, advantage, advantages),
    }


def mlp(width: int = 32, layers: int = 2, servers: int = 5) -> Arrays:
    actions = 2 * servers
    return {
        **_stack("fc", 4 * servers + 3, (width, layers), actions),
        **_linear("value", actions, 1),
        **_linear("adv", actions, actions),
    }


def potential(width: int = 16, layers: int = 1, inputs: int = 4) -> Arrays:
    arrays = _stack("potential", inputs, (width, layers), 1)
    del arrays[f"potential.{2 * layers}.bias"]
    return arrays


def _stack(name: str, inputs: int, size: tuple[int, int], outputs: int) -> Arrays:
    width, depth = size
    widths = [inputs] + [width] * depth + [outputs]
    arrays: Arrays = {}
    for layer, (below, above) in enumerate(zip(widths, widths[1:])):
        arrays.update(_linear(f"{name}.{2 * layer}", below, above))
    return arrays


def _linear(name: str, inputs: int, outputs: int) -> Arrays:
    random = np.random.default_rng(len(name) + 100 * inputs + 10_000 * outputs)
    return {
        f"{name}.weight": random.standard_normal((outputs, inputs)).astype(np.float32),
        f"{name}.bias": random.standard_normal(outputs).astype(np.float32),
    }


def attributes(target: Any) -> dict[str, Any]:
    """Attributes with texts of fixed length as strings."""
    return {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in target.attrs.items()
    }
