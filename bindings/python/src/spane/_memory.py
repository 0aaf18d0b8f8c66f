"""Saving states to memory."""

from __future__ import annotations

from ctypes import byref, c_size_t
from typing import Any

import numpy as np

from spane._arguments import address
from spane._errors import check
from spane._handle import Handle


def saved(handle: Handle[Any], function: str, *given: Any) -> bytes:
    """The output of a function of the form (handle, given..., data, capacity, size)."""
    call = getattr(handle._library, function)
    size = c_size_t()
    check(call(handle._pointer, *given, None, 0, byref(size)), handle)
    room = np.empty(size.value, np.uint8)
    check(call(handle._pointer, *given, address(room), room.size, byref(size)), handle)
    return room[: size.value].tobytes()
