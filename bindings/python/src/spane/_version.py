"""The version of this package, which is that of spane.h; a test compares them."""

from __future__ import annotations

__version__ = "0.1.0"
