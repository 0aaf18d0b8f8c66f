"""Trained networks."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_size_t
from pathlib import PurePath
from typing import Any, NamedTuple

from spane import _arguments as arguments
from spane._errors import NotFoundError, check
from spane._handle import Handle
from spane._library import library
from spane._long_call import LongCall
from spane._memory import saved
from spane._structs import ModelInfo, ModelPointer, sized


class ModelDescription(NamedTuple):
    """Properties of a model."""

    parameters: int
    """The number of weights."""
    servers: int | None
    """The number of servers that the network is for; None for any number."""
    node_cpu: float
    """Cores of one NUMA node, used to normalise inputs."""
    node_mem: float
    """GB of one NUMA node, used to normalise inputs."""


class Model(Handle[ModelPointer]):
    """The weights of a network. Immutable: any number of threads can use it at once.

    Loaded from the path or the bytes of a weights file.
    """

    def __init__(self, source: arguments.Path | arguments.Bytes, name: str | None = None) -> None:
        """`name` appears in tables; by default it is the file name without its extension."""
        if name is not None:
            arguments.instance(name, str, "name", " or None")
        pointer = ModelPointer()
        if arguments.is_path(source):
            self.name = PurePath(source).stem if name is None else name
            path = arguments.path(source, "source")
            LongCall().run(lambda: check(library().spane_model_load(path, byref(pointer))))
        else:
            self.name = "model" if name is None else name
            data = arguments.content(source, "source", "a path, or the bytes of a weights file")
            check(
                library().spane_model_load_memory(
                    arguments.address(data), data.size, byref(pointer)
                )
            )
        self._own(pointer)

    @property
    def info(self) -> ModelDescription:
        """What the model is."""
        info = sized(ModelInfo)
        check(self._library.spane_model_describe(self._pointer, byref(info)), self)
        return ModelDescription(
            parameters=info.parameters,
            servers=info.servers or None,
            node_cpu=info.normalisation_cpu,
            node_mem=info.normalisation_mem,
        )

    def save(self, path: arguments.Path) -> None:
        """Saves the weights and their provenance; an existing file is replaced atomically."""
        where, pointer = arguments.path(path), self._pointer
        LongCall().run(lambda: check(self._library.spane_model_save(pointer, where), self))

    def to_bytes(self) -> bytes:
        """The bytes of such a file; `Model` loads the same model from them."""
        return saved(self, "spane_model_save_memory")

    def provenance(self, name: str) -> str | None:
        """An entry of the model's provenance, such as "command" or "licence", or None."""
        return read_text(self, "spane_model_provenance", name)

    def __copy__(self) -> Model:
        return self

    def __deepcopy__(self, memo: object) -> Model:
        # Models are immutable, so a copy would be indistinguishable.
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.to_bytes(), self.name)

    def __repr__(self) -> str:
        return f"<spane.Model {self.name!r}{' (closed)' if self.closed else ''}>"


def read_text(handle: Handle[Any], function: str, name: str) -> str | None:
    """A string that the library stores under a name, or None."""
    call = getattr(handle._library, function)
    key = arguments.text(name, "name")
    size = c_size_t()
    try:
        check(call(handle._pointer, key, None, 0, byref(size)), handle)
        room = ctypes.create_string_buffer(size.value)
        check(call(handle._pointer, key, room, size.value, byref(size)), handle)
    except NotFoundError:
        return None
    return room.value.decode("utf-8", "replace")
