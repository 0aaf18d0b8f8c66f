"""The errors for a file that will not be converted."""

from __future__ import annotations


class Refusal(ValueError):
    """A file is not acceptable. The message says what, its value, and what is allowed."""


class OutputRefusal(Refusal):
    """The same, about the output instead of the input."""
