"""Finding and loading libspane, at the first use."""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

from spane import _api
from spane._version import __version__

VERSION = tuple(int(part) for part in __version__.split("."))
"""The version of spane.h that this package was written for: the oldest library that will do."""

_ABI = 1
_PACKAGE = Path(__file__).resolve().parent
_lock = threading.Lock()
_loaded: ctypes.CDLL | None = None
_path = ""


class LibraryError(ImportError):
    """No usable libspane. The message lists every place that was tried and what was wrong there.

    `attempts` holds the same as pairs (place, reason).
    """

    def __init__(self, attempts: list[tuple[str, str]]) -> None:
        self.attempts = attempts
        listed = "".join(f"\n  {place}: {reason}" for place, reason in attempts)
        super().__init__(
            f"libspane was not found; set SPANE_LIBRARY to its path. These were tried:{listed}"
        )


def candidates() -> list[str]:
    """Where the library may be, best first. SPANE_LIBRARY, where set, is the only one."""
    override = os.environ.get("SPANE_LIBRARY")
    if override:
        return [override]
    found = [str(_PACKAGE / "lib" / "libspane.so"), "libspane.so.1"]
    if len(_PACKAGE.parents) > 3:
        checkout = _PACKAGE.parents[3]
        if (checkout / "include" / "spane.h").is_file():
            found.append(str(checkout / ".build_shared" / "release" / "libspane.so"))
    return found


def library() -> ctypes.CDLL:
    """The library, with the types of all its functions set; loaded by the first call."""
    global _loaded, _path
    if _loaded is not None:
        return _loaded
    with _lock:
        if _loaded is None:
            _loaded, _path = _load()
    return _loaded


def library_path() -> str:
    """The file or name that the library was loaded from."""
    library()
    return _path


def _load() -> tuple[ctypes.CDLL, str]:
    attempts: list[tuple[str, str]] = []
    for place in candidates():
        if os.sep in place and not Path(place).exists():
            attempts.append((place, "no such file"))
            continue
        try:
            opened = ctypes.CDLL(place)
        except OSError as error:
            attempts.append((place, str(error)))
            continue
        reason = _reason_against(opened)
        if reason is None:
            return opened, place
        attempts.append((place, reason))
    raise LibraryError(attempts)


def _reason_against(opened: ctypes.CDLL) -> str | None:
    """Why this library cannot be used, or None. Sets the types of its functions."""
    try:
        _api.declare(opened, ("spane_abi_version", "spane_version"))
    except AttributeError:
        return "is not libspane: it has no function spane_abi_version"
    abi = opened.spane_abi_version()
    if abi != _ABI:
        return f"has ABI version {abi}; it must be {_ABI}"
    number = opened.spane_version()
    version = (number // 1_000_000, number // 1000 % 1000, number % 1000)
    if version < VERSION:
        return f"is version {_dotted(version)}; it must be at least {_dotted(VERSION)}"
    try:
        _api.declare(opened, _api.FUNCTIONS)
    except AttributeError as error:
        return f"lacks a function: {error}"
    return None


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
