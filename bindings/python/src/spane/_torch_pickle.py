"""A reader for the pickle inside a PyTorch file that builds plain values and tensors only.

The general unpickler can call any function a file names. This one is a small stack machine: it
knows the few opcodes PyTorch writes, imports nothing, and calls nothing that the file names. A
tensor becomes a description (`TensorRef`); its numbers are read elsewhere.
"""

from __future__ import annotations

import pickletools
import re
from dataclasses import dataclass
from typing import Any, Callable

from spane._refusal import Refusal, shown

ORDERED_DICT = "collections.OrderedDict"
REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2"
REBUILD_PARAMETER = "torch._utils._rebuild_parameter"
_STORAGE = re.compile(r"torch\.([A-Za-z0-9]{1,24})Storage\Z")


@dataclass(frozen=True)
class Global:
    """A name from the file. It stays a name: nothing is ever imported."""

    name: str


@dataclass(frozen=True)
class StorageRef:
    """A run of numbers in the file: its key, PyTorch's name for its type, how many numbers."""

    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class TensorRef:
    """A view of a storage: where it starts, its shape, and its steps, all counted in numbers."""

    storage: StorageRef
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class _Mark:
    """Where a group of values starts on the stack."""


_MARK = _Mark()


def read_pickle(data: bytes) -> Any:
    """The value a pickle describes; `Refusal` for anything beyond plain values and tensors."""
    machine = _Machine()
    opcodes = pickletools.genops(data)
    while True:
        try:
            opcode, argument, position = next(opcodes)
        except StopIteration:
            raise Refusal("pickle ends without a STOP opcode, must be complete") from None
        except ValueError:
            raise Refusal("pickle is damaged or truncated, must be complete") from None
        if opcode.name == "STOP":
            return machine.pop()
        step = _STEPS.get(opcode.name)
        if step is None:
            raise Refusal(
                f"pickle has opcode {opcode.name} at byte {position}, "
                "only the opcodes of a plain state_dict are allowed"
            )
        step(machine, argument)


class _Machine:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise Refusal("pickle takes a value from an empty stack, must be well formed")
        return self.stack.pop()

    def pop_many(self, count: int) -> tuple[Any, ...]:
        values = [self.pop() for _ in range(count)]
        return tuple(reversed(values))

    def pop_to_mark(self) -> list[Any]:
        values: list[Any] = []
        while self.stack:
            value = self.stack.pop()
            if value is _MARK:
                values.reverse()
                return values
            values.append(value)
        raise Refusal("pickle closes a group it never opened, must be well formed")

    def top(self, kind: type) -> Any:
        if not self.stack or not isinstance(self.stack[-1], kind):
            raise Refusal(
                f"pickle adds items to something that is not a {kind.__name__}, must be well formed"
            )
        return self.stack[-1]

    def remember(self, index: int) -> None:
        value = self.pop()
        self.memo[index] = value
        self.push(value)

    def recall(self, index: int) -> None:
        if index not in self.memo:
            raise Refusal(f"pickle refers to memo {index} before it is set, must be well formed")
        self.push(self.memo[index])

    def name(self, full: str) -> None:
        known = full in (ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER)
        if not known and not _STORAGE.match(full):
            raise Refusal(
                f"pickle names {shown(full)}, only tensors are allowed "
                "(save model.state_dict(), not the model)"
            )
        self.push(Global(full))

    def name_from_stack(self) -> None:
        module, name = self.pop_many(2)
        if not isinstance(module, str) or not isinstance(name, str):
            raise Refusal("pickle names a global that is not text, must be well formed")
        self.name(f"{module}.{name}")

    def call(self) -> None:
        function, arguments = self.pop_many(2)
        name = function.name if isinstance(function, Global) else shown(function)
        self.push(_call(name, arguments))

    def load_storage(self) -> None:
        self.push(_storage(self.pop()))

    def set_attributes(self) -> None:
        # PyTorch hangs `_metadata` on the OrderedDict of a state_dict; nothing here needs it.
        self.pop()
        self.top(dict)

    def set_items(self, items: list[Any]) -> None:
        target = self.top(dict)
        if len(items) % 2:
            raise Refusal("pickle has a dictionary key without a value, must be well formed")
        for key, value in zip(items[::2], items[1::2]):
            # Hashing nested tuples can take exponential time, so keys are plain.
            if not isinstance(key, (str, int)):
                raise Refusal(f"dictionary key is {shown(key)}, must be text or an integer")
            target[key] = value

    def set_item(self) -> None:
        self.set_items(list(self.pop_many(2)))

    def append(self) -> None:
        value = self.pop()
        self.top(list).append(value)

    def extend(self) -> None:
        values = self.pop_to_mark()
        self.top(list).extend(values)


