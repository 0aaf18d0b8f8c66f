"""Checks on arguments before they reach C, because ctypes truncates silently."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Sequence
from ctypes import c_double
from operator import index
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, Union

import numpy as np
from numpy.typing import DTypeLike, NDArray

from spane._errors import InvalidArgumentError, ShapeMismatchError
from spane._showing import shown, with_article

if TYPE_CHECKING:
    from typing_extensions import TypeIs


class Index(Protocol):
    """Any integer type, such as int or a NumPy integer."""

    def __index__(self) -> int: ...


Real = Union[float, "np.floating[Any]", "np.integer[Any]"]
Path = Union[str, "os.PathLike[str]"]
Bytes = Union[bytes, bytearray, memoryview, "NDArray[np.uint8]"]

_INT32 = 2**31
_INT64 = 2**63


Kind = TypeVar("Kind")


def wrong_type(value: object, name: str, allowed: str) -> TypeError:
    """The error for an argument of the wrong type. `allowed` describes valid ones: "a str"."""
    return TypeError(f"{name} is {shown(value)}; it must be {allowed}")


def instance(value: object, kind: type[Kind], name: str, also: str = "") -> Kind:
    """Returns the value if it is of this class. `also` describes what else is accepted."""
    if not isinstance(value, kind):
        raise wrong_type(value, name, with_article(kind.__name__) + also)
    return value


def _whole(value: Index, name: str) -> int:
    try:
        return index(value)
    except TypeError:
        raise wrong_type(value, name, "a whole number") from None


def int32(value: Index, name: str) -> int:
    """The value as a C int32_t."""
    number = _whole(value, name)
    if not -_INT32 <= number < _INT32:
        raise InvalidArgumentError(f"{name} is {number}; it must fit in 32 bits")
    return number


def int64(value: Index, name: str) -> int:
    """The value as a C int64_t."""
    number = _whole(value, name)
    if not -_INT64 <= number < _INT64:
        raise InvalidArgumentError(f"{name} is {number}; it must fit in 64 bits")
    return number


def uint64(value: Index, name: str) -> int:
    """The value as a C uint64_t."""
    number = _whole(value, name)
    if not 0 <= number < 2 * _INT64:
        raise InvalidArgumentError(f"{name} is {number}; it must be 0 ... 2^64 - 1")
    return number


def size(value: Index, name: str) -> int:
    """The value as a C size_t; negative numbers are refused rather than wrapped."""
    number = _whole(value, name)
    if not 0 <= number < _INT64:
        raise InvalidArgumentError(f"{name} is {number}; it must be 0 ... 2^63 - 1")
    return number


def text(value: str, name: str) -> bytes:
    """The value as a C string."""
    try:
        encoded = instance(value, str, name).encode()
    except UnicodeEncodeError:
        raise InvalidArgumentError(f"{name} is {value!r}; it must be text in UTF-8") from None
    return _without_zero(encoded, name)


def real(value: Real, name: str) -> float:
    """The value as a C double."""
    try:
        return c_double(value).value  # type: ignore[arg-type]
    except TypeError:
        raise wrong_type(value, name, "a number") from None


def items(values: Any, name: str, allowed: str) -> list[Any]:
    """The elements of an iterable. A str is refused, although it can be iterated over."""
    if isinstance(values, (str, bytes)):
        raise wrong_type(values, name, allowed)
    try:
        return list(values)
    except TypeError:
        raise wrong_type(values, name, allowed) from None


def choice(value: str, allowed: Sequence[str], name: str) -> str:
    """Returns the value if it is one of those allowed."""
    if value not in allowed:
        raise InvalidArgumentError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def is_path(value: object) -> TypeIs[Path]:
    """Whether this value can be a path."""
    return isinstance(value, (str, os.PathLike))


def path(value: Path, name: str = "path") -> bytes:
    """The path as a C string."""
    return _without_zero(os.fsencode(_path(value, name)), name)


def file(value: Path, name: str = "path") -> pathlib.Path:
    """The path as a pathlib.Path, for files that Python opens."""
    return pathlib.Path(_path(value, name))


def _path(value: Path, name: str) -> Path:
    if not is_path(value):
        raise wrong_type(value, name, "a path (str or os.PathLike)")
    return value


def _without_zero(value: bytes, name: str) -> bytes:
    if b"\0" in value:
        raise InvalidArgumentError(f"{name} contains a zero byte, which is not allowed")
    return value


def address(array: NDArray[Any]) -> int:
    """The address of the first element of an array."""
    return int(array.__array_interface__["data"][0])


def content(
    data: Bytes, name: str = "data", allowed: str = "bytes, or another buffer"
) -> NDArray[np.uint8]:
    """The bytes of a buffer, without a copy."""
    try:
        view = memoryview(data)  # type: ignore[arg-type]
    except TypeError:
        raise wrong_type(data, name, allowed) from None
    if not view.c_contiguous:
        raise ShapeMismatchError(f"{name} is not contiguous; it must be contiguous")
    return np.frombuffer(view, np.uint8)


def given(values: Any, dtype: DTypeLike, shape: Sequence[int | None], name: str) -> NDArray[Any]:
    """An input array. An ndarray must match exactly; other sequences are converted.

    `shape` holds None for a dimension of any length.
    """
    if not isinstance(values, np.ndarray):
        made = _made(values, np.dtype(dtype), name)
        if made.size == 0:
            made = made.reshape([0 if length is None else length for length in shape])
        values = made
    return _exact(values, dtype, shape, name)


def servers(numbers: Any, name: str = "servers") -> tuple[NDArray[np.int32], int, int]:
    """Server numbers for C: the array (keep it alive), its address and its length."""
    chosen = given(numbers, np.int32, (None,), name)
    return chosen, address(chosen), len(chosen)


_MADE_FROM = {"i": "iu", "f": "iuf", "b": "biu"}
"""NumPy kinds that convert without loss; NumPy itself would truncate others silently."""


def _made(values: Any, dtype: np.dtype[Any], name: str) -> NDArray[Any]:
    try:
        found: NDArray[Any] = np.array(values)
        made: NDArray[Any] = found
        if found.ndim > 0:
            made = np.array(values, dtype=dtype, order="C")
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidArgumentError(
            f"{name} cannot be converted to an array of {dtype}: {error}"
        ) from None
    if found.ndim == 0:
        raise wrong_type(values, name, "a list or an array")
    if found.size and found.dtype.kind not in _MADE_FROM[dtype.kind]:
        raise InvalidArgumentError(f"{name} has values of {found.dtype}; they must be of {dtype}")
    return made


def output(
    out: NDArray[Any] | None, dtype: DTypeLike, shape: Sequence[int], name: str = "out"
) -> NDArray[Any]:
    """An output array: a new one, or the caller's, which must match exactly."""
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray):
        raise wrong_type(out, name, "an ndarray or None")
    _exact(out, dtype, shape, name)
    if not out.flags.writeable:
        raise InvalidArgumentError(f"{name} is read-only; it must be writable")
    return out


def _exact(
    array: NDArray[Any], dtype: DTypeLike, shape: Sequence[int | None], name: str
) -> NDArray[Any]:
    if array.dtype != np.dtype(dtype):
        raise InvalidArgumentError(f"{name} has dtype {array.dtype}; it must be {np.dtype(dtype)}")
    fits = len(array.shape) == len(shape) and all(
        want is None or have == want for have, want in zip(array.shape, shape)
    )
    if not fits:
        allowed = ", ".join("any" if want is None else str(want) for want in shape)
        raise ShapeMismatchError(f"{name} has shape {array.shape}; it must be ({allowed})")
    if not (array.flags.c_contiguous and array.flags.aligned):
        raise InvalidArgumentError(f"{name} is not C-contiguous and aligned; it must be both")
    return array
