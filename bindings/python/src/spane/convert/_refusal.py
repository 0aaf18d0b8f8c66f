"""Errors for files that cannot be converted."""

from __future__ import annotations


class Refusal(ValueError):
    """The input file is not acceptable. The message says why, and what is allowed."""


class OutputRefusal(Refusal):
    """The output path is not acceptable."""
