"""Values of any kind in error messages."""

from __future__ import annotations

_LONGEST = 80
"""Characters of a text."""


def shown(value: object) -> str:
    """A value, or its type, on one short line, wherever the value comes from.

    Only plain values are printed: the text of nested containers can be exponentially long.
    """
    if isinstance(value, (str, bytes)):
        text = ascii(value[:_LONGEST])
        return text if len(value) <= _LONGEST else f"{text}..."
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if value.bit_length() <= 128 else "a huge integer"
    return with_article(type(value).__name__)


def with_article(noun: str) -> str:
    """The noun with "a" or "an", by its first letter."""
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
