"""Infers the network from the names and shapes of its tensors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Union

from spane._showing import shown
from spane.convert._refusal import Refusal

AGGREGATORS = ("mean", "max", "std")
Shapes = dict[str, tuple[int, ...]]

_SPANE_STACKS = ("server_embedding", "value_layers", "adv_layers")
_MLP_PARTS = ("fc", "value", "adv")
_MLP_HEADS = [f"{part}.{kind}" for part in ("value", "adv") for kind in ("weight", "bias")]
_SERVER_INPUTS = 4  # cpu and mem of two NUMA nodes
_REQUEST_INPUTS = 3  # cpu, mem, split
_LAYER = re.compile(r"(0|[1-9][0-9]{0,5})\.(weight|bias)\Z")


@dataclass(frozen=True)
class Spane:
    """The SPANE network. A depth is the number of hidden ReLU layers."""

    aggregators: tuple[str, ...]
    server_width: int
    server_depth: int
    value_width: int
    value_depth: int
    advantage_width: int
    advantage_depth: int


@dataclass(frozen=True)
class Mlp:
    """The MLP for a fixed number of servers."""

    hidden_width: int
    hidden_layers: int
    servers: int


Architecture = Union[Spane, Mlp]


def tensor_names(architecture: Architecture) -> list[str]:
    """The names of all tensors, in the order in which they are hashed."""
    if isinstance(architecture, Spane):
        depths = (
            architecture.server_depth,
            architecture.value_depth,
            architecture.advantage_depth,
        )
        stacks = zip(_SPANE_STACKS, depths)
        return [name for stack, depth in stacks for name in _stack_names(stack, 2 * depth)]
    return _stack_names("fc", 2 * architecture.hidden_layers) + _MLP_HEADS


def infer(shapes: Shapes, aggregators: tuple[str, ...] | None) -> Architecture:
    """The network that these shapes fit exactly. `aggregators` defaults to mean; an MLP has
    none."""
    parts = {name.split(".", 1)[0] for name in shapes}
    spane, mlp = not parts.isdisjoint(_SPANE_STACKS), not parts.isdisjoint(_MLP_PARTS)
    if spane == mlp:
        found = "both networks" if spane else "neither network"
        raise Refusal(
            f"tensor names fit {found}; they must be {', '.join(_SPANE_STACKS)} (spane) "
            f"or {', '.join(_MLP_PARTS)} (mlp)"
        )
    if spane:
        return _infer_spane(shapes, aggregators or ("mean",))
    if aggregators is not None:
        raise Refusal(f"aggregators are {','.join(aggregators)}; an mlp network has none")
    return _infer_mlp(shapes)


def _infer_spane(shapes: Shapes, aggregators: tuple[str, ...]) -> Spane:
    lasts = {stack: _last_index(shapes, stack) for stack in _SPANE_STACKS}
    expected = [name for stack, last in lasts.items() for name in _stack_names(stack, last)]
    _check_names(shapes, expected)
    server, value, advantage = (_rows(shapes, f"{stack}.0.weight") for stack in _SPANE_STACKS)
    _check_aggregators(shapes, server, aggregators)
    cluster = len(aggregators) * server
    for stack, inputs, width, outputs in (
        ("server_embedding", _SERVER_INPUTS, server, server),
        ("value_layers", cluster + _REQUEST_INPUTS, value, 1),
        ("adv_layers", server + cluster + _REQUEST_INPUTS, advantage, 2),
    ):
        _check_stack(shapes, stack, lasts[stack], (inputs, width, outputs))
    return Spane(
        aggregators,
        server,
        lasts["server_embedding"] // 2,
        value,
        lasts["value_layers"] // 2,
        advantage,
        lasts["adv_layers"] // 2,
    )


def _infer_mlp(shapes: Shapes) -> Mlp:
    last = _last_index(shapes, "fc")
    _check_names(shapes, _stack_names("fc", last) + _MLP_HEADS)
    width, actions = _rows(shapes, "fc.0.weight"), _rows(shapes, "adv.weight")
    if actions % 2:
        raise Refusal(
            f"tensor 'adv.weight' has {actions} outputs; it must have an even number, 2 a server"
        )
    _check_stack(shapes, "fc", last, (2 * actions + _REQUEST_INPUTS, width, actions))
    _check_linear(shapes, "value", actions, 1)
    _check_linear(shapes, "adv", actions, actions)
    return Mlp(width, last // 2, actions // 2)


def _last_index(shapes: Shapes, stack: str) -> int:
    """The index of the last layer of a stack; at least 2, as there is always one hidden ReLU."""
    last = 2
    for name in shapes:
        part, _, rest = name.partition(".")
        match = _LAYER.match(rest)
        if part == stack and match and int(match.group(1)) % 2 == 0:
            last = max(last, int(match.group(1)))
    # A single huge index must not produce a huge list of missing names; only the first is reported
    # anyway.
    return min(last, 2 * len(shapes))


def _stack_names(stack: str, last: int) -> list[str]:
    # Only even indices have weights: the odd ones are the ReLUs in between.
    indices = range(0, last + 1, 2)
    return [f"{stack}.{index}.{kind}" for index in indices for kind in ("weight", "bias")]


def _check_names(shapes: Shapes, expected: list[str]) -> None:
    for name in expected:
        if name not in shapes:
            raise Refusal(f"tensor '{name}' is missing; this network needs it")
    extra = sorted(set(shapes).difference(expected))
    if extra:
        raise Refusal(f"tensor {shown(extra[0])} is not part of this network; remove it")


def _rows(shapes: Shapes, name: str) -> int:
    shape = shapes[name]
    if len(shape) != 2 or 0 in shape:
        raise Refusal(f"tensor '{name}' has shape {_text(shape)}; it must be (outputs, inputs)")
    return shape[0]


def _check_aggregators(shapes: Shapes, server: int, aggregators: tuple[str, ...]) -> None:
    _rows(shapes, "adv_layers.0.weight")
    inputs = shapes["adv_layers.0.weight"][1]
    count, rest = divmod(inputs - server - _REQUEST_INPUTS, server)
    if rest or not 1 <= count <= len(AGGREGATORS):
        allowed = [(1 + n) * server + _REQUEST_INPUTS for n in range(1, len(AGGREGATORS) + 1)]
        raise Refusal(
            f"tensor 'adv_layers.0.weight' has {inputs} inputs; it must have one of "
            f"{', '.join(map(str, allowed))} (1, 2 or 3 aggregators of width {server})"
        )
    if count != len(aggregators):
        raise Refusal(
            f"aggregators are {','.join(aggregators)} ({len(aggregators)}), but the tensor "
            f"shapes need {count}: set --aggregators in the order in which the network "
            "concatenates them"
        )


def _check_stack(shapes: Shapes, stack: str, last: int, sizes: tuple[int, int, int]) -> None:
    inputs, width, outputs = sizes
    for index in range(0, last + 1, 2):
        _check_linear(
            shapes,
            f"{stack}.{index}",
            inputs if index == 0 else width,
            outputs if index == last else width,
        )


def _check_linear(shapes: Shapes, layer: str, inputs: int, outputs: int) -> None:
    for name, wanted in ((f"{layer}.weight", (outputs, inputs)), (f"{layer}.bias", (outputs,))):
        if shapes[name] != wanted:
            raise Refusal(
                f"tensor '{name}' has shape {_text(shapes[name])}; it must be {_text(wanted)}"
            )


def _text(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"