def _storage(described: Any) -> StorageRef:
    """('storage', type, key, device, count); the device does not matter here."""
    if isinstance(described, tuple) and len(described) == 5:
        tag, kind, key, _, count = described
        if tag == "storage" and isinstance(kind, Global) and isinstance(key, str):
            match = _STORAGE.match(kind.name)
            size = _natural(count)
            if match and size is not None:
                return StorageRef(key, match.group(1), size)
    raise Refusal("pickle refers to outside data that is not a storage, only tensors are allowed")


def _call(name: str, arguments: Any) -> Any:
    """What a call would give, for the three that a state_dict makes."""
    count = len(arguments) if isinstance(arguments, tuple) else None
    if name == ORDERED_DICT and count == 0:
        return {}
    if name == REBUILD_TENSOR and count in (6, 7):
        return _tensor(*arguments[:4])
    if name == REBUILD_PARAMETER and count == 3 and isinstance(arguments[0], TensorRef):
        return arguments[0]
    raise Refusal(f"pickle calls {name} with arguments no state_dict has, must be well formed")


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any) -> TensorRef:
    start, sizes, steps = _natural(offset), _naturals(shape), _naturals(stride)
    known = isinstance(storage, StorageRef)
    if not known or start is None or sizes is None or steps is None or len(sizes) != len(steps):
        raise Refusal(
            "tensor has an ill-formed description, must be a storage, an offset, "
            "and a size and a stride of the same length, none negative"
        )
    return TensorRef(storage, start, sizes, steps)


def _natural(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 2**63 else None


def _naturals(values: Any) -> tuple[int, ...] | None:
    if not isinstance(values, tuple) or len(values) > 8:
        return None
    checked = tuple(_natural(value) for value in values)
    return None if None in checked else values


def _constant(make: Callable[[], Any]) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.push(make())


def _push_argument(machine: _Machine, argument: Any) -> None:
    machine.push(argument)


def _tuple_of(count: int) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.push(machine.pop_many(count))


_STEPS: dict[str, Callable[[_Machine, Any], None]] = {
    "PROTO": lambda machine, _: None,
    "FRAME": lambda machine, _: None,
    "MARK": lambda machine, _: machine.stack.append(_MARK),
    "NONE": _constant(lambda: None),
    "NEWTRUE": _constant(lambda: True),
    "NEWFALSE": _constant(lambda: False),
    "EMPTY_TUPLE": _constant(tuple),
    "EMPTY_LIST": _constant(list),
    "EMPTY_DICT": _constant(dict),
    "BININT": _push_argument,
    "BININT1": _push_argument,
    "BININT2": _push_argument,
    "LONG1": _push_argument,
    "BINFLOAT": _push_argument,
    "BINUNICODE": _push_argument,
    "SHORT_BINUNICODE": _push_argument,
    "TUPLE": lambda machine, _: machine.push(tuple(machine.pop_to_mark())),
    "TUPLE1": _tuple_of(1),
    "TUPLE2": _tuple_of(2),
    "TUPLE3": _tuple_of(3),
    "BINPUT": lambda machine, index: machine.remember(index),
    "LONG_BINPUT": lambda machine, index: machine.remember(index),
    "MEMOIZE": lambda machine, _: machine.remember(len(machine.memo)),
    "BINGET": lambda machine, index: machine.recall(index),
    "LONG_BINGET": lambda machine, index: machine.recall(index),
    # The argument is "module name".
    "GLOBAL": lambda machine, text: machine.name(text.replace(" ", ".", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.name_from_stack(),
    "REDUCE": lambda machine, _: machine.call(),
    "BINPERSID": lambda machine, _: machine.load_storage(),
    "BUILD": lambda machine, _: machine.set_attributes(),
    "SETITEM": lambda machine, _: machine.set_item(),
    "SETITEMS": lambda machine, _: machine.set_items(machine.pop_to_mark()),
    "APPEND": lambda machine, _: machine.append(),
    "APPENDS": lambda machine, _: machine.extend(),
}
