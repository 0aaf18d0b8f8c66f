"""Optional dependencies, and what to install when one is missing."""

from __future__ import annotations

_EXTRAS = {
    **{"h5py": "h5", "gymnasium": "gym", "matplotlib": "plot"},
    **{"optuna": "search", "sqlalchemy": "search"},
    **{"onnx": "onnx", "torch": "torch"},
}
"""The extra that installs each module."""


class MissingExtraError(ImportError):
    """An optional dependency is not installed."""


def missing(error: ModuleNotFoundError) -> ImportError:
    """Turns a failed import of an optional dependency into an error that says what to install."""
    if error.name not in _EXTRAS:
        return error
    return MissingExtraError(
        f"{error.name} is not installed; pip install 'spane[{_EXTRAS[error.name]}]'",
        name=error.name,
    )
