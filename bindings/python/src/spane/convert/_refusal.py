"""The errors for a file that will not be converted."""

from __future__ import annotations

_LONGEST_SHOWN = 80


class Refusal(ValueError):
    """A file is not acceptable. The message says what, its value, and what is allowed."""


class OutputRefusal(Refusal):
    """The same, about the output instead of the input."""


def shown(value: object) -> str:
    """A value from an untrusted file, made safe for one short line of a message.

    Only plain values are printed: the text form of nested containers can be exponentially long.
    """
    if isinstance(value, str):
        if len(value) > _LONGEST_SHOWN:
            return ascii(value[:_LONGEST_SHOWN]) + "..."
        return ascii(value)
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if value.bit_length() <= 128 else "a huge integer"
    return f"a {type(value).__name__}"
