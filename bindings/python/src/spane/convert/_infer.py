"""Infers the network from the names and shapes of its tensors."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spane._showing import shown
from spane.convert._architecture import (
    ACTIVATIONS,
    AGGREGATORS,
    CONTEXTS,
    REQUEST_INPUTS,
    UNITS,
    Afterstate,
    Architecture,
    Mlp,
    Potential,
    Shapes,
    Spane,
    layer_names,
)
from spane.convert._refusal import Refusal

_MLP_HEADS = [f"{part}.{kind}" for part in ("value", "adv") for kind in ("weight", "bias")]
_LAYER = re.compile(r"(0|[1-9][0-9]{0,5})\.(weight|bias)\Z")
_FAMILIES = (Spane, Mlp, Potential)


@dataclass(frozen=True)
class Unseen:
    """What shapes do not tell; None where it is not given."""

    aggregators: tuple[str, ...] | None = None
    activation: str | None = None
    units: str | None = None


def is_part(name: str) -> bool:
    """Whether a tensor of this name belongs to a network."""
    return any(name.split(".", 1)[0] in family.stacks for family in _FAMILIES)


def infer(shapes: Shapes, unseen: Unseen) -> Architecture:
    """The network that these shapes fit exactly."""
    parts = {name.split(".", 1)[0] for name in shapes}
    fitting = [family for family in _FAMILIES if not parts.isdisjoint(family.stacks)]
    if len(fitting) != 1:
        found = "several networks" if fitting else "no network"
        allowed = [f"{family.name} {', '.join(family.stacks)}" for family in _FAMILIES]
        raise Refusal(f"tensor names fit {found}; they must be those of one: {'; '.join(allowed)}")
    family = fitting[0]
    for option, value, owner in (
        ("aggregators", unseen.aggregators and ",".join(unseen.aggregators), Spane),
        ("activation", unseen.activation, Potential),
        ("units", unseen.units, Potential),
    ):
        if value is not None and family is not owner:
            verb = "is" if option == "activation" else "are"
            raise Refusal(f"{option} {verb} {value}; {_article(family.name)} network has none")
    if family is Spane:
        architecture = _infer_spane(shapes, unseen.aggregators or (AGGREGATORS[0],))
    elif family is Mlp:
        architecture = _infer_mlp(shapes)
    else:
        architecture = _infer_potential(shapes, unseen)
    check_shapes(shapes, architecture.shapes())
    return architecture


def _infer_spane(shapes: Shapes, aggregators: tuple[str, ...]) -> Architecture:
    lasts = [_last_index(shapes, stack) for stack in Spane.stacks]
    names = [name for stack, last in zip(Spane.stacks, lasts) for name in _names(stack, last)]
    check_names(shapes, names)
    server, value, advantage = (_rows(shapes, f"{stack}.0.weight") for stack in Spane.stacks)
    _check_aggregators(shapes, server, aggregators)
    # One advantage of a server as a placement leaves it, or two of a server as it is.
    outputs = shapes[f"adv_layers.{lasts[2]}.bias"]
    kind = Afterstate if outputs == (Afterstate.advantages,) else Spane
    depths = [last // 2 for last in lasts]
    return kind(aggregators, server, depths[0], value, depths[1], advantage, depths[2])


def _infer_mlp(shapes: Shapes) -> Architecture:
    last = _last_index(shapes, "fc")
    check_names(shapes, _names("fc", last) + _MLP_HEADS)
    width, actions = _rows(shapes, "fc.0.weight"), _rows(shapes, "adv.weight")
    if actions % 2:
        raise Refusal(
            f"tensor 'adv.weight' has {actions} outputs; it must have an even number, 2 a server"
        )
    return Mlp(width, last // 2, actions // 2)


def _infer_potential(shapes: Shapes, unseen: Unseen) -> Architecture:
    last = _last_index(shapes, "potential")
    check_names(shapes, _names("potential", last)[:-1])
    width = _rows(shapes, "potential.0.weight")
    inputs = shapes["potential.0.weight"][1]
    contexts = [context for context, count in CONTEXTS.items() if count == inputs]
    if not contexts:
        allowed = ", ".join(f"{count} ({context})" for context, count in CONTEXTS.items())
        raise Refusal(
            f"tensor 'potential.0.weight' has {inputs} inputs; it must have one of {allowed}"
        )
    if unseen.activation is None:
        raise Refusal(
            "activation of the potential is not known: set --activation to one of "
            f"{', '.join(ACTIVATIONS)}"
        )
    return Potential(width, last // 2, unseen.activation, contexts[0], unseen.units or UNITS[0])


def _last_index(shapes: Shapes, stack: str) -> int:
    """The index of the last layer of a stack; at least 2, as there is always one hidden layer."""
    last = 2
    for name in shapes:
        part, _, rest = name.partition(".")
        match = _LAYER.match(rest)
        if part == stack and match and int(match.group(1)) % 2 == 0:
            last = max(last, int(match.group(1)))
    # A single huge index must not produce a huge list of missing names; only the first is reported
    # anyway.
    return min(last, 2 * len(shapes))


def _names(stack: str, last: int) -> list[str]:
    return [f"{layer}.{kind}" for layer in layer_names(stack, last) for kind in ("weight", "bias")]


def check_names(shapes: Shapes, expected: list[str]) -> None:
    """Refuses tensors that are not exactly those."""
    for name in expected:
        if name not in shapes:
            raise Refusal(f"tensor '{name}' is missing; this network needs it")
    extra = sorted(set(shapes).difference(expected))
    if extra:
        raise Refusal(f"tensor {shown(extra[0])} is not part of this network; remove it")


def check_shapes(shapes: Shapes, expected: Shapes) -> None:
    """Refuses another shape than the expected one."""
    for name, wanted in expected.items():
        if shapes[name] != wanted:
            raise Refusal(
                f"tensor '{name}' has shape {_text(shapes[name])}; it must be {_text(wanted)}"
            )


def _rows(shapes: Shapes, name: str) -> int:
    shape = shapes[name]
    if len(shape) != 2 or 0 in shape:
        raise Refusal(f"tensor '{name}' has shape {_text(shape)}; it must be (outputs, inputs)")
    return shape[0]


def _check_aggregators(shapes: Shapes, server: int, aggregators: tuple[str, ...]) -> None:
    inputs = shapes["adv_layers.0.weight"][1]
    count, rest = divmod(inputs - server - REQUEST_INPUTS, server)
    if rest or not 1 <= count <= len(AGGREGATORS):
        allowed = [(1 + n) * server + REQUEST_INPUTS for n in range(1, len(AGGREGATORS) + 1)]
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


def _article(kind: str) -> str:
    return f"{'an' if kind == Mlp.name else 'a'} {kind}"


def _text(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"
