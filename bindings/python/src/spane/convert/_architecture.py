"""The networks that a weights file can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Union

from spane._showing import shown
from spane.convert._refusal import Refusal

AGGREGATORS = ("mean", "max", "std")
ACTIVATIONS = ("relu", "softsign", "tanh")
UNITS = ("trained-node", "own-node")
SERVER_INPUTS = 4  # cpu and mem of two NUMA nodes
REQUEST_INPUTS = 3  # cpu, mem, split
CONTEXTS = {
    "none": SERVER_INPUTS,
    "request": SERVER_INPUTS + REQUEST_INPUTS,
    "cluster": SERVER_INPUTS + REQUEST_INPUTS + 2,  # and the cluster's mean cpu and mem
}
"""What a potential sees besides the server, and how many inputs it has then."""

Shapes = dict[str, tuple[int, ...]]

# Those of libspane.
_LARGEST = {"width": 4096, "depth": 64, "layers": 64, "servers": 4096}
_CHOICES = {"activation": ACTIVATIONS, "context": tuple(CONTEXTS), "units": UNITS}


@dataclass(frozen=True)
class Spane:
    """The SPANE network. A depth is the number of hidden ReLU layers."""

    name: ClassVar[str] = "spane"
    stacks: ClassVar[tuple[str, ...]] = ("server_embedding", "value_layers", "adv_layers")
    advantages: ClassVar[int] = 2

    aggregators: tuple[str, ...]
    server_width: int
    server_depth: int
    value_width: int
    value_depth: int
    advantage_width: int
    advantage_depth: int

    def shapes(self) -> Shapes:
        """The shape of each tensor, in the order in which they are hashed."""
        server, cluster = self.server_width, len(self.aggregators) * self.server_width
        sizes = (
            (SERVER_INPUTS, server, self.server_depth, server),
            (cluster + REQUEST_INPUTS, self.value_width, self.value_depth, 1),
            (
                server + cluster + REQUEST_INPUTS,
                self.advantage_width,
                self.advantage_depth,
                self.advantages,
            ),
        )
        stacks = zip(self.stacks, sizes)
        return {key: shape for name, size in stacks for key, shape in _stack(name, *size)}

    def __str__(self) -> str:
        return (
            f"{self.name}, aggregators {','.join(self.aggregators)}, "
            f"server {self.server_width}x{self.server_depth}, "
            f"value {self.value_width}x{self.value_depth}, "
            f"advantage {self.advantage_width}x{self.advantage_depth}"
        )


@dataclass(frozen=True)
class Afterstate(Spane):
    """SPANE's parts, whose advantage looks at the server as the placement leaves it."""

    name: ClassVar[str] = "afterstate"
    advantages: ClassVar[int] = 1


@dataclass(frozen=True)
class Mlp:
    """The MLP for a fixed number of servers."""

    name: ClassVar[str] = "mlp"
    stacks: ClassVar[tuple[str, ...]] = ("fc", "value", "adv")

    hidden_width: int
    hidden_layers: int
    servers: int

    def shapes(self) -> Shapes:
        """The shape of each tensor, in the order in which they are hashed."""
        actions = 2 * self.servers
        inputs = SERVER_INPUTS * self.servers + REQUEST_INPUTS
        return dict(
            [
                *_stack("fc", inputs, self.hidden_width, self.hidden_layers, actions),
                *_linear("value", actions, 1),
                *_linear("adv", actions, actions),
            ]
        )

    def __str__(self) -> str:
        return f"mlp, hidden {self.hidden_width}x{self.hidden_layers}, servers {self.servers}"


@dataclass(frozen=True)
class Potential:
    """A potential of single servers."""

    name: ClassVar[str] = "potential"
    stacks: ClassVar[tuple[str, ...]] = ("potential",)

    hidden_width: int
    hidden_layers: int
    activation: str
    context: str
    units: str = UNITS[0]

    def shapes(self) -> Shapes:
        """The shape of each tensor, in the order in which they are hashed. The last layer has no
        bias."""
        inputs = CONTEXTS[self.context]
        return dict(
            list(_stack("potential", inputs, self.hidden_width, self.hidden_layers, 1))[:-1]
        )

    def __str__(self) -> str:
        return (
            f"potential, hidden {self.hidden_width}x{self.hidden_layers}, "
            f"activation {self.activation}, context {self.context}, units {self.units}"
        )


Architecture = Union[Spane, Afterstate, Mlp, Potential]
KINDS: dict[str, type[Architecture]] = {
    kind.name: kind for kind in (Spane, Afterstate, Mlp, Potential)
}


def attributes(architecture: Architecture) -> dict[str, str | int]:
    """What describes it in a file, by name."""
    found: dict[str, str | int] = {"architecture": architecture.name}
    for field in fields(architecture):
        value = getattr(architecture, field.name)
        if field.name == "units" and value == field.default:
            continue  # Left out, as libspane does: older files have none.
        found[field.name] = ",".join(value) if isinstance(value, tuple) else value
    return found


def described(texts: Mapping[str, str]) -> Architecture:
    """The architecture that such attributes describe."""
    name = texts.get("architecture")
    if name not in KINDS:
        raise Refusal(
            f"architecture is {'missing' if name is None else shown(name)}; it must be one of "
            f"{', '.join(KINDS)}"
        )
    kind = KINDS[name]
    values: dict[str, Any] = {}
    for field in fields(kind):
        text = texts.get(field.name)
        if text is None and field.name == "units":
            continue
        if text is None:
            raise Refusal(f"{field.name} is missing; an architecture {name} has it")
        values[field.name] = _value(field.name)(field.name, text)
    return kind(**values)


def _value(name: str) -> Callable[[str, str], Any]:
    if name == "aggregators":
        return _aggregators
    return _choice if name in _CHOICES else _integer


def _aggregators(name: str, text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if len(set(names)) != len(names) or not set(names) <= set(AGGREGATORS):
        raise Refusal(
            f"{name} is {shown(text)}; it must be one or more of {', '.join(AGGREGATORS)}, each "
            "at most once"
        )
    return names


def _choice(name: str, text: str) -> str:
    if text not in _CHOICES[name]:
        raise Refusal(f"{name} is {shown(text)}; it must be one of {', '.join(_CHOICES[name])}")
    return text


def _integer(name: str, text: str) -> int:
    most = _LARGEST[name.rpartition("_")[2]]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= number <= most:
        raise Refusal(f"{name} is {shown(text)}; it must be an integer from 1 to {most}")
    return number


def layer_names(stack: str, last: int) -> list[str]:
    """The names of the layers 0 to `last`. The odd numbers are the activations in between."""
    return [f"{stack}.{index}" for index in range(0, last + 1, 2)]


def _stack(
    name: str, inputs: int, width: int, depth: int, outputs: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    layers = layer_names(name, 2 * depth)
    for layer in layers:
        yield from _linear(
            layer,
            inputs if layer == layers[0] else width,
            outputs if layer == layers[-1] else width,
        )


def _linear(layer: str, inputs: int, outputs: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{layer}.weight", (outputs, inputs)
    yield f"{layer}.bias", (outputs,)
