"""What the networks compute, for any library that computes with tensors.

An observation is a row of `spane.Environment.observation` on servers with two NUMA nodes and no
further resources: cores and GB that each node has free, [server][node][cpu, mem], then cores and GB
of the next VM and 1 if it is split, else 0. Q is that of `spane.EnvironmentSession.q_values`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from spane.convert._architecture import Afterstate, Architecture, Mlp, Potential, Spane, layer_names
from spane.convert._weights import Weights

# A tensor of any library, with operators as NumPy's arrays have them.
Tensor = Any

# Both nodes of a server exchanged: [cpu, mem] of one, then of the other.
_EXCHANGED = (2, 3, 0, 1)
# Which numbers of [action][node][cpu, mem] a VM on one node takes.
_ON_ONE_NODE = np.array([1, 1, 0, 0, 0, 0, 1, 1], np.float32)
# What libspane rounds the mean free capacity of a cluster to, and what a server has before.
_LEVEL_STEPS, _PARTS = 32.0, 1024.0


class Operations(Protocol):
    """What a library has to offer. The first axis of every tensor is the batch."""

    def constant(self, values: NDArray[Any]) -> Tensor: ...
    def linear(self, layer: str, x: Tensor) -> Tensor:
        """On the last axis, with the parameters of this layer."""

    def activation(self, name: str, x: Tensor) -> Tensor: ...
    def columns(self, x: Tensor, first: int, end: int | None) -> Tensor:
        """A range of the last axis."""

    def take(self, x: Tensor, indices: Sequence[int]) -> Tensor:
        """Elements of the last axis."""

    def shaped(self, x: Tensor, *shape: int) -> Tensor:
        """In another shape behind the batch; one number may be -1."""

    def concatenate(self, parts: Sequence[Tensor]) -> Tensor:
        """On the last axis."""

    def spread(self, x: Tensor, like: Tensor) -> Tensor:
        """(batch, k) repeated to all axes of `like` but its last one."""

    def total(self, x: Tensor) -> Tensor:
        """The sum over axis 1, which stays with size 1."""

    def largest(self, x: Tensor) -> Tensor:
        """As `total`."""

    def count(self, x: Tensor) -> Tensor:
        """The size of axis 1, in double precision."""

    def root(self, x: Tensor) -> Tensor: ...
    def floor(self, x: Tensor) -> Tensor: ...
    def at_least(self, x: Tensor, least: float) -> Tensor:
        """The larger one of a double and a number."""

    def choose(self, mask: Tensor, x: Tensor, other: float) -> Tensor:
        """x where the mask is true."""

    def double(self, x: Tensor) -> Tensor: ...
    def single(self, x: Tensor) -> Tensor: ...
    def integer(self, x: Tensor) -> Tensor: ...
    def best(self, x: Tensor) -> Tensor:
        """(batch,): the lowest index of the largest element of axis 1."""


def needs_mask(architecture: Architecture) -> bool:
    """Whether Q depends on which actions are available."""
    return isinstance(architecture, Afterstate)


def needs_capacity(architecture: Architecture) -> bool:
    """Whether Q depends on what the nodes of the servers have in all."""
    return isinstance(architecture, Potential) and architecture.units == "own-node"


def q_values(
    ops: Operations, weights: Weights, observation: Tensor, mask: Tensor, capacity: Tensor
) -> Tensor:
    """Q of each action, (batch, actions).

    Of `mask` (batch, actions) and `capacity` (batch or 1, of each node, [server][node][cpu, mem]),
    only those are looked at that the network needs.
    """
    network = _Network(ops, weights)
    architecture = weights.architecture
    if isinstance(architecture, Mlp):
        return network.mlp(architecture, observation)
    free = ops.shaped(ops.columns(observation, 0, -3), -1, 4)
    request = ops.columns(observation, -3, None)
    if isinstance(architecture, Potential):
        return network.potential(architecture, free, request, capacity)
    if isinstance(architecture, Afterstate):
        return network.afterstate(architecture, free, request, mask)
    return network.spane(architecture, free, request)


def action(ops: Operations, q: Tensor, mask: Tensor, observation: Tensor) -> Tensor:
    """The available action with the largest Q, the lowest one of equals; for a split VM the first
    one of its server."""
    chosen = ops.best(ops.choose(mask, q, -np.inf))
    split = ops.integer(ops.shaped(ops.columns(observation, -1, None)))
    return chosen - chosen % 2 * split


class _Network:
    def __init__(self, ops: Operations, weights: Weights) -> None:
        self._ops = ops
        self._unit = np.array(weights.normalisation, np.float32)

    def mlp(self, a: Mlp, observation: Tensor) -> Tensor:
        ops = self._ops
        unit = np.concatenate([np.tile(self._unit, 2 * a.servers + 1), np.ones(1, np.float32)])
        hidden = self._stack("fc", a.hidden_layers, observation / ops.constant(unit))
        hidden = ops.activation("relu", hidden)
        return self._dueling(ops.linear("value", hidden), ops.linear("adv", hidden))

    def spane(self, a: Spane, free: Tensor, request: Tensor) -> Tensor:
        ops = self._ops
        embedding = self._stack("server_embedding", a.server_depth, self._relative(free))
        shared = self._shared(a, embedding, request)
        inputs = ops.concatenate([embedding, ops.spread(shared, embedding)])
        advantage = ops.shaped(self._stack("adv_layers", a.advantage_depth, inputs), -1)
        return self._dueling(self._stack("value_layers", a.value_depth, shared), advantage)

    def afterstate(self, a: Afterstate, free: Tensor, request: Tensor, mask: Tensor) -> Tensor:
        ops = self._ops

        def embed(amounts: Tensor) -> Tensor:
            return self._stack("server_embedding", a.server_depth, self._relative(amounts))

        # Each server in both orders of its nodes.
        both = ops.shaped(ops.concatenate([free, ops.take(free, _EXCHANGED)]), -1, 4)
        shared = self._shared(a, embed(both), request)

        def head(amounts: Tensor) -> Tensor:
            inputs = ops.concatenate([embed(amounts), ops.spread(shared, amounts)])
            return self._stack("adv_layers", a.advantage_depth, inputs)

        after = self._after(free, request)
        advantage = ops.shaped(head(after) + head(ops.take(after, _EXCHANGED)), -1)
        available = ops.at_least(ops.total(ops.double(mask)), 1.0)
        mean = ops.total(ops.choose(mask, ops.double(advantage), 0.0)) / available
        value = self._stack("value_layers", a.value_depth, shared)
        return advantage + (value - ops.single(mean))

    def potential(self, a: Potential, free: Tensor, request: Tensor, capacity: Tensor) -> Tensor:
        ops = self._ops
        context = []
        if a.context != "none":
            context.append(self._relative_request(request))
        if a.context == "cluster":
            context.append(self._level(free))
        activation = a.activation

        def of_node(shares: Tensor) -> Tensor:
            beside = [ops.spread(part, shares) for part in context]
            inputs = ops.concatenate([shares, *beside])
            return self._stack("potential", a.hidden_layers, inputs, activation)

        def of_server(amounts: Tensor, units: Tensor) -> Tensor:
            shares = amounts / units
            return of_node(shares) + of_node(ops.take(shares, _EXCHANGED))

        before_units = after_units = ops.constant(np.tile(self._unit, 2))
        if a.units == "own-node":
            own = ops.shaped(capacity, -1, 4)
            # Of what a node does not have there is nothing.
            before_units = ops.choose(own > 0.0, own, np.inf)
            after_units = ops.shaped(before_units, -1, 1, 4)
        before = of_server(free, before_units)
        after = of_server(self._after(free, request), after_units)
        return ops.shaped(ops.shaped(after, -1, 2) - before, -1)

    # Parts

    def _stack(self, name: str, depth: int, x: Tensor, activation: str = "relu") -> Tensor:
        layers = layer_names(name, 2 * depth)
        for layer in layers:
            x = self._ops.linear(layer, x)
            if layer != layers[-1]:
                x = self._ops.activation(activation, x)
        return x

    def _dueling(self, value: Tensor, advantage: Tensor) -> Tensor:
        ops = self._ops
        mean = ops.total(ops.double(advantage)) / ops.count(advantage)
        return advantage + (value - ops.single(mean))

    def _relative(self, amounts: Tensor) -> Tensor:
        return amounts / self._ops.constant(np.tile(self._unit, 2))

    def _relative_request(self, request: Tensor) -> Tensor:
        return request / self._ops.constant(np.append(self._unit, np.float32(1)))

    def _shared(self, a: Spane, embedding: Tensor, request: Tensor) -> Tensor:
        """The cluster embedding and the request."""
        ops = self._ops
        exact = ops.double(embedding)
        mean = ops.total(exact) / ops.count(exact)

        def deviation() -> Tensor:
            # The unbiased one; 0 for a single embedding.
            apart = exact - mean
            return ops.root(ops.total(apart * apart) / ops.at_least(ops.count(exact) - 1.0, 1.0))

        pools: dict[str, Callable[[], Tensor]] = {
            "mean": lambda: mean,
            "max": lambda: ops.largest(exact),
            "std": deviation,
        }
        cluster = [ops.single(pools[name]()) for name in a.aggregators]
        return ops.concatenate(
            [ops.shaped(part, a.server_width) for part in cluster]
            + [self._relative_request(request)]
        )

    def _after(self, free: Tensor, request: Tensor) -> Tensor:
        """(batch, servers, action, 4): what each placement leaves."""
        ops = self._ops
        split = ops.columns(request, -1, None)
        alone = ops.constant(_ON_ONE_NODE)
        per_node = ops.columns(request, 0, 2) / (split + 1.0)
        taken = ops.take(per_node, (0, 1) * 4) * (alone + split * (1.0 - alone))
        left = ops.take(free, tuple(range(4)) * 2)
        return ops.shaped(left - ops.spread(taken, left), -1, 2, 4)

    def _level(self, free: Tensor) -> Tensor:
        """The mean free cores and memory of all nodes, in steps."""
        ops = self._ops
        exact = ops.double(free)
        pair = ops.take(exact, (0, 1)) + ops.take(exact, (2, 3))
        total = ops.total(ops.floor(pair * _PARTS))
        mean = total / _PARTS / (ops.count(exact) * 2.0)
        share = mean / ops.constant(self._unit.astype(np.float64))
        steps = ops.floor(share * _LEVEL_STEPS + 0.5)
        return ops.shaped(ops.single(steps / _LEVEL_STEPS), 2)
