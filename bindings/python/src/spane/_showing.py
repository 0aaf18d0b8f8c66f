"""Values in error messages."""

from __future__ import annotations

_LONGEST = 80
"""Longest string or bytes to show in full."""


def shown(value: object) -> str:
    """The value, or just its type, on one short line; safe for values from untrusted files.

    Only scalars and strings are printed: the repr of nested containers can be exponentially long.
    """
    if isinstance(value, (str, bytes)):
        text = ascii(value[:_LONGEST])
        return text if len(value) <= _LONGEST else f"{text}..."
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if value.bit_length() <= 128 else "a huge integer"
    kind = type(value)
    # NumPy has types with the names of Python's own.
    name = f"{kind.__module__}.{kind.__name__}" if kind.__module__ == "numpy" else kind.__name__
    return with_article(name)


def with_article(noun: str) -> str:
    """The noun with "a" or "an", going by its first letter."""
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
