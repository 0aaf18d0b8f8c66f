"""Where episodes start: parsing of all accepted forms."""

from __future__ import annotations

import os
from collections.abc import Sequence
from ctypes import byref, c_size_t
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError, check
from spane._library import library
from spane._trace import Trace

Starts = Union[
    range,
    tuple[arguments.Index, arguments.Index],
    Sequence[int],
    "NDArray[np.int64]",
    str,
    "os.PathLike[str]",
]
"""Indices of the VMs at which episodes start; the trace must allow all of them.

- a range, or a tuple (low, high), which means range(low, high)
- a list or int64 array, not empty; indices may repeat
- the path of a file with one index per line
- "LO..<HI:COUNT:SEED": COUNT distinct indices from LO ... HI - 1, drawn with SEED

An evaluation plays all of them in order. An environment draws from a range, and plays the other
forms in order, over and over.
"""


def parse_starts(starts: Starts | None, limit: int) -> range | NDArray[np.int64]:
    """A range or a new array of indices below the limit; None means all of them."""
    if starts is None:
        return range(limit)
    if isinstance(starts, tuple):
        starts = _between(starts)
    if isinstance(starts, range):
        _check_range(starts, limit)
        return starts
    if arguments.is_path(starts):
        return _checked(_read(starts), limit, f"starts ({os.fspath(starts)})")
    return _checked(arguments.given(starts, np.int64, (None,), "starts").copy(), limit, "starts")


def every_start(starts: Starts, trace: Trace, length: int | None) -> NDArray[np.int64]:
    """All starts in order, for an evaluation."""
    if starts is None:
        raise InvalidArgumentError("starts is None; it must say where the episodes start")
    parsed = parse_starts(starts, start_limit(trace, length))
    return np.array(parsed, np.int64) if isinstance(parsed, range) else parsed


def starts_of_environment(starts: Starts | None, limit: int) -> range | NDArray[np.int64]:
    """A range with step 1 to draw from, or an array to play in order."""
    parsed = parse_starts(starts, limit)
    if isinstance(parsed, range) and parsed.step != 1:
        raise InvalidArgumentError(
            f"starts is {parsed}; an environment draws from a range whose step is 1 (it "
            f"plays list({parsed}) in order)"
        )
    return parsed


def start_limit(trace: Trace, length: arguments.Index | None) -> int:
    """One past the last start that the trace allows."""
    most = len(trace) - 2
    if length is None:
        return most + 1
    length = arguments.int64(length, "length")
    if not 1 <= length <= most:
        raise InvalidArgumentError(f"length is {length}; it must be in 1 ... {most} on this trace")
    return most + 1 - length


def _between(ends: tuple[Any, ...]) -> range:
    if len(ends) != 2:
        raise InvalidArgumentError(
            f"starts is {ends}; a tuple must be (low, high), a list may be of any length"
        )
    low, high = (arguments.int64(end, f"starts[{index}]") for index, end in enumerate(ends))
    if high <= low:
        raise InvalidArgumentError(f"starts is {ends}; the first must be below the second")
    return range(low, high)


def _read(text: arguments.Path) -> NDArray[np.int64]:
    given, count = arguments.path(text, "starts"), c_size_t()
    read = library().spane_starts_read
    check(read(given, None, 0, byref(count)))
    indices = np.empty(count.value, np.int64)
    check(read(given, arguments.address(indices), indices.size, byref(count)))
    return indices


def _check_range(starts: range, limit: int) -> None:
    if not starts:
        raise InvalidArgumentError(f"starts is {starts}; it must not be empty")
    if not 0 <= min(starts[0], starts[-1]) <= max(starts[0], starts[-1]) < limit:
        raise InvalidArgumentError(f"starts is {starts}; {_allowed(limit)}")


def _checked(starts: NDArray[np.int64], limit: int, name: str) -> NDArray[np.int64]:
    if not starts.size:
        raise InvalidArgumentError(f"{name} is empty; it must not be")
    for index in np.flatnonzero((starts < 0) | (starts >= limit))[:1]:
        raise InvalidArgumentError(f"{name}[{index}] is {starts[index]}; {_allowed(limit)}")
    return starts


def _allowed(limit: int) -> str:
    return f"this trace allows such episodes from 0 ... {limit - 1}"
