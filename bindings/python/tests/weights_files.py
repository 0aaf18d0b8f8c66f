"""Weights files of every kind of network, and what the library makes of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import networks
import numpy as np
import torch_maker
from numpy.typing import NDArray

import spane
from spane.convert import WeightsOptions, convert_torch

_POOLS = ("std", "mean", "max")

KINDS: dict[str, networks.Arrays] = {
    "spane": networks.spane(),
    "spane-deep": networks.spane((16, 2), (4, 3), (32, 2), aggregators=3),
    "afterstate": networks.spane(advantages=1),
    "afterstate-deep": networks.spane((8, 2), (8, 1), (16, 2), aggregators=3, advantages=1),
    "mlp": networks.mlp(layers=3, servers=5),
    "potential": networks.potential(),
    "potential-request": networks.potential(8, 2, 7),
    "potential-cluster": networks.potential(24, 3, 9),
    "potential-own": networks.potential(8, 1, 9),
}
OPTIONS: dict[str, WeightsOptions] = {
    "spane-deep": WeightsOptions(aggregators=_POOLS, cpu=20.0, mem=45.5),
    "afterstate-deep": WeightsOptions(aggregators=_POOLS),
    "potential": WeightsOptions(activation="tanh"),
    "potential-request": WeightsOptions(activation="softsign"),
    "potential-cluster": WeightsOptions(activation="relu"),
    "potential-own": WeightsOptions(activation="tanh", units="own-node"),
}
"""What has to be said about these arrays."""


def make(folder: Path, kind: str) -> Path:
    """A weights file of this kind, with a licence and a note."""
    arrays = KINDS[kind]
    # Widths that grow with the inputs would give values of thousands.
    scaled = {name: values / np.sqrt(values.shape[-1]) for name, values in arrays.items()}
    torch_maker.write_torch(folder / f"{kind}.th", torch_maker.state_dict(scaled))
    options = replace(
        OPTIONS.get(kind, WeightsOptions()), licence="CC BY-NC 4.0", note="größe\nzwei"
    )
    convert_torch(folder / f"{kind}.th", folder / f"{kind}.h5", options)
    return folder / f"{kind}.h5"


class States:
    """Situations of random episodes, and Q of the library in each."""

    def __init__(self, model: spane.Model, count: int, **options: Any) -> None:
        self.observation: NDArray[np.float32]
        self.mask: NDArray[np.bool_]
        self.q: NDArray[np.float32]
        self.chosen: NDArray[np.int64]
        rows = zip(*_random_rows(model, count, options))
        self.observation, self.mask, self.q, self.chosen = (np.array(part) for part in rows)


def _random_rows(model: spane.Model, count: int, options: dict[str, Any]) -> Iterator[Any]:
    trace = spane.Trace.generate(4000, seed=3)
    environment = spane.Environment(trace, **options)
    session = spane.EnvironmentSession(environment, model)
    random = np.random.default_rng(count)
    # Long enough that the servers fill up.
    stride = max(1, environment.servers)
    for row in range(count):
        if row % 20 == 0:
            environment.reset(int(random.integers(0, 1000)), length=20 * stride + 1)
        yield environment.observation(), environment.mask(), session.q_values(), session.decide()
        for _ in range(stride):
            environment.step(int(random.choice(np.flatnonzero(environment.mask()))))


def capacity(environment: dict[str, Any]) -> NDArray[np.float32]:
    """What the nodes of such an environment have, as networks take it."""
    fleet = environment.get("fleet")
    if fleet is not None:
        assert isinstance(fleet, spane.Cluster)
        return fleet.amounts().capacity.reshape(1, -1).astype(np.float32)
    node = [environment.get("node_cpu", 40), environment.get("node_mem", 90)]
    return np.tile(np.array(node, np.float32), 2 * environment.get("servers", 5))[None]


def unlike_servers() -> spane.Cluster:
    """Servers with two nodes that are not all alike."""
    fleet = spane.Cluster()
    fleet.add_servers(spane.ServerType([(40, 90)] * 2), 3)
    fleet.add_servers(spane.ServerType([(64, 256), (32, 64)]), 2)
    fleet.add_servers(spane.ServerType([(48, 128), (0, 100)]))
    return fleet


def settings(kind: str) -> list[dict[str, Any]]:
    """Environments of several sizes that such a network decides in."""
    if kind == "mlp":
        return [{"servers": 5}]
    found: list[dict[str, Any]] = [{"servers": servers} for servers in (1, 2, 5, 20, 100)]
    if kind.startswith("potential"):
        found.append({"fleet": unlike_servers()})
    return found


LARGEST = {"spane": 3e-6, "mlp": 3e-6, "afterstate": 2e-5, "potential": 1e-6}
"""The largest error by kind of network, as docs/weights.md says."""


def largest_error(found: NDArray[Any], states: States, model: spane.Model) -> float:
    """The largest error of any Q, relative to `_scale`."""
    return float((np.abs(found - states.q.astype(np.float64)) / _scale(states, model)).max())


def _scale(states: States, model: spane.Model) -> NDArray[np.float64]:
    """The largest Q of each row; for a potential, whose scores are small differences, what it can
    reach."""
    scale: NDArray[np.float64] = np.abs(states.q.astype(np.float64)).max(axis=1, keepdims=True)
    with h5py.File(io.BytesIO(model.to_bytes())) as file:
        if file.attrs["architecture"] == b"potential":
            last = 2 * int(file.attrs["hidden_layers"])
            reach = 2 * np.abs(file[f"parameters/potential.{last}.weight"][()]).sum()
            scale = np.maximum(scale, reach)
    return scale


def largest_loss(action: NDArray[np.int64], states: States, model: spane.Model) -> float:
    """How much worse the choice is than that of the library, relative to `_scale`.

    Between scores that are as good as equal another choice is as good.
    """
    rows = np.arange(len(action))
    assert states.mask[rows, action].all()
    split = states.observation[:, -1] == 1
    assert not (action[split] % 2).any()
    # Both actions of a server are the same placement of a split VM, which has the better score.
    pairs = states.q.reshape(len(action), -1, 2).max(axis=2).repeat(2, axis=1)
    worth = np.where(split[:, None], pairs, states.q)
    lost = worth[rows, states.chosen] - worth[rows, action]
    return float((lost[:, None] / _scale(states, model)).max())
