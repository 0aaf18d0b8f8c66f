"""Logging of the library's messages."""

from __future__ import annotations

import logging
from typing import Any

from spane import _arguments as arguments
from spane._errors import InvalidArgumentError, check
from spane._library import library
from spane._structs import LogCallback

_LEVELS = {1: logging.ERROR, 2: logging.INFO}
# Calls in other threads may still use an earlier callback, so callbacks are never freed.
_callbacks: list[Any] = []


def log_to(logger: logging.Logger | None, level: int = logging.ERROR) -> None:
    """Sends the library's messages to a logger; None, the default state, turns logging off.

    `level` is logging.ERROR for failed calls, or logging.INFO to include loaded and saved files.
    """
    chosen = next((number for number, known in _LEVELS.items() if known == level), None)
    if chosen is None:
        raise InvalidArgumentError(f"level is {level}; it must be logging.ERROR or logging.INFO")
    if logger is None:
        callback = LogCallback()
    else:
        target = arguments.instance(logger, logging.Logger, "logger", " or None")

        def told(level: int, message: bytes, user: int | None) -> None:
            target.log(_LEVELS.get(level, logging.INFO), "%s", message.decode("utf-8", "replace"))

        callback = LogCallback(told)
        _callbacks.append(callback)
    check(library().spane_set_log(callback, chosen, None))
