"""A restricted unpickler for PyTorch files: plain values and tensors only.

The standard unpickler can call any function that a file names. This one accepts only the opcodes
that PyTorch writes, imports nothing and calls nothing from the file: a tensor becomes a
`TensorRef`, and its values are read elsewhere.

It subclasses the standard library's pure-Python unpickler. Restricting `find_class` of the C one
(`pickle.Unpickler`) would not be safe for untrusted files: it hashes any dictionary key, so a key
of nested tuples can take exponential time or overflow the C stack and crash the process, and its
memo is an array sized by the largest index in the file.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import re
import struct
from dataclasses import dataclass
from typing import Any, Callable, ClassVar

from spane._showing import shown
from spane.convert._refusal import Refusal
from spane.convert.torch._tensors import StorageRef, TensorRef, natural, tensor_ref

ORDERED_DICT = "collections.OrderedDict"
REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2"
REBUILD_PARAMETER = "torch._utils._rebuild_parameter"
_STORAGE = re.compile(r"torch\.([A-Za-z0-9]{1,24})Storage\Z")
_ALLOWED = (
    *("PROTO", "FRAME", "STOP", "MARK", "NONE", "NEWTRUE", "NEWFALSE", "BINFLOAT"),
    *("BININT", "BININT1", "BININT2", "LONG1", "BINUNICODE", "SHORT_BINUNICODE"),
    *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_LIST", "APPEND", "APPENDS"),
    *("EMPTY_DICT", "SETITEM", "SETITEMS", "BUILD", "REDUCE", "GLOBAL", "STACK_GLOBAL"),
    *("BINPUT", "LONG_BINPUT", "MEMOIZE", "BINGET", "LONG_BINGET", "BINPERSID"),
)
# Raised by the unpickler on malformed pickles.
_DAMAGE = (
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True)
class Global:
    """A name from the file. It is never imported; calling it returns what a state_dict needs."""

    name: str

    def __call__(self, *arguments: Any) -> Any:
        count = len(arguments)
        if self.name == ORDERED_DICT and count == 0:
            return {}
        if self.name == REBUILD_TENSOR and count in (6, 7):
            return tensor_ref(*arguments[:4])
        if self.name == REBUILD_PARAMETER and count == 3 and isinstance(arguments[0], TensorRef):
            return arguments[0]
        raise Refusal(f"pickle calls {self.name} with arguments that no state_dict has")


def read_pickle(data: bytes) -> Any:
    """The unpickled value; `Refusal` for anything but plain values and tensors."""
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except Refusal:
        raise
    except _DAMAGE:
        raise Refusal(
            "pickle is damaged or truncated; it must be complete and well formed"
        ) from None


class _Unpickler(pickle._Unpickler):
    stack: list[Any]
    pop_mark: Callable[[], list[Any]]
    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)

    def find_class(self, module: str, name: str) -> Global:
        full = f"{module}.{name}"
        if full not in (ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER) and not _STORAGE.match(
            full
        ):
            raise Refusal(
                f"pickle names {shown(full)}; only tensors are allowed "
                "(save model.state_dict(), not the model)"
            )
        return Global(full)

    def persistent_load(self, described: Any) -> StorageRef:
        """('storage', type, key, device, count); the device does not matter here."""
        if isinstance(described, tuple) and len(described) == 5:
            tag, kind, key, _, count = described
            if tag == "storage" and isinstance(kind, Global) and isinstance(key, str):
                match = _STORAGE.match(kind.name)
                size = natural(count)
                if match and size is not None:
                    return StorageRef(key, match.group(1), size)
        raise Refusal(
            "pickle refers to external data that is not a storage; only tensors are allowed"
        )

    def set_attributes(self) -> None:
        # PyTorch sets `_metadata` on the OrderedDict of a state_dict; it is not needed here.
        self.stack.pop()
        self._dictionary()

    def set_items(self) -> None:
        self._put(self.pop_mark())

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._put([key, value])

    def _dictionary(self) -> dict[Any, Any]:
        if not isinstance(self.stack[-1], dict):
            raise Refusal(
                "pickle adds items to something that is not a dict; it must be well formed"
            )
        return self.stack[-1]

    def _put(self, items: list[Any]) -> None:
        target = self._dictionary()
        for key, value in zip(items[::2], items[1::2]):
            # Hashing nested tuples can take exponential time, so only plain keys are allowed.
            if not isinstance(key, (str, int)):
                raise Refusal(f"dictionary key is {shown(key)}; it must be text or an integer")
            target[key] = value
        if len(items) % 2:
            raise Refusal("pickle has a dictionary key without a value; it must be well formed")


def _refused(name: str) -> Callable[[_Unpickler], None]:
    def refuse(unpickler: _Unpickler) -> None:
        raise Refusal(
            f"pickle has opcode {name}; only the opcodes of a plain state_dict are allowed"
        )

    return refuse


for _opcode in pickletools.opcodes:
    if _opcode.name not in _ALLOWED:
        _Unpickler.dispatch[ord(_opcode.code)] = _refused(_opcode.name)
_Unpickler.dispatch[pickle.BUILD[0]] = _Unpickler.set_attributes
_Unpickler.dispatch[pickle.SETITEM[0]] = _Unpickler.set_item
_Unpickler.dispatch[pickle.SETITEMS[0]] = _Unpickler.set_items
