"""Optional packages: what to install where one is missing."""

from __future__ import annotations

_EXTRAS = {"h5py": "h5", "gymnasium": "gym", "matplotlib": "plot"}
"""Which extra of this package installs which module."""


class MissingExtraError(ImportError):
    """An optional package is not installed."""


def missing(error: ModuleNotFoundError) -> ImportError:
    """The error to raise for a failed import of an optional package; it says what to install."""
    if error.name not in _EXTRAS:
        return error
    return MissingExtraError(
        f"{error.name} is not installed; pip install 'spane[{_EXTRAS[error.name]}]'",
        name=error.name,
    )
