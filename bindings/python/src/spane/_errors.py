"""One exception class for each error status of spane.h."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from spane._library import library

if TYPE_CHECKING:
    from spane._handle import Handle
    from spane._request import Request

OK = 0
NO_ROOM = 1
NEVER_FITS = 2
CONFLICT = 3


class Error(Exception):
    """An error of libspane. `status` is its number in spane.h; the text says what is allowed."""

    status: ClassVar[int] = 0

    def __str__(self) -> str:
        # KeyError would show its text in quotes.
        return str(self.args[0]) if self.args else ""


class InvalidArgumentError(Error, ValueError):
    """An argument is outside its range."""

    status = -1


class NullPointerError(Error, ValueError):
    """An argument that must be there is missing."""

    status = -2


class BufferTooSmallError(Error, BufferError):
    """An output needs more room."""

    status = -3


class InfeasibleActionError(Error, ValueError):
    """A placement has no room, or its server is cordoned."""

    status = -4


class BadStateError(Error, RuntimeError):
    """The call does not fit the state, or overlaps another call on the same object."""

    status = -5


class FileError(Error, OSError):
    """The operating system refused to read or write a file."""

    status = -6


class FormatError(Error, ValueError):
    """The content of a file or buffer is damaged or not what it should be."""

    status = -7


class ShapeMismatchError(Error, ValueError):
    """An array or network has other dimensions than its partner needs."""

    status = -8


class UnknownVersionError(Error, ValueError):
    """A file or buffer is of a version that this library does not know."""

    status = -9


class OutOfMemoryError(Error, MemoryError):
    """Memory cannot be had; it was refused before it was tried."""

    status = -10


class InternalError(Error, RuntimeError):
    """A mistake in the library; please report it with its message."""

    status = -11


class NotFoundError(Error, KeyError):
    """Nothing has this id or name."""

    status = -12


class ExistsError(Error, ValueError):
    """A VM with this id is placed already."""

    status = -13


class UnsupportedError(Error, NotImplementedError):
    """This kind of policy cannot do that."""

    status = -14


class CancelledError(Error):
    """A callback has cancelled the call."""

    status = -15


class NeverFitsError(Error, ValueError):
    """No server could hold the VM even if it were empty, so that waiting is in vain."""

    status = NEVER_FITS

    def __init__(self, request: Request) -> None:
        super().__init__(f"no server could hold {request}, even if nothing else ran on it")
        self.request = request
        self.cpu = request.cpu
        self.mem = request.mem

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.request,)


class ClosedError(BadStateError, ValueError):
    """The object was closed. Like files, closed objects answer with a ValueError too."""


_BY_STATUS: dict[int, type[Error]] = {
    kind.status: kind
    for kind in (
        InvalidArgumentError,
        NullPointerError,
        BufferTooSmallError,
        InfeasibleActionError,
        BadStateError,
        FileError,
        FormatError,
        ShapeMismatchError,
        UnknownVersionError,
        OutOfMemoryError,
        InternalError,
        NotFoundError,
        ExistsError,
        UnsupportedError,
        CancelledError,
    )
}


def fail(status: int, *handles: Handle[Any]) -> NoReturn:
    """Raises the error of the call that this thread has just made with these objects."""
    for handle in handles:
        if handle.closed:
            raise ClosedError(f"this {type(handle).__name__} is closed")
    message = library().spane_last_error().decode("utf-8", "replace")
    raise _BY_STATUS.get(status, Error)(message or f"status {status}")


def check(status: int, *handles: Handle[Any]) -> None:
    """Raises the error of a call that has failed."""
    if status < 0:
        fail(status, *handles)
