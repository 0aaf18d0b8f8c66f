"""Objects of the library and when they are given back."""

from __future__ import annotations

import ctypes
from types import TracebackType
from typing import Any, Generic, TypeVar

from spane._library import library
from spane._structs import Pointer

PointerT = TypeVar("PointerT", bound=Pointer)

Self = TypeVar("Self", bound="Handle[Any]")


class Handle(Generic[PointerT]):
    """An object of the library. `close` gives it back; so does losing the last reference to it.

    What is given back is tied to the pointer, not to this object: a call that is under way in
    another thread keeps the pointer, and with it the object, until that call returns.
    """

    _pointer: PointerT
    _library: ctypes.CDLL

    def _own(self, pointer: PointerT, keep: object = None) -> None:
        """Takes over a new pointer; `keep` lives at least as long."""
        self._library = library()
        self._pointer = pointer
        pointer.keep = keep  # type: ignore[attr-defined]

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not self._pointer

    def close(self) -> None:
        """Gives the object back. Closing twice is fine; any other use raises ClosedError."""
        self._pointer = type(self._pointer)()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
