"""Weights as a PyTorch module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spane._extras import missing
from spane.convert import _networks
from spane.convert._weights import Weights

try:
    import torch
except ModuleNotFoundError as error:
    raise missing(error) from error


class Network(torch.nn.Module):
    """A network whose `state_dict` has the names of a weights file."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.weights = weights
        """What the module was made of; training changes `parameters()`, not this."""
        for name, values in weights.parameters.items():
            *path, kind = name.split(".")
            parameter = torch.nn.Parameter(torch.from_numpy(np.array(values, np.float32)))
            _place(self, path).register_parameter(kind, parameter)

    def forward(self, observation: Any, mask: Any = None, capacity: Any = None) -> Any:
        """Q of each action, (batch, actions).

        observation: (batch, 4 * servers + 3), float32. mask: (batch, actions), bool, for afterstate
        networks. capacity: (batch or 1, 4 * servers), float32, for potentials with units own-node.
        """
        architecture = self.weights.architecture
        for name, value, needed in (
            ("mask", mask, _networks.needs_mask(architecture)),
            ("capacity", capacity, _networks.needs_capacity(architecture)),
        ):
            if needed and value is None:
                raise ValueError(f"{name} is None; this network needs it: {architecture}")
        return _networks.q_values(_Operations(self), self.weights, observation, mask, capacity)

    def action(self, observation: Any, mask: Any, capacity: Any = None) -> Any:
        """The available action with the largest Q of each row, (batch,)."""
        q = self(observation, mask, capacity)
        return _networks.action(_Operations(self), q, mask, observation)

    def extra_repr(self) -> str:
        return str(self.weights.architecture)


def _place(module: torch.nn.Module, path: Sequence[str]) -> torch.nn.Module:
    for name in path:
        if name not in dict(module.named_children()):
            module.add_module(name, torch.nn.Module())
        module = module.get_submodule(name)
    return module


_ACTIVATIONS = {
    "relu": torch.relu,
    "softsign": torch.nn.functional.softsign,
    "tanh": torch.tanh,
}


class _Operations:
    """The operations of `spane.convert._networks` in PyTorch."""

    def __init__(self, module: Network) -> None:
        self._parameters = dict(module.named_parameters())
        self._device = next(iter(self._parameters.values())).device

    def constant(self, values: NDArray[Any]) -> Any:
        return torch.from_numpy(values).to(self._device)

    def linear(self, layer: str, x: Any) -> Any:
        weight, bias = self._parameters[f"{layer}.weight"], self._parameters.get(f"{layer}.bias")
        return torch.nn.functional.linear(x, weight, bias)

    def activation(self, name: str, x: Any) -> Any:
        return _ACTIVATIONS[name](x)

    def columns(self, x: Any, first: int, end: int | None) -> Any:
        return x[..., first:end]

    def take(self, x: Any, indices: Sequence[int]) -> Any:
        return x[..., list(indices)]

    def shaped(self, x: Any, *shape: int) -> Any:
        return x.reshape(x.shape[0], *shape)

    def concatenate(self, parts: Sequence[Any]) -> Any:
        return torch.cat(list(parts), -1)

    def spread(self, x: Any, like: Any) -> Any:
        apart = x.reshape(x.shape[0], *[1] * (like.dim() - 2), x.shape[1])
        return apart.expand(*like.shape[:-1], x.shape[1])

    def total(self, x: Any) -> Any:
        return x.sum(1, keepdim=True)

    def largest(self, x: Any) -> Any:
        return x.amax(1, keepdim=True)

    def count(self, x: Any) -> Any:
        return torch.tensor(float(x.shape[1]), dtype=torch.float64, device=x.device)

    def root(self, x: Any) -> Any:
        return x.sqrt()

    def floor(self, x: Any) -> Any:
        return x.floor()

    def at_least(self, x: Any, least: float) -> Any:
        return x.clamp(min=least)

    def choose(self, mask: Any, x: Any, other: float) -> Any:
        return torch.where(mask, x, other)

    def double(self, x: Any) -> Any:
        return x.double()

    def single(self, x: Any) -> Any:
        return x.float()

    def integer(self, x: Any) -> Any:
        return x.long()

    def best(self, x: Any) -> Any:
        return x.argmax(1)
